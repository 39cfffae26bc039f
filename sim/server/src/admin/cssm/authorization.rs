//! Authorization codes, asked for on behalf of product instances that cannot.
//!
//! Public: the order's members. Assumed: an instance that is in no account comes into the one of
//! the headers; a line that gives nothing back and asks for nothing is refused.

use muster_wire::{EntitlementTag, SoftwareTag, Udi};
use schemars::JsonSchema;
use serde::Deserialize;
use std::sync::Arc;

use super::submission::{DecidedAuthorization, Submission, Task, WantedAuthorization, promised};
use super::{Exchange, account_of, failed};
use crate::admin::answer::Answered;
use crate::admin::call::Call;
use crate::admin::liberal::Whole;
use crate::handler::checked_udi;
use crate::holdings::AccountNumber;
use crate::store::Store;

/// Product instances of one order.
const LINES_MAX: usize = 100;

/// Licences of one of them.
const KEYS_MAX: usize = 16;

/// Characters of a licence tag.
const TAG_LENGTH_MAX: usize = 256;

#[derive(Debug, Default, Deserialize, JsonSchema)]
pub(in crate::admin) struct AuthorizationOrder {
    data: Option<AuthorizationData>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
struct AuthorizationData {
    #[serde(flatten)]
    exchange: Exchange,
    licenses: Option<Vec<AuthorizationLine>>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
struct AuthorizationLine {
    sudi: Option<SnakeSudi>,
    hostname: Option<String>,
    software_tag_identifier: Option<String>,
    keys: Option<Vec<Key>>,
    /// Gives back what is installed.
    remove_code: Option<String>,
    /// Says what is installed.
    confirm_code: Option<String>,
}

/// A UDI as these calls write it.
#[derive(Debug, Default, Deserialize, JsonSchema)]
pub(super) struct SnakeSudi {
    udi_pid: Option<String>,
    udi_serial_number: Option<String>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
struct Key {
    entitlement: Option<String>,
    /// A text in every sample.
    count: Option<Whole>,
}

impl SnakeSudi {
    pub(super) fn udi(&self) -> Udi {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        Udi::new(&text(&self.udi_pid), &text(&self.udi_serial_number))
    }
}

pub(in crate::admin) fn request(call: &Call<'_>) -> Answered {
    let order: AuthorizationOrder = call.read()?;
    let AuthorizationData { exchange, licenses } = order.data.unwrap_or_default();
    let lines = licenses.unwrap_or_default();
    let mut store = call.core.store();
    // Before anything is said of the order: it is for those only who have a role.
    let account = account_of(call, &store, &exchange)?;
    let invalid = |what: &str| failed(400, "INVALID_REQUEST", what, exchange.clone());
    if lines.is_empty() || lines.len() > LINES_MAX {
        return Err(invalid("licenses must have 1 to 100 entries"));
    }
    let mut wanted = Vec::with_capacity(lines.len());
    for line in &lines {
        let udi = line.sudi.as_ref().map(SnakeSudi::udi).unwrap_or_else(|| Udi::new("", ""));
        checked_udi(&udi).map_err(invalid)?;
        let keys = line.keys().map_err(invalid)?;
        let has_code = line.remove_code.is_some() || line.confirm_code.is_some();
        if keys.is_empty() && !has_code {
            return Err(invalid("an entry has neither keys nor a code"));
        }
        wanted.push((line, udi, keys));
    }
    let lines = wanted.into_iter().map(|(line, udi, keys)| {
        let gives_back = line.remove_code.is_some();
        let taken_in = taken_in(&mut store, &udi, account);
        if taken_in.is_ok() {
            line.note(&mut store, &udi, call.now_ms);
        }
        let decided = taken_in.err().or_else(|| {
            let nothing = gives_back && store.holdings.reserved(&udi).is_empty();
            if gives_back {
                store.holdings.give_back_all(&udi);
            }
            let message = "the product instance has no authorization code".to_owned();
            let code = "NO_AUTHORIZATION".to_owned();
            match (nothing, keys.is_empty()) {
                (true, true) => Some(DecidedAuthorization::Refused { code, message }),
                (false, true) => Some(DecidedAuthorization::Granted(call.now_ms)),
                _ => None,
            }
        });
        WantedAuthorization { udi, keys, decided }
    });
    let task = Task::Authorizations(lines.collect());
    let ready_at_ms = call.now_ms.saturating_add(store.settings.acknowledge_after_ms);
    let action = task.action();
    let poll_id = store.number_poll();
    let holder = call.caller.holder.clone();
    store.console.submit(poll_id, Submission { holder, account, ready_at_ms, task });
    Ok(promised(202, poll_id, action, exchange))
}

impl AuthorizationLine {
    /// Notes what it says of the instance.
    fn note(&self, store: &mut Store, udi: &Udi, now_ms: u64) {
        let Ok(instance) = store.instance_mut(udi) else { return };
        let facts = &mut instance.facts;
        if facts.registered_at_ms == 0 {
            facts.registered_at_ms = now_ms;
        }
        let software = self.software_tag_identifier.as_deref().unwrap_or_default();
        facts.heard(&SoftwareTag::new(software), self.hostname.as_deref(), now_ms);
    }

    fn keys(&self) -> Result<Vec<(EntitlementTag, u32)>, &'static str> {
        let keys = self.keys.as_deref().unwrap_or_default();
        if keys.len() > KEYS_MAX {
            return Err("an entry may have 16 keys");
        }
        let mut wanted: Vec<(EntitlementTag, u32)> = Vec::with_capacity(keys.len());
        for key in keys {
            let tag = EntitlementTag::new(key.entitlement.as_deref().unwrap_or_default());
            let count = key.count.and_then(Whole::as_u32).filter(|count| *count > 0);
            let twice = wanted.iter().any(|(known, _)| *known == tag);
            match count {
                Some(count) if !twice && tag.as_str().len() <= TAG_LENGTH_MAX => {
                    wanted.push((tag, count));
                }
                _ => return Err("a licence is named twice, without a count, or by too long a tag"),
            }
        }
        Ok(wanted)
    }
}

/// Puts an instance into an account, unless it is in another one.
pub(super) fn taken_in(
    store: &mut Store,
    udi: &Udi,
    account: AccountNumber,
) -> Result<(), DecidedAuthorization> {
    let name = Arc::clone(store.holdings.account(account));
    let registered = store.classic.instances().find(|(known, _)| *known == udi);
    let elsewhere = registered.is_some_and(|(_, instance)| instance.account != account);
    let refused = |code: &str, message: &str| DecidedAuthorization::Refused {
        code: code.to_owned(),
        message: message.to_owned(),
    };
    let Ok(instance) = store.instance_mut(udi) else {
        return Err(refused("TRY_AGAIN", "no more product instances fit"));
    };
    let own = instance.account.get_or_insert_with(|| Arc::clone(&name));
    if elsewhere || **own != *name {
        return Err(refused("ACCOUNT_MISMATCH", "the product instance is in another account"));
    }
    Ok(())
}
