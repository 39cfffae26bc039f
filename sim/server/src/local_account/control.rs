//! The control API's view of local accounts and their virtual accounts.
//!
//! Assumed: all of it, as the rest of the control API.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Value, json};

use super::account_state::AccountInput;
use super::custom_tag::CustomTag;
use super::{AccountRequest, LocalAccount, Refused};
use crate::account::Account;
use crate::control::{good, query_value, wrong};
use crate::message::ServerAnswer;
use crate::server::Core;
use crate::store::Store;
use crate::synchronization::privacy::Privacy;

/// Who acts when nobody is named.
const ADMINISTRATOR: &str = "admin";

/// All local accounts, requests included.
pub(crate) fn accounts(core: &Core) -> ServerAnswer {
    let (now_ms, mut store) = (core.clock.now_ms(), core.store());
    store.settle_and_look(now_ms);
    let all: Vec<_> =
        store.local_accounts.all().map(|account| shown(&store, account, now_ms)).collect();
    good(&json!({ "local_accounts": all }))
}

fn shown(store: &Store, account: &LocalAccount, now_ms: u64) -> Value {
    let schedule = store.synchronization.settings.schedule;
    let registration = account.registration.as_ref();
    let pools = store.holdings.of_local_account(&account.name).map(|number| {
        json!({
            "name": store.holdings.account(number).virtual_account,
            "description": store.holdings.description(number),
            "is_default": store.holdings.is_default(number),
        })
    });
    json!({
        "name": account.name,
        "state": account.state.as_str(),
        "reason": account.reason,
        "requested_by": account.request.user,
        "requested_at_ms": account.request.at_ms,
        "email": account.request.email,
        "on_prem": registration.map(|of| of.on_prem.clone()),
        "uid": registration.map(|of| of.uid.clone()),
        "smart_account": registration
            .map_or(&account.request.smart_account, |of| &of.pair.smart_account),
        "cisco_virtual_account": registration
            .map_or(&account.request.virtual_account, |of| &of.pair.virtual_account),
        "registered_at_ms": registration.map(|of| of.at_ms),
        "id_certificate_ends_at_ms": registration.map(|of| of.certificate.not_after_ms),
        "last_synchronization_ms": registration.map(|_| account.clock.last_ms),
        "synchronization_due_ms": registration.map(|_| account.clock.due_ms()),
        "next_synchronization_ms": registration.and_then(|_| account.clock.next_ms(&schedule)),
        "synchronization_age": registration.map(|_| account.clock.ageing(now_ms).as_str()),
        "last_failure": account.clock.last_failure,
        "needs_full_synchronization":
            account.clock.needs_full || account.owes_full_synchronization,
        "scheduled": !account.clock.is_unscheduled,
        "privacy": account.privacy,
        "custom_tags": account.custom_tags,
        "virtual_accounts": pools.collect::<Vec<_>>(),
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewAccount {
    name: String,
    smart_account: String,
    virtual_account: String,
    email: String,
    #[serde(default)]
    message: String,
    user: Option<String>,
}

/// Asks for an account.
pub(crate) fn request(core: &Core, body: &[u8]) -> ServerAnswer {
    let new: NewAccount = match serde_json::from_slice(body) {
        Ok(new) => new,
        Err(error) => return wrong(400, &format!("not a new local account: {error}")),
    };
    let NewAccount { name, smart_account, virtual_account, email, message, user } = new;
    let request = AccountRequest {
        smart_account,
        virtual_account,
        email,
        message: message.chars().take(super::TEXT_LENGTH_MAX).collect(),
        user: user.unwrap_or_else(|| ADMINISTRATOR.to_owned()),
        at_ms: core.clock.now_ms(),
    };
    answered(core, &name, core.request_account(&name, request))
}

/// What is to be done with an account.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AccountOrder {
    name: String,
    action: Option<AccountAction>,
    reason: Option<String>,
    user: Option<String>,
    /// Of a registration once more: another pair.
    smart_account: Option<String>,
    virtual_account: Option<String>,
    scheduled: Option<bool>,
    privacy: Option<Privacy>,
    custom_tags: Option<BTreeMap<String, CustomTag>>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum AccountAction {
    Approve,
    Reject,
    Deactivate,
    Activate,
    ReRegister,
}

/// Changes an account: one action, or its settings.
pub(crate) fn change(core: &Core, body: &[u8]) -> ServerAnswer {
    let order: AccountOrder = match serde_json::from_slice(body) {
        Ok(order) => order,
        Err(error) => return wrong(400, &format!("not a change of a local account: {error}")),
    };
    let name = order.name.clone();
    let done = match order.action {
        Some(action) => act(core, &order, action),
        None => change_settings(core, order),
    };
    answered(core, &name, done)
}

fn act(core: &Core, order: &AccountOrder, action: AccountAction) -> Result<(), Refused> {
    let user = order.user.as_deref().unwrap_or(ADMINISTRATOR);
    let reason = order.reason.as_deref().unwrap_or_default();
    let changed = |input| core.change_account_state(&order.name, input, (reason, user));
    match action {
        AccountAction::Approve => core.approve_account(&order.name, user),
        AccountAction::Reject => changed(AccountInput::Reject),
        AccountAction::Deactivate => changed(AccountInput::Deactivate),
        AccountAction::Activate => changed(AccountInput::Activate),
        AccountAction::ReRegister => {
            let pair = order.virtual_account.clone().map(|virtual_account| {
                let smart_account = order.smart_account.clone();
                Account { smart_account: smart_account.unwrap_or_default(), virtual_account }
            });
            core.re_register_account(&order.name, pair, user)
        }
    }
}

fn change_settings(core: &Core, order: AccountOrder) -> Result<(), Refused> {
    let mut store = core.store();
    let pools: Vec<String> = store
        .holdings
        .of_local_account(&order.name)
        .map(|number| store.holdings.account(number).virtual_account.clone())
        .collect();
    let account = store.local_accounts.find(&order.name)?;
    let mut changed = account.clone();
    if let Some(scheduled) = order.scheduled {
        changed.clock.is_unscheduled = !scheduled;
    }
    changed.privacy = order.privacy.or(changed.privacy);
    if let Some(tags) = order.custom_tags {
        changed.custom_tags.clear();
        for (name, tag) in tags {
            changed.set_tag(&name, tag, &pools)?;
        }
    }
    *account = changed;
    store.synchronization.next_due_ms = None;
    Ok(())
}

fn answered(core: &Core, name: &str, done: Result<(), Refused>) -> ServerAnswer {
    match done {
        Ok(()) => {
            let store = core.store();
            match store.local_accounts.get(name) {
                Some(account) => good(&shown(&store, account, core.clock.now_ms())),
                None => good(&json!({ "deleted": true })),
            }
        }
        Err(refused) => refusal(&refused),
    }
}

fn refusal(refused: &Refused) -> ServerAnswer {
    wrong(refused.status(), &refused.to_string())
}

/// Deletes an account.
pub(crate) fn delete(core: &Core, query: Option<&str>) -> ServerAnswer {
    let Some(name) = query_value(query, "name") else {
        return wrong(400, "say which one: ?name=<local account>");
    };
    answered(core, &name, core.delete_account(&name, ADMINISTRATOR))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileOrder {
    local_account: String,
    user: Option<String>,
}

/// The file to register an account with.
pub(crate) fn registration_file(core: &Core, body: &[u8]) -> ServerAnswer {
    let order: FileOrder = match serde_json::from_slice(body) {
        Ok(order) => order,
        Err(error) => return wrong(400, &format!("not an order of a file: {error}")),
    };
    let user = order.user.as_deref().unwrap_or(ADMINISTRATOR);
    match core.registration_file(&order.local_account, user) {
        Ok(file) => good(&file),
        Err(refused) => refusal(&refused),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AuthorizationUpload {
    local_account: String,
    content: String,
    user: Option<String>,
}

/// Takes CSSM's authorization file.
pub(crate) fn upload_authorization(core: &Core, body: &[u8]) -> ServerAnswer {
    let upload: AuthorizationUpload = match serde_json::from_slice(body) {
        Ok(upload) => upload,
        Err(error) => return wrong(400, &format!("not an upload: {error}")),
    };
    let AuthorizationUpload { local_account, content, user } = upload;
    let user = user.as_deref().unwrap_or(ADMINISTRATOR);
    answered(core, &local_account, core.upload_authorization(&local_account, &content, user))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VirtualAccountOrder {
    local_account: String,
    name: String,
    /// The name from now on.
    new_name: Option<String>,
    #[serde(default)]
    description: String,
    #[serde(default)]
    tags: BTreeMap<String, BTreeSet<String>>,
}

fn virtual_account_order(body: &[u8]) -> Result<VirtualAccountOrder, ServerAnswer> {
    serde_json::from_slice(body)
        .map_err(|error| wrong(400, &format!("not a local virtual account: {error}")))
}

/// Creates a virtual account.
pub(crate) fn create_virtual_account(core: &Core, body: &[u8]) -> ServerAnswer {
    let order = match virtual_account_order(body) {
        Ok(order) => order,
        Err(answer) => return answer,
    };
    let texts = (order.name.as_str(), order.description.as_str());
    let done = core.create_virtual_account(&order.local_account, texts, order.tags);
    answered(core, &order.local_account, done)
}

/// Renames a virtual account.
pub(crate) fn rename_virtual_account(core: &Core, body: &[u8]) -> ServerAnswer {
    let order = match virtual_account_order(body) {
        Ok(order) => order,
        Err(answer) => return answer,
    };
    let new = order.new_name.as_deref().unwrap_or(&order.name);
    let texts = (new, order.description.as_str());
    let done = core.rename_virtual_account(&order.local_account, &order.name, texts);
    answered(core, &order.local_account, done)
}

/// Deletes a virtual account.
pub(crate) fn delete_virtual_account(core: &Core, query: Option<&str>) -> ServerAnswer {
    let (account, name) = (query_value(query, "local_account"), query_value(query, "name"));
    let (Some(account), Some(name)) = (account, name) else {
        return wrong(400, "say which one: ?local_account=<name>&name=<virtual account>");
    };
    answered(core, &account, core.delete_virtual_account(&account, &name))
}
