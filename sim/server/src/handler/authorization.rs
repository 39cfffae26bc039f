//! Authorization codes (SLAC): asked for, confirmed, returned.
//!
//! Source: Obtaining a SLAC Response (an On-Prem gets the code from CSSM with a synchronization, or
//! at once when "Instant authorization request to CSSM" is on). Assumed: the request's form; CSSM
//! answers with a poll id too; a request names the total of each licence; a confirmation and a
//! return are finished at once, also at an On-Prem.

use std::borrow::Cow;
use std::sync::OnceLock;

use muster_wire::artefact::{Artefact, to_smart_license};
use muster_wire::proposed::authorization_request::{AuthorizationRequestEntry, RequestedKey};
use muster_wire::transport::smart::RequestLine;
use muster_wire::transport::smart_answer::AnswerLine;
use muster_wire::{EntitlementTag, LineStatus, PollId, Udi};
use serde::{Deserialize, Serialize};

use super::{Asked, about, checked_udi, failed_line};
use crate::authorization_code::Granted;
use crate::defects::Defect;
use crate::holdings::reservation::Verdict;
use crate::holdings::{AccountNumber, Holdings};
use crate::product_catalogue;
use crate::product_instance::AuthorizationRecord;
use crate::refusal::Refusal;
use crate::server::Core;
use crate::store::{Deferred, DeferredResult, Store};

/// Members of one request: more than the largest stack has.
const ENTRIES_MAX: usize = 32;

/// Licences of one member; the public samples show one.
const KEYS_MAX: usize = 16;

/// Characters of a licence tag; the longest public one has under 100.
const TAG_LENGTH_MAX: usize = 256;

/// Seconds until the poll for an authorization: what CSSM says in a public sample.
const POLL_INTERVAL_S: u64 = 300;

/// A request for licences that waits for its poll.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct AuthorizationWish {
    account: AccountNumber,
    keys: Box<[(EntitlementTag, u32)]>,
    /// When and how it was decided, unix milliseconds; empty until then.
    #[serde(with = "crate::state::once")]
    decision: OnceLock<(u64, Decision)>,
}

/// What became of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Decision {
    Granted,
    Refused(Cow<'static, str>, Cow<'static, str>),
}

impl Decision {
    fn refused(code: &'static str, message: &'static str) -> Self {
        Self::Refused(code.into(), message.into())
    }
}

/// What is to be done with authorization codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Errand {
    Request,
    Confirm,
    Return,
}

impl Core {
    /// One answer line per product instance of the request.
    pub(super) fn authorization(
        &self,
        asked: &Asked<'_>,
        line: &RequestLine,
        errand: Errand,
    ) -> Result<Vec<AnswerLine>, Refusal> {
        let mut lines = Vec::new();
        for entry in entries(line)? {
            let udi = entry.sudi.udi();
            checked_udi(&udi).map_err(Refusal::invalid_request)?;
            if !asked.speaks_for(&udi) {
                let message = "a request is about an instance outside the sender's set";
                return Err(Refusal::invalid_request(message));
            }
            lines.push(match errand {
                Errand::Request => self.request_authorization(asked, line, &udi, &entry.keys)?,
                Errand::Confirm => self.confirm_authorization(line, &udi, &entry)?,
                Errand::Return => self.return_authorization(asked, line, &udi, &entry)?,
            });
        }
        Ok(lines)
    }

    fn request_authorization(
        &self,
        asked: &Asked<'_>,
        line: &RequestLine,
        udi: &Udi,
        keys: &[RequestedKey],
    ) -> Result<AnswerLine, Refusal> {
        let keys = wanted(keys).map_err(Refusal::invalid_request)?;
        let mut store = self.store();
        let Some(account) = self.account_number(&store, asked, udi) else {
            let message = "the product instance is in no account".to_owned();
            return Ok(failed_line(line, udi, "ACCOUNT_MISMATCH", message));
        };
        let deferred = Deferred {
            udi: udi.clone(),
            request: asked.digest,
            line: line.request_line_id,
            ready_at_ms: self.authorized_at_ms(&store, asked),
            result: DeferredResult::Authorization(AuthorizationWish {
                account,
                keys,
                decision: OnceLock::new(),
            }),
        };
        let poll_id = store.defer_once(deferred)?;
        let asks_at_once = self.asks_at_once(&store) && store.synchronization.settings.is_link_up;
        if asked.goes_to_on_prem() && !asks_at_once {
            let artefact = line.smart_license.as_deref();
            store.wait_for_synchronization(poll_id, account, udi, artefact);
        }
        drop(store);
        Ok(self.authorization_deferred(line, udi, poll_id))
    }

    /// The account an instance belongs to, else the one behind the URL.
    fn account_number(&self, store: &Store, asked: &Asked<'_>, udi: &Udi) -> Option<AccountNumber> {
        let own = store.instance(udi).and_then(|instance| instance.account.as_ref());
        let of_tenant = asked.endpoint.tenant().map(|at| &self.accounts[at]);
        store.holdings.number(own.or(of_tenant)?)
    }

    /// Whether CSSM is asked for a code as soon as an instance asks.
    fn asks_at_once(&self, store: &Store) -> bool {
        store.settings.instant_authorization && !self.has(Defect::IGNORES_THE_INSTANT_TOGGLE)
            || self.has(Defect::MINTS_CODES_ITSELF)
    }

    fn authorized_at_ms(&self, store: &Store, asked: &Asked<'_>) -> u64 {
        let instant = asked.endpoint.tenant().is_some() && self.asks_at_once(store);
        if instant { asked.now_ms } else { Self::ready_at_ms(store, asked) }
    }

    fn authorization_deferred(&self, line: &RequestLine, udi: &Udi, poll_id: PollId) -> AnswerLine {
        let mut answer = self.deferred_line(line, udi, poll_id);
        answer.poll_interval = answer.poll_interval.map(|s| s.min(POLL_INTERVAL_S));
        answer
    }

    /// What a poll for an authorization gets once it can be decided.
    pub(super) fn deliver_authorization(
        &self,
        line: &RequestLine,
        poll_id: PollId,
        deferred: &Deferred,
        wish: &AuthorizationWish,
        now_ms: u64,
    ) -> AnswerLine {
        let udi = &deferred.udi;
        let mut store = self.store();
        let was_decided = wish.decision.get().is_some();
        let decided = wish.decision.get().or_else(|| {
            let wanted = (wish.account, &*wish.keys);
            let decision = decide(&mut store.holdings, udi, wanted, now_ms)?;
            Some(wish.decision.get_or_init(|| (now_ms, decision)))
        });
        if let Some((_, Decision::Granted)) = decided.filter(|_| !was_decided) {
            store.tell_reserved(udi, wish.account, &wish.keys);
        }
        let Some((at_ms, decision)) = decided else {
            drop(store);
            return self.authorization_deferred(line, udi, poll_id);
        };
        store.delivered(udi, poll_id);
        drop(store);
        let code = match decision {
            Decision::Granted => {
                let granted = Granted { udi, account: wish.account, at_ms: *at_ms };
                self.authorization_code(granted, &wish.keys)
            }
            Decision::Refused(code, message) => self.refused_authorization(udi, code, message),
        };
        let mut answer = about(line, udi, LineStatus::Complete);
        answer.smart_license = Some(to_smart_license(&code.encode()));
        answer
    }

    fn confirm_authorization(
        &self,
        line: &RequestLine,
        udi: &Udi,
        entry: &AuthorizationRequestEntry,
    ) -> Result<AnswerLine, Refusal> {
        let Some(code) = &entry.confirm_code else {
            return Err(Refusal::invalid_request("a confirmation has no confirm_code"));
        };
        code.check().map_err(|error| Refusal::invalid_request(error.to_string()))?;
        let mut store = self.store();
        if store.holdings.reserved(udi).is_empty() {
            return Ok(nothing_authorized(line, udi));
        }
        let record = record(&mut store, udi)?;
        record.confirmed = Some(code.clone());
        Ok(about(line, udi, LineStatus::Complete))
    }

    fn return_authorization(
        &self,
        asked: &Asked<'_>,
        line: &RequestLine,
        udi: &Udi,
        entry: &AuthorizationRequestEntry,
    ) -> Result<AnswerLine, Refusal> {
        let Some(code) = &entry.remove_code else {
            return Err(Refusal::invalid_request("a return has no remove_code"));
        };
        code.check().map_err(|error| Refusal::invalid_request(error.to_string()))?;
        let mut store = self.store();
        let account = self.account_number(&store, asked, udi);
        let again = store.instance(udi).and_then(|instance| instance.authorization.as_ref());
        let again = again.is_some_and(|record| record.returned.as_ref() == Some(code));
        let nothing = store.holdings.reserved(udi).is_empty();
        let Some(account) = account.filter(|_| again || !nothing) else {
            return Ok(nothing_authorized(line, udi));
        };
        record(&mut store, udi)?.returned = Some(code.clone());
        store.holdings.give_back_all(udi);
        drop(store);
        let granted = Granted { udi, account, at_ms: asked.now_ms };
        let mut answer = about(line, udi, LineStatus::Complete);
        let empty = self.authorization_code(granted, &[]);
        answer.smart_license = Some(to_smart_license(&empty.encode()));
        Ok(answer)
    }
}

/// Reserves the licences of a wish, all or none; none while they may still be moved.
pub(crate) fn decide(
    holdings: &mut Holdings,
    udi: &Udi,
    (account, keys): (AccountNumber, &[(EntitlementTag, u32)]),
    now_ms: u64,
) -> Option<Decision> {
    for (tag, _) in keys {
        let known = product_catalogue::knows(tag);
        if !known || !holdings.is_export_controlled(account, tag) {
            let message = "the licence needs no authorization or is not known";
            return Some(Decision::refused("INVALID_ENTITLEMENT", message));
        }
    }
    let mut verdicts = Vec::new();
    for (tag, count) in keys {
        verdicts.push(holdings.verdict(udi, account, (tag, *count), now_ms));
    }
    if verdicts.iter().any(|of| matches!(of, Verdict::NotAvailable | Verdict::TooMany)) {
        let message = "the licence is not available in the virtual account";
        return Some(Decision::refused("LICENSE_NOT_AVAILABLE", message));
    }
    if verdicts.contains(&Verdict::Elsewhere) {
        return None;
    }
    for (tag, count) in keys {
        holdings.reserve(udi, account, tag, *count);
    }
    Some(Decision::Granted)
}

fn record<'a>(store: &'a mut Store, udi: &Udi) -> Result<&'a mut AuthorizationRecord, Refusal> {
    Ok(store.instance_mut(udi)?.authorization.get_or_insert_default())
}

fn nothing_authorized(line: &RequestLine, udi: &Udi) -> AnswerLine {
    let message = "the product instance has no authorization code".to_owned();
    failed_line(line, udi, "NO_AUTHORIZATION", message)
}

fn entries(line: &RequestLine) -> Result<Vec<AuthorizationRequestEntry>, Refusal> {
    let text = line.smart_license.as_deref().unwrap_or_default();
    match Artefact::from_smart_license(text) {
        Ok(Artefact::AuthorizationRequest(request))
            if (1..=ENTRIES_MAX).contains(&request.entries.len()) =>
        {
            Ok(request.entries)
        }
        Ok(Artefact::AuthorizationRequest(_)) => {
            Err(Refusal::invalid_request("an authorization request must have 1 to 32 entries"))
        }
        Ok(_) => Err(Refusal::invalid_request("smart_license is no authorization request")),
        Err(error) => Err(Refusal::invalid_request(error.to_string())),
    }
}

fn wanted(keys: &[RequestedKey]) -> Result<Box<[(EntitlementTag, u32)]>, &'static str> {
    if keys.is_empty() || keys.len() > KEYS_MAX {
        return Err("an entry must have 1 to 16 keys");
    }
    let mut wanted: Vec<(EntitlementTag, u32)> = Vec::with_capacity(keys.len());
    for RequestedKey { entitlement, count, .. } in keys {
        let twice = wanted.iter().any(|(tag, _)| tag == entitlement);
        if *count == 0 || twice || entitlement.as_str().len() > TAG_LENGTH_MAX {
            return Err("a licence is named twice, without a count, or by too long a tag");
        }
        wanted.push((entitlement.clone(), *count));
    }
    Ok(wanted.into())
}
