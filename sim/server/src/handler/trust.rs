//! Trust requests, with an ID token or as a synchronization.
//!
//! Source: Troubleshoot SLP on 9800, "Valid Trustcode Processed from CSSM" and "Invalid Trustcode
//! Processed from CSSM"; SLP on Catalyst 9400, "System Messages" (reasons for failure). A trust id
//! is taken iff it is over the last one processed; each UDI has its own sequence.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use muster_certs::{PublicKey, Validity};
use muster_wire::artefact::{Artefact, to_smart_license};
use muster_wire::proposed::trust_request::{TrustRequest, TrustRequestEntry};
use muster_wire::transport::smart::RequestLine;
use muster_wire::transport::smart_answer::AnswerLine;
use muster_wire::trust::{CustomerInfo, TrustAnswer, TrustCode, TrustStatus};
use muster_wire::{LineStatus, PollId, Udi};

use super::{Asked, about, checked_udi};
use crate::account::Account;
use crate::defects::Defect;
use crate::derivation::{certificate_serial, product_instance_identifier};
use crate::product_instance::Trust;
use crate::refusal::{Refusal, TrustRefusal};
use crate::router::Endpoint;
use crate::router::Role;
use crate::server::Core;
use crate::store::{Deferred, DeferredResult, Store};

/// Clocks may differ by less than this (public troubleshooting guide).
const CLOCK_DIFFERENCE_MAX_MS: u64 = 3_600_000;

/// Members of one request: more than the largest stack has.
const ENTRIES_MAX: usize = 32;

/// Days an instance certificate is valid (as the ID certificates of the classic era).
const CERTIFICATE_DAYS: u32 = 365;

/// What both documented samples carry in `correlationID`.
const CORRELATION_ID: &str = "null-null";

/// How trust is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// With an ID token; answered at once.
    IdToken,
    /// Without; answered with a poll id. Assumed: a refusal is not worth a poll and comes at once.
    Sync,
}

/// What became of one entry.
enum Outcome {
    Granted(Trust),
    Deferred(PollId),
}

impl Core {
    /// One answer line per product instance of the request.
    pub(super) fn trust(
        &self,
        asked: &Asked<'_>,
        line: &RequestLine,
        way: Way,
    ) -> Result<Vec<AnswerLine>, Refusal> {
        let request = trust_request(line)?;
        let first_key = PublicKey::from_spki_base64(&request.entries[0].public_key).ok();
        let proven = match &first_key {
            Some(key) => !self.options.verify_signatures || is_proven(&request, key),
            None => false,
        };
        let mut lines = Vec::with_capacity(request.entries.len());
        for (at, entry) in request.entries.iter().enumerate() {
            let udi = entry.sudi.udi();
            checked_udi(&udi).map_err(Refusal::invalid_request)?;
            if !asked.speaks_for(&udi) {
                let message = "a trust request is about an instance outside the sender's set";
                return Err(Refusal::invalid_request(message));
            }
            let key = match at {
                0 => first_key.clone(),
                _ => PublicKey::from_spki_base64(&entry.public_key).ok(),
            };
            let outcome = match checked_key(asked, entry, key.filter(|_| proven)) {
                Ok(key) => self.commit(asked, line, (&udi, entry, key), way)?,
                Err(refusal) => Err(refusal),
            };
            lines.push(match outcome {
                Ok(Outcome::Granted(trust)) => {
                    self.trust_line(line, &udi, self.trust_code(&udi, &trust, asked.now_ms)?)
                }
                Ok(Outcome::Deferred(poll_id)) => self.deferred_line(line, &udi, poll_id),
                Err(refusal) => {
                    tracing::debug!(%udi, code = refusal.code, "trust refused");
                    self.trust_line(line, &udi, refused(udi.to_string(), refusal))
                }
            });
        }
        Ok(lines)
    }

    /// What depends on the past, and the change. A refused request leaves the sequence as it was.
    fn commit(
        &self,
        asked: &Asked<'_>,
        line: &RequestLine,
        (udi, entry, key): (&Udi, &TrustRequestEntry, PublicKey),
        way: Way,
    ) -> Result<Result<Outcome, TrustRefusal>, Refusal> {
        let mut store = self.store();
        let ready_at_ms = Self::ready_at_ms(&store, asked);
        if way == Way::Sync
            && let Some(poll_id) = store.deferred_before(udi, asked.digest, line.request_line_id)
            && store.instance_mut(udi)?.last_trust_id == entry.trust_id
        {
            return Ok(Ok(Outcome::Deferred(poll_id)));
        }
        let minted = self.minted(&store, entry, asked.now_ms);
        let instance = store.instance_mut(udi)?;
        let is_new = instance.account.is_none();
        let account = match way {
            Way::IdToken => self.account_by_token(entry, minted, instance.account.as_ref()),
            Way::Sync => self.account_by_endpoint(asked, instance.account.as_ref()),
        };
        let account = match account {
            Ok(account) => account,
            Err(refusal) => return Ok(Err(refusal)),
        };
        if entry.trust_id <= instance.last_trust_id && !self.has(Defect::ACCEPTS_OLD_TRUST_ID) {
            // "Would stop CSSM to process the licensing RUM requests": until a newer id comes.
            instance.trust_is_invalid = !self.has(Defect::FORGETS_A_REFUSED_TRUST);
            return Ok(Err(TrustRefusal::OLD_TRUST_ID));
        }
        instance.last_trust_id = instance.last_trust_id.max(entry.trust_id);
        instance.account = Some(Arc::clone(&account));
        let trust = Trust { id: entry.trust_id, key, account };
        if way == Way::IdToken || self.has(Defect::TRUST_SYNC_ANSWERED_AT_ONCE) {
            instance.install(trust.clone());
            if let Some(token) = entry.id_token.as_deref().filter(|_| is_new) {
                store.classic.tokens.count_use(token);
            }
            return Ok(Ok(Outcome::Granted(trust)));
        }
        let number = store.holdings.number(&trust.account);
        let poll_id = store.defer(Deferred {
            udi: udi.clone(),
            request: asked.digest,
            line: line.request_line_id,
            ready_at_ms,
            result: DeferredResult::Trust(Box::new(trust), asked.now_ms),
        })?;
        if let Some(number) = number.filter(|_| asked.goes_to_on_prem()) {
            // In no bundle: there the account would see a trust id a second time.
            store.wait_for_synchronization(poll_id, number, udi, None);
        }
        Ok(Ok(Outcome::Deferred(poll_id)))
    }

    /// The account of a token that was created since, while it registers at CSSM. Assumed: both
    /// eras take the same tokens.
    fn minted(
        &self,
        store: &Store,
        entry: &TrustRequestEntry,
        now_ms: u64,
    ) -> Option<Arc<Account>> {
        let token = store.classic.tokens.find(entry.id_token.as_deref()?)?;
        let is_good = token.fault(Role::Cssm, now_ms).is_none();
        is_good.then(|| Arc::clone(store.holdings.account(token.account)))
    }

    fn account_by_token(
        &self,
        entry: &TrustRequestEntry,
        minted: Option<Arc<Account>>,
        belongs_to: Option<&Arc<Account>>,
    ) -> Result<Arc<Account>, TrustRefusal> {
        let token = entry.id_token.as_deref().unwrap_or_default();
        let known = self.tokens.iter().find(|(known, _)| known == token);
        let known = known.map(|(_, account)| account).or(minted.as_ref());
        let granted = match known {
            Some(account) => account,
            None if self.has(Defect::ACCEPTS_UNKNOWN_TOKEN) => {
                belongs_to.unwrap_or(&self.accounts[0])
            }
            None => return Err(TrustRefusal::INVALID_TOKEN),
        };
        if belongs_to.is_some() && self.has(Defect::REFUSES_A_TOKEN_USED_BEFORE) {
            return Err(TrustRefusal::INVALID_TOKEN);
        }
        let foreign = belongs_to.is_some_and(|account| account != granted);
        if foreign && !self.has(Defect::ACCEPTS_FOREIGN_TOKEN) {
            return Err(TrustRefusal::ACCOUNT_MISMATCH);
        }
        Ok(Arc::clone(granted))
    }

    /// Assumed: without a token an instance keeps its account; a new one takes the tenant's, and
    /// CSSM, which has no tenants, knows no account for it.
    fn account_by_endpoint(
        &self,
        asked: &Asked<'_>,
        belongs_to: Option<&Arc<Account>>,
    ) -> Result<Arc<Account>, TrustRefusal> {
        let of_tenant = asked.endpoint.tenant().map(|at| &self.accounts[at]);
        belongs_to.or(of_tenant).cloned().ok_or(TrustRefusal::ACCOUNT_MISMATCH)
    }

    /// The trust code of an accepted request, stamped with `at_ms`.
    pub(super) fn trust_code(
        &self,
        udi: &Udi,
        trust: &Trust,
        at_ms: u64,
    ) -> Result<TrustCode, Refusal> {
        let unfit = || Refusal::internal("the server's time does not fit a certificate");
        let stamp = i64::try_from(at_ms).map_err(|_| unfit())?;
        let time = Timestamp::from_millisecond(stamp).map_err(|_| unfit())?;
        let certificate = self
            .authority
            .instance_certificate_of(
                &udi.to_string(),
                &trust.key,
                certificate_serial(&self.seed, udi, trust.id),
                Validity { not_before_ms: stamp, days: CERTIFICATE_DAYS },
            )
            .map_err(|error| Refusal::internal(error.to_string()))?;
        let customer = CustomerInfo {
            smart_account: trust.account.smart_account.clone(),
            virtual_account: trust.account.virtual_account.clone(),
        };
        Ok(TrustCode {
            udi: udi.to_string(),
            customer: Some(customer),
            product_instance_identifier: Some(product_instance_identifier(&self.seed, udi)),
            date_stamp: Some(time.strftime("%Y-%m-%dT%H:%M:%S").to_string()),
            id_certificate: Some(STANDARD.encode(certificate)),
            sub_ca: Some(self.sub_ca_base64.clone()),
            trust_id: Some(trust.id),
            status: TrustStatus {
                success: true,
                message: None,
                code: None,
                correlation_id: Some(CORRELATION_ID.to_owned()),
            },
        })
    }

    /// A finished line around a signed trust code.
    pub(super) fn trust_line(
        &self,
        line: &RequestLine,
        udi: &Udi,
        mut code: TrustCode,
    ) -> AnswerLine {
        self.defects.alter(&mut code);
        let mut answer = TrustAnswer::new(code, |signed| self.signature(signed));
        self.defects.alter(&mut answer);
        let mut line = about(line, udi, LineStatus::Complete);
        line.smart_license = Some(to_smart_license(&answer.encode()));
        line
    }

    /// The base64 signature over the text of an artefact.
    pub(crate) fn signature(&self, signed: &str) -> String {
        STANDARD.encode(self.authority.sign(signed.as_bytes()))
    }
}

fn trust_request(line: &RequestLine) -> Result<TrustRequest, Refusal> {
    let text = line.smart_license.as_deref().unwrap_or_default();
    let request = match Artefact::from_smart_license(text) {
        Ok(Artefact::TrustRequest(request)) => *request,
        Ok(_) => return Err(Refusal::invalid_request("smart_license is not a trust request")),
        Err(error) => return Err(Refusal::invalid_request(error.to_string())),
    };
    if request.entries.is_empty() || request.entries.len() > ENTRIES_MAX {
        return Err(Refusal::invalid_request("a trust request must have 1 to 32 entries"));
    }
    Ok(request)
}

/// What needs no memory: a proven key, the clock.
fn checked_key(
    asked: &Asked<'_>,
    entry: &TrustRequestEntry,
    proven: Option<PublicKey>,
) -> Result<PublicKey, TrustRefusal> {
    let Some(key) = proven else { return Err(TrustRefusal::SIGNATURE_MISMATCH) };
    let difference_ms = match asked.endpoint {
        // Assumed: a file may have been on its way for days; only the future is impossible.
        Endpoint::AccountPage => entry.timestamp.saturating_sub(asked.now_ms),
        _ => entry.timestamp.abs_diff(asked.now_ms),
    };
    if difference_ms >= CLOCK_DIFFERENCE_MAX_MS {
        return Err(TrustRefusal::TIMESTAMP_MISMATCH);
    }
    Ok(key)
}

/// Proof of possession: the first entry's key signs the text of all entries.
fn is_proven(request: &TrustRequest, key: &PublicKey) -> bool {
    let Ok(signature) = STANDARD.decode(&request.signature) else { return false };
    key.verify(request.signed.as_bytes(), &signature)
}

fn refused(udi: String, refusal: TrustRefusal) -> TrustCode {
    TrustCode {
        udi,
        customer: None,
        product_instance_identifier: None,
        date_stamp: None,
        id_certificate: None,
        sub_ca: None,
        trust_id: None,
        status: TrustStatus {
            success: false,
            message: Some(refusal.message.to_owned()),
            code: Some(refusal.code.to_owned()),
            correlation_id: Some(CORRELATION_ID.to_owned()),
        },
    }
}
