//! The control API's view of CSSM: its virtual accounts, what they hold, and their On-Prems.
//!
//! Assumed: all of it, as the rest of the control API.

use std::collections::BTreeMap;

use muster_wire::EntitlementTag;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{CiscoVirtualAccount, NotRegistered, OnPrem};
use crate::account::Account;
use crate::control::{good, query_value, wrong};
use crate::holdings::control::LotChange;
use crate::holdings::lot::{Lot, LotSource};
use crate::holdings::{Holdings, LOTS_MAX};
use crate::message::ServerAnswer;
use crate::notices::{Place, account_text, on_prem_text};
use crate::server::Core;
use crate::store::Store;

/// All On-Prems CSSM knows.
pub(crate) fn on_prems(core: &Core) -> ServerAnswer {
    let (now_ms, mut store) = (core.clock.now_ms(), core.store());
    store.settle_and_look(now_ms);
    let all: Vec<_> = store.cssm.on_prems().map(|(uid, of)| on_prem(uid, of)).collect();
    good(&json!({ "on_prems": all }))
}

fn on_prem(uid: &str, of: &OnPrem) -> Value {
    json!({
        "uid": uid,
        "name": of.name,
        "local_account": of.local_account,
        "smart_account": of.pair.smart_account,
        "virtual_account": of.pair.virtual_account,
        "registered_at_ms": of.registered_at_ms,
        "last_synchronization_ms": of.last_ms,
        "last_sync_id": of.last_id,
        "product_instances": of.instances.values().collect::<Vec<_>>(),
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OnPremName {
    uid: String,
    name: String,
}

/// Calls an On-Prem otherwise.
pub(crate) fn rename(core: &Core, body: &[u8]) -> ServerAnswer {
    let OnPremName { uid, name } = match serde_json::from_slice(body) {
        Ok(name) => name,
        Err(error) => return wrong(400, &format!("not a name of an On-Prem: {error}")),
    };
    if crate::local_account::checked("name", &name).is_err() {
        return wrong(400, "a name must have 1 to 200 characters and no control characters");
    }
    match core.store().cssm.rename(&uid, &name) {
        true => good(&json!({ "uid": uid, "name": name })),
        false => wrong(404, "there is no such On-Prem"),
    }
}

/// Removes an On-Prem.
pub(crate) fn remove(core: &Core, query: Option<&str>) -> ServerAnswer {
    let Some(uid) = query_value(query, "uid") else {
        return wrong(400, "say which one: ?uid=<identifier>");
    };
    let by_support = query_value(query, "by_support").as_deref() == Some("true");
    let (now_ms, mut store) = (core.clock.now_ms(), core.store());
    let known = store.cssm.on_prem(&uid).cloned();
    match store.cssm.remove_checked(&uid, by_support) {
        Ok(()) => {
            if let Some(of) = known {
                store.tell_account(&of.local_account, on_prem_text::removed(&of.name));
                let place = Place {
                    local_account: of.pair.smart_account,
                    virtual_account: Some(of.pair.virtual_account),
                };
                let notice = account_text::disassociated(place.pool(), &of.name);
                store.notices.tell(now_ms, &place, notice);
            }
            good(&json!({ "removed": true }))
        }
        Err(NotRegistered::HasProducts { count }) => {
            wrong(409, &format!("it has {count} product instances; support must remove them"))
        }
        Err(_) => wrong(404, "there is no such On-Prem"),
    }
}

/// What CSSM's virtual accounts hold.
pub(crate) fn entitlements(core: &Core) -> ServerAnswer {
    let (now_ms, mut store) = (core.clock.now_ms(), core.store());
    store.settle_and_look(now_ms);
    let pairs: Vec<Account> = store.cssm.virtual_accounts().map(|(pair, _)| pair.clone()).collect();
    let mut rows = Vec::new();
    for pair in pairs {
        rows.extend(rows_of(&mut store, &pair, now_ms));
    }
    good(&json!({ "cssm_entitlements": rows }))
}

fn rows_of(store: &mut Store, pair: &Account, now_ms: u64) -> Vec<Value> {
    let all = store.cssm.virtual_accounts();
    let Some((_, of)) = all.into_iter().find(|(known, _)| *known == pair) else {
        return Vec::new();
    };
    let of: CiscoVirtualAccount = of.clone();
    let on_prem = of.on_prem.as_deref().and_then(|uid| store.cssm.on_prem(uid)).cloned();
    let mut in_use = on_prem.as_ref().map(used).unwrap_or_default();
    if let Some(on_prem) = &on_prem {
        add_reserved(&store.holdings, on_prem, &mut in_use);
    }
    let mut tags: Vec<String> = of.entitlements.keys().chain(in_use.keys()).cloned().collect();
    tags.sort_unstable();
    tags.dedup();
    let rows = tags.into_iter().map(|tag| {
        let lots = match (of.entitlements.get(&tag), &on_prem) {
            (Some(lots), _) => lots.clone(),
            (None, Some(on_prem)) => {
                store.holdings.lots_of(&on_prem.local_account, &EntitlementTag::new(&tag))
            }
            (None, None) => Vec::new(),
        };
        json!({
            "smart_account": pair.smart_account,
            "virtual_account": pair.virtual_account,
            "on_prem": on_prem.as_ref().map(|of| of.name.clone()),
            "tag": tag,
            "purchased": lots.iter().map(|lot| lot.quantity_at(now_ms)).sum::<u64>(),
            "in_use": in_use.get(&tag).copied().unwrap_or(0),
            "lots": lots,
        })
    });
    rows.collect()
}

/// What is in use, as synchronizations said: standbys take nothing.
fn used(on_prem: &OnPrem) -> BTreeMap<String, u64> {
    let mut in_use = BTreeMap::new();
    for used in on_prem.instances.values().flat_map(|instance| &instance.entitlements) {
        if used.app_role.as_deref() != Some("STANDBY") {
            let count: &mut u64 = in_use.entry(used.tag.clone()).or_default();
            *count = count.saturating_add(u64::from(used.count));
        }
    }
    in_use
}

/// CSSM counts what was given out with authorization codes as used (documented).
fn add_reserved(holdings: &Holdings, on_prem: &OnPrem, in_use: &mut BTreeMap<String, u64>) {
    for number in holdings.of_local_account(&on_prem.local_account) {
        for licence in holdings.ladders(number).flatten().filter(|of| of.reserved > 0) {
            let count = in_use.entry(licence.tag.as_str().to_owned()).or_default();
            *count = count.saturating_add(licence.reserved);
        }
    }
}

/// What is to be held from now on.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EntitlementChange {
    /// Taken from the default when it is left out.
    smart_account: Option<String>,
    virtual_account: String,
    tag: EntitlementTag,
    purchased: Option<u32>,
    lots: Option<Vec<LotChange>>,
}

/// Changes what a virtual account holds; its On-Prem learns of it with the next synchronization.
pub(crate) fn change_entitlement(core: &Core, body: &[u8]) -> ServerAnswer {
    let change: EntitlementChange = match serde_json::from_slice(body) {
        Ok(change) => change,
        Err(error) => return wrong(400, &format!("not a change of an entitlement: {error}")),
    };
    let now_ms = core.clock.now_ms();
    let lots: Result<Vec<Lot>, String> = match (change.purchased, change.lots) {
        (Some(quantity), None) => Ok(vec![Lot::perpetual(quantity, LotSource::Control)]),
        (None, Some(lots)) if lots.len() <= LOTS_MAX => {
            lots.into_iter().map(|lot| lot.lot(now_ms)).collect()
        }
        _ => Err("give either purchased or up to 64 lots".to_owned()),
    };
    let lots = match lots {
        Ok(lots) => lots.into_iter().filter(|lot| lot.quantity > 0).collect::<Vec<_>>(),
        Err(why) => return wrong(400, &why),
    };
    let pair = match change.smart_account {
        Some(smart_account) => Account { smart_account, virtual_account: change.virtual_account },
        None => Account::of_test_account(&change.virtual_account),
    };
    let mut store = core.store();
    if store.cssm.hold(&pair, change.tag.as_str(), lots).is_err() {
        return wrong(409, "there are too many virtual accounts or licences");
    }
    let rows = rows_of(&mut store, &pair, now_ms);
    let row = rows.into_iter().find(|row| row["tag"] == change.tag.as_str());
    good(&row.unwrap_or_default())
}
