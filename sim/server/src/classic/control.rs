//! The control API's view of the classic era: tokens, registrations, synchronization, backups.
//!
//! Assumed: all of it, as the rest of the control API.

use muster_wire::Udi;
use serde::Deserialize;
use serde_json::{Value, json};

use super::registered_instance::{RegisteredInstance, Use};
use super::token::{Issuer, RegistrationToken, Withdrawn};
use crate::control::{good, query_value, wrong};
use crate::defects::Defect;
use crate::message::ServerAnswer;
use crate::notices::account_text;
use crate::router::Role;
use crate::server::Core;
use crate::store::Store;

/// Characters of a backup's name.
const NAME_LENGTH_MAX: usize = 64;

pub(crate) fn tokens(core: &Core) -> ServerAnswer {
    let (now_ms, store) = (core.clock.now_ms(), core.store());
    let hides = core.has(Defect::NEW_TOKENS_NOT_LISTED);
    let tokens = store.classic.tokens.listed();
    // Tokens of the options never end; those made later do.
    let tokens = tokens.filter(|(_, token)| !hides || token.expires_at_ms.is_none());
    let tokens: Vec<_> = tokens.map(|(text, token)| shown(&store, text, token, now_ms)).collect();
    good(&json!({ "tokens": tokens }))
}

fn shown(store: &Store, text: &str, token: &RegistrationToken, now_ms: u64) -> Value {
    let minted_by = match token.issuer {
        Issuer::Cssm => Role::Cssm,
        Issuer::OnPrem | Issuer::Both => Role::OnPrem,
    };
    let state = token.fault(minted_by, now_ms).map_or("active", |fault| fault.word());
    json!({
        "token": text,
        "virtual_account": store.holdings.account(token.account).virtual_account,
        "issuer": token.issuer,
        "state": state,
        "expires_at_ms": token.expires_at_ms,
        "uses": token.uses,
        "uses_max": token.uses_max,
        "export_allowed": token.export_allowed && store.holdings.export_allowed(token.account),
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewToken {
    /// The first that has such a virtual account, when it is left out.
    local_account: Option<String>,
    virtual_account: String,
    days: u32,
    uses_max: Option<u32>,
    #[serde(default)]
    export_allowed: bool,
    #[serde(default)]
    issuer: Issuer,
}

pub(crate) fn create_token(core: &Core, body: &[u8]) -> ServerAnswer {
    let new: NewToken = match serde_json::from_slice(body) {
        Ok(new) => new,
        Err(error) => return wrong(400, &format!("not a new token: {error}")),
    };
    if !(1..=365).contains(&new.days) && !core.has(Defect::MAKES_TOKENS_OF_ANY_LENGTH) {
        return wrong(400, "a token is valid for 1 to 365 days");
    }
    if new.uses_max == Some(0) {
        return wrong(400, "uses_max must be at least 1");
    }
    let (now_ms, mut store) = (core.clock.now_ms(), core.store());
    store.settle(now_ms);
    let account = match &new.local_account {
        Some(name) => store.holdings.found(name, &new.virtual_account),
        None => store.holdings.named(&new.virtual_account),
    };
    let Some(account) = account else {
        return wrong(404, "there is no such virtual account");
    };
    let token = RegistrationToken {
        issuer: new.issuer,
        uses_max: new.uses_max,
        export_allowed: new.export_allowed,
        ..RegistrationToken::for_days(account, now_ms, new.days)
    };
    match store.classic.tokens.create(token.clone()) {
        Some(text) => {
            let allowed = token.export_allowed && store.holdings.export_allowed(account);
            let pool = store.holdings.account(account).virtual_account.clone();
            store.tell(account, account_text::token_created(&pool, &text, allowed));
            good(&shown(&store, &text, &token, now_ms))
        }
        None => wrong(409, "there are 10000 tokens already"),
    }
}

pub(crate) fn withdraw_token(core: &Core, query: Option<&str>) -> ServerAnswer {
    let Some(text) = query_value(query, "token") else {
        return wrong(400, "say which one: ?token=<token>");
    };
    let mut store = core.store();
    if core.has(Defect::REMOVES_TOKENS_NOT_REVOKED) {
        store.classic.tokens.withdraw(&text);
    }
    let account = store.classic.tokens.find(&text).map(|token| token.account);
    let withdrawn = store.classic.tokens.withdraw(&text);
    let (Some(account), Some(withdrawn)) = (account, withdrawn) else {
        return wrong(404, "there is no such token");
    };
    let pool = store.holdings.account(account).virtual_account.clone();
    match withdrawn {
        Withdrawn::Revoked => {
            store.tell(account, account_text::token_revoked(&pool, &text));
            good(&json!({ "revoked": true }))
        }
        Withdrawn::Removed => {
            store.tell(account, account_text::token_removed(&pool, &text));
            good(&json!({ "removed": true }))
        }
    }
}

pub(crate) fn registrations(core: &Core) -> ServerAnswer {
    let (now_ms, mut store) = (core.clock.now_ms(), core.store());
    store.settle(now_ms);
    let all = store.classic.instances();
    let all: Vec<_> = all.map(|(udi, of)| registration(&store, udi, of, now_ms)).collect();
    good(&json!({ "registrations": all }))
}

fn registration(store: &Store, udi: &Udi, of: &RegisteredInstance, now_ms: u64) -> Value {
    let account = store.holdings.account(of.account);
    let reserved = store.holdings.reserved(udi);
    json!({
        "udi": udi.to_string(),
        "server": match of.role { Role::Cssm => "cssm", Role::OnPrem => "onprem" },
        "smart_account": account.smart_account,
        "virtual_account": account.virtual_account,
        "product_instance_identifier": of.identifier,
        "export_allowed": of.export_allowed,
        "id_certificate": {
            "serial": of.certificate.serial.to_string(),
            "not_before_ms": of.certificate.not_before_ms,
            "not_after_ms": of.certificate.not_after_ms(),
        },
        "members": of.members.iter().map(Udi::to_string).collect::<Vec<_>>(),
        "last_contact_ms": of.last_contact_ms,
        "is_released": of.is_released,
        "authorization_state": store.standing(udi, now_ms).map(|(state, _)| state),
        "uses": of.uses.iter().map(used).collect::<Vec<_>>(),
        "reserved": reserved
            .iter()
            .map(|(tag, count)| json!({ "tag": tag.as_str(), "count": count }))
            .collect::<Vec<_>>(),
        "pending": of.pending().collect::<Vec<_>>(),
    })
}

fn used(used: &Use) -> Value {
    json!({
        "tag": used.tag.as_str(),
        "count": used.count,
        "counted": used.counted,
        "application": used.application,
    })
}

pub(crate) fn remove_registration(core: &Core, query: Option<&str>) -> ServerAnswer {
    let Some(text) = query_value(query, "udi") else {
        return wrong(400, "say which one: ?udi=P:<product id>,S:<serial number>");
    };
    match text.parse::<Udi>() {
        Ok(udi) if core.store().remove_registered(&udi) => good(&json!({ "removed": true })),
        Ok(udi) => wrong(404, &format!("{udi} is not registered")),
        Err(error) => wrong(400, &error.to_string()),
    }
}

pub(crate) fn backups(core: &Core) -> ServerAnswer {
    good(&json!({ "backups": core.store().backups() }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BackupName {
    name: String,
}

pub(crate) fn backup_name(body: &[u8]) -> Result<String, ServerAnswer> {
    let BackupName { name } = serde_json::from_slice(body)
        .map_err(|error| wrong(400, &format!("not the name of a backup: {error}")))?;
    if (1..=NAME_LENGTH_MAX).contains(&name.len()) {
        Ok(name)
    } else {
        Err(wrong(400, "a name must have 1 to 64 characters"))
    }
}

pub(crate) fn back_up(core: &Core, body: &[u8]) -> ServerAnswer {
    let name = match backup_name(body) {
        Ok(name) => name,
        Err(answer) => return answer,
    };
    let (now_ms, mut store) = (core.clock.now_ms(), core.store());
    store.settle(now_ms);
    if !store.back_up(&name) {
        return wrong(409, "there are 4 backups already; use the name of one of them");
    }
    good(&json!({ "backups": store.backups() }))
}

pub(crate) fn restore(core: &Core, body: &[u8]) -> ServerAnswer {
    match backup_name(body) {
        Ok(name) if core.store().restore(&name) => good(&json!({ "restored": name })),
        Ok(_) => wrong(404, "there is no backup of that name"),
        Err(answer) => answer,
    }
}
