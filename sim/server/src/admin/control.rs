//! The control API's view of who may call: what the API Toolkit widget and the users'
//! administration are on a real server.
//!
//! Source: SSM On-Prem 7 User Guide, "Creating OAuth2 ADFS Grants" (a name, an expiration date, a
//! secret that is shown once) and "Setting API Access Control". Assumed: the resource, as the rest
//! of the control API.

use serde::Deserialize;
use serde_json::{Value, json};

use super::console::Holder;
use super::credential::{SecretHash, random_text};
use super::role::Access;
use crate::control::{good, query_value, wrong};
use crate::message::ServerAnswer;
use crate::notices::user_text;
use crate::server::Core;

/// Clients and users at a time.
const HOLDERS_MAX: usize = 1_000;

/// Characters of a name or a secret.
const TEXT_LENGTH_MAX: usize = 256;

pub(crate) fn clients(core: &Core) -> ServerAnswer {
    let (now_ms, store) = (core.clock.now_ms(), core.store());
    let shown = |(holder, access, expires_at_ms, is_locked): (&Holder, &Access, _, _)| {
        let kind = kind(holder);
        json!({ "kind": kind, "id": holder.name(), "access": access,
            "expires_at_ms": expires_at_ms, "is_locked": is_locked })
    };
    let all: Vec<Value> = store.console.listed(now_ms).map(shown).collect();
    good(&json!({ "api_clients": all }))
}

fn kind(holder: &Holder) -> &'static str {
    match holder {
        Holder::Client(_) => "client",
        Holder::User(_) => "user",
    }
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    #[default]
    Client,
    User,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewGrant {
    #[serde(default)]
    kind: Kind,
    id: String,
    /// Made up, and shown once, when it is left out.
    secret: Option<String>,
    access: Access,
    expires_at_ms: Option<u64>,
}

/// Lets a client or user in, or changes one.
pub(crate) fn let_in(core: &Core, body: &[u8]) -> ServerAnswer {
    let new: NewGrant = match serde_json::from_slice(body) {
        Ok(new) => new,
        Err(error) => return wrong(400, &format!("not a client or user: {error}")),
    };
    let secret = new.secret.unwrap_or_else(random_text);
    if [&new.id, &secret].iter().any(|text| !(1..=TEXT_LENGTH_MAX).contains(&text.len())) {
        return wrong(400, "id and secret must have 1 to 256 characters");
    }
    let holder = match new.kind {
        Kind::Client => Holder::Client(new.id),
        Kind::User => Holder::User(new.id),
    };
    // Outside the lock around the store: it takes a while.
    let hash = SecretHash::of(&secret);
    let mut store = core.store();
    let now_ms = core.clock.now_ms();
    let known = store.console.listed(now_ms).any(|(known, ..)| *known == holder);
    if !known && store.console.listed(now_ms).count() >= HOLDERS_MAX {
        return wrong(409, "there are 1000 clients and users already");
    }
    store.console.let_in(holder.clone(), hash, new.access.clone(), new.expires_at_ms);
    if let Holder::User(name) = &holder {
        // Assumed: who has a role in the whole system is told of in no account.
        if !known {
            store.tell_account("", user_text::added(name));
        }
        for (account, role) in new.access.titles() {
            store.tell_account(account.unwrap_or_default(), user_text::role_added(name, role));
        }
    }
    good(&json!({ "kind": kind(&holder), "id": holder.name(), "secret": secret }))
}

/// Shuts a client or user out.
pub(crate) fn shut_out(core: &Core, query: Option<&str>) -> ServerAnswer {
    let client = query_value(query, "client").map(Holder::Client);
    let Some(holder) = client.or_else(|| query_value(query, "user").map(Holder::User)) else {
        return wrong(400, "say which one: ?client=<id> or ?user=<name>");
    };
    let mut store = core.store();
    if !store.console.shut_out(&holder) {
        return wrong(404, "there is no such client or user");
    }
    if let Holder::User(name) = &holder {
        store.leave_groups(name);
    }
    good(&json!({ "removed": true }))
}
