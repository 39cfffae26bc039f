//! The control API's view of synchronization: settings, on demand, by files.
//!
//! Assumed: all of it, as the rest of the control API.

use serde::Deserialize;
use serde_json::{Value, json};

use super::SynchronizationSettings;
use super::document::{DocumentKind, SyncType};
use super::exchange::{NotSynchronized, Synchronized};
use super::file_exchange::Uploaded;
use super::privacy::Privacy;
use super::rejection::Rejection;
use super::schedule::Schedule;
use super::sealed::Opened;
use crate::account::Account;
use crate::control::{good, wrong};
use crate::local_account::account_state::AccountState;
use crate::message::ServerAnswer;
use crate::server::Core;

/// What is set for the server as a whole.
pub(crate) fn settings(core: &Core) -> ServerAnswer {
    let settings = *core.store().synchronization.settings;
    good(&shown(&settings))
}

fn shown(settings: &SynchronizationSettings) -> Value {
    json!({
        "schedule": settings.schedule,
        "privacy": settings.privacy,
        "link_up": settings.is_link_up,
        "results_wait": settings.results_wait,
        "cssm_removes_after_90_days": settings.removes_after_90_days,
        "next_fault": settings.next_fault,
    })
}

/// What is absent stays.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SettingsChange {
    schedule: Option<Schedule>,
    privacy: Option<Privacy>,
    link_up: Option<bool>,
    results_wait: Option<bool>,
    cssm_removes_after_90_days: Option<bool>,
    next_fault: Option<Rejection>,
}

pub(crate) fn change_settings(core: &Core, body: &[u8]) -> ServerAnswer {
    let change: SettingsChange = match serde_json::from_slice(body) {
        Ok(change) => change,
        Err(error) => return wrong(400, &format!("not a change of synchronization: {error}")),
    };
    if let Some(fault) = change.schedule.as_ref().and_then(Schedule::fault) {
        return wrong(400, fault);
    }
    let (now_ms, mut store) = (core.clock.now_ms(), core.store());
    store.settle(now_ms);
    let settings = &mut *store.synchronization.settings;
    settings.schedule = change.schedule.unwrap_or(settings.schedule);
    settings.privacy = change.privacy.unwrap_or(settings.privacy);
    settings.is_link_up = change.link_up.unwrap_or(settings.is_link_up);
    settings.results_wait = change.results_wait.unwrap_or(settings.results_wait);
    settings.removes_after_90_days =
        change.cssm_removes_after_90_days.unwrap_or(settings.removes_after_90_days);
    settings.next_fault = change.next_fault.or(settings.next_fault);
    let changed = *settings;
    // Another schedule, or another time of the system, plans every account anew.
    store.synchronization.next_due_ms = None;
    good(&shown(&changed))
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    local_account: Option<String>,
    #[serde(default, rename = "type")]
    sync_type: SyncType,
}

/// Synchronizes one account now, or all that are active. What waits for CSSM in whatever way is
/// decided with it.
pub(crate) fn synchronize(core: &Core, body: &[u8]) -> ServerAnswer {
    let order: Order = match body {
        [] => Order::default(),
        body => match serde_json::from_slice(body) {
            Ok(order) => order,
            Err(error) => return wrong(400, &format!("not a synchronization: {error}")),
        },
    };
    let (now_ms, mut store) = (core.clock.now_ms(), core.store());
    store.settle(now_ms);
    if let Some(name) = &order.local_account {
        return match store.synchronize_account(name, order.sync_type, now_ms) {
            Ok(done) => good(&json!({ "local_account": name, "synchronized": told(&done) })),
            Err(refused) => not_synchronized(&refused),
        };
    }
    if store.synchronization.settings.is_link_up {
        store.synchronize(now_ms);
    }
    let mut accounts = Vec::new();
    for name in store.local_accounts.names() {
        let state = store.local_accounts.get(&name).map(|account| account.state);
        if state != Some(AccountState::Active) {
            continue;
        }
        accounts.push(match store.synchronize_account(&name, order.sync_type, now_ms) {
            Ok(done) => json!({ "local_account": name, "synchronized": told(&done) }),
            Err(refused) => json!({ "local_account": name, "error": refused.to_string() }),
        });
    }
    good(&json!({
        "synchronized_at_ms": now_ms,
        "three_tier_certificate": store.settings.three_tier_certificate,
        "accounts": accounts,
    }))
}

fn told(done: &Synchronized) -> Value {
    json!({
        "type": done.sync_type,
        "sync_id": done.sync_id,
        "product_instances": done.product_instances,
        "entitlements": done.entitlements,
        "decided_requests": done.decided_requests,
        "failures": done.failures,
    })
}

fn not_synchronized(why: &NotSynchronized) -> ServerAnswer {
    match why {
        NotSynchronized::Refused(refused) => wrong(refused.status(), &refused.to_string()),
        NotSynchronized::Failed(reason) => wrong(422, reason),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileOrder {
    local_account: String,
    #[serde(default, rename = "type")]
    sync_type: SyncType,
}

/// The request file of an account, to be taken to CSSM.
pub(crate) fn request_file(core: &Core, body: &[u8]) -> ServerAnswer {
    let order: FileOrder = match serde_json::from_slice(body) {
        Ok(order) => order,
        Err(error) => return wrong(400, &format!("not an order of a file: {error}")),
    };
    match core.request_file(&order.local_account, order.sync_type) {
        Ok(file) => good(&file),
        Err(refused) => not_synchronized(&refused),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Upload {
    local_account: String,
    file_name: String,
    content: String,
}

/// Takes CSSM's response file.
pub(crate) fn upload(core: &Core, body: &[u8]) -> ServerAnswer {
    let upload: Upload = match serde_json::from_slice(body) {
        Ok(upload) => upload,
        Err(error) => return wrong(400, &format!("not an upload: {error}")),
    };
    let Upload { local_account, file_name, content } = upload;
    match core.upload_response(&local_account, (&file_name, &content)) {
        Ok(Uploaded::Synchronized(done)) => {
            good(&json!({ "local_account": local_account, "synchronized": told(&done) }))
        }
        Ok(Uploaded::FullRequired) => {
            good(&json!({ "local_account": local_account, "full_synchronization_required": true }))
        }
        Err(refused) => not_synchronized(&refused),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CssmUpload {
    content: String,
    /// Of a registration: the pair at CSSM, when it is not the one that was asked for.
    smart_account: Option<String>,
    virtual_account: Option<String>,
    /// Of a registration: what CSSM is to call the On-Prem.
    name: Option<String>,
}

/// CSSM's page for files: a registration file becomes an authorization file, a synchronization
/// request its response.
pub(crate) fn cssm_file(core: &Core, body: &[u8]) -> ServerAnswer {
    let upload: CssmUpload = match serde_json::from_slice(body) {
        Ok(upload) => upload,
        Err(error) => return wrong(400, &format!("not an upload: {error}")),
    };
    let Ok(opened) = Opened::read(&upload.content) else {
        return wrong(422, "The file being processed for this On-Prem is invalid.");
    };
    let kind = opened.members.get("type").cloned().unwrap_or_default();
    let file = match serde_json::from_value(kind) {
        Ok(DocumentKind::Request) => core.response_file(&opened),
        Ok(DocumentKind::Registration) => {
            let pair = upload.virtual_account.map(|virtual_account| Account {
                smart_account: upload.smart_account.unwrap_or_default(),
                virtual_account,
            });
            core.authorization_file(&opened, pair, upload.name.as_deref())
        }
        _ => Err("The file being processed for this On-Prem is invalid.".to_owned()),
    };
    match file {
        Ok(file) => good(&file),
        Err(reason) => wrong(422, &reason),
    }
}
