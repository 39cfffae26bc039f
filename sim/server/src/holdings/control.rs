//! The control API's view of accounts and entitlements.
//!
//! Assumed: all of it, as the rest of the control API.

use muster_wire::EntitlementTag;
use serde::Deserialize;
use serde_json::{Value, json};

use super::family::{Balance, Licence};
use super::lot::{Lot, LotKind, LotSource};
use super::{AccountNumber, Holdings, LOTS_MAX};
use crate::control::{good, query_value, wrong};
use crate::message::ServerAnswer;
use crate::server::Core;

/// Characters of a subscription's name.
const SUBSCRIPTION_LENGTH_MAX: usize = 64;

pub(crate) fn accounts(core: &Core) -> ServerAnswer {
    let store = core.store();
    let holdings = &store.holdings;
    let accounts: Vec<_> = holdings.numbers().map(|number| account(holdings, number)).collect();
    good(&json!({ "accounts": accounts }))
}

fn account(holdings: &Holdings, number: AccountNumber) -> Value {
    let account = holdings.account(number);
    json!({
        "smart_account": account.smart_account,
        "virtual_account": account.virtual_account,
        "export_allowed": holdings.export_allowed(number),
        "conversion_enabled": holdings.conversion_enabled(number),
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AccountChange {
    virtual_account: String,
    export_allowed: Option<bool>,
    conversion_enabled: Option<bool>,
}

pub(crate) fn change_account(core: &Core, body: &[u8]) -> ServerAnswer {
    let change: AccountChange = match serde_json::from_slice(body) {
        Ok(change) => change,
        Err(error) => return wrong(400, &format!("not a change of an account: {error}")),
    };
    let mut store = core.store();
    let Some(number) = store.holdings.named(&change.virtual_account) else {
        return nobody(&change.virtual_account);
    };
    if let Some(allowed) = change.export_allowed {
        store.holdings.allow_export(number, allowed);
    }
    if let Some(enabled) = change.conversion_enabled {
        store.holdings.enable_conversion(number, enabled);
    }
    good(&account(&store.holdings, number))
}

/// The licences of one account, or of all.
pub(crate) fn entitlements(core: &Core, query: Option<&str>) -> ServerAnswer {
    let wanted = query_value(query, "virtual_account");
    let now_ms = core.clock.now_ms();
    let mut store = core.store();
    store.settle(now_ms);
    let holdings = &mut store.holdings;
    let numbers: Vec<_> = match &wanted {
        Some(name) => match holdings.named(name) {
            Some(number) => vec![number],
            None => return nobody(name),
        },
        None => holdings.numbers().collect(),
    };
    let mut rows = Vec::new();
    for number in numbers {
        holdings.list_published(number);
        let account = holdings.account(number).virtual_account.clone();
        let listed = holdings.listed(number, now_ms);
        rows.extend(listed.map(|(licence, balance)| row(&account, licence, balance)));
    }
    good(&json!({ "entitlements": rows }))
}

fn row(account: &str, licence: &Licence, balance: Balance) -> Value {
    let status = if balance.available() < 0 { "Out Of Compliance" } else { "In Compliance" };
    json!({
        "virtual_account": account,
        "tag": licence.tag.as_str(),
        "export_controlled": licence.export_controlled,
        "purchased": balance.purchased,
        "in_use": balance.in_use,
        "reserved": balance.reserved,
        "borrowed": balance.borrowed,
        "lent": balance.lent,
        "available": balance.available(),
        "status": status,
        "lots": licence.lots,
    })
}

/// What is to be held of a licence from now on.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EntitlementChange {
    virtual_account: String,
    tag: EntitlementTag,
    /// Perpetual licences.
    purchased: Option<u32>,
    lots: Option<Vec<LotChange>>,
    export_controlled: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LotChange {
    kind: LotKind,
    quantity: u32,
    starts_at_ms: Option<u64>,
    ends_at_ms: Option<u64>,
    subscription_id: Option<String>,
}

pub(crate) fn change_entitlement(core: &Core, body: &[u8]) -> ServerAnswer {
    let change: EntitlementChange = match serde_json::from_slice(body) {
        Ok(change) => change,
        Err(error) => return wrong(400, &format!("not a change of an entitlement: {error}")),
    };
    let now_ms = core.clock.now_ms();
    let lots = match (change.purchased, change.lots) {
        (Some(quantity), None) => Ok(Some(vec![Lot::perpetual(quantity, LotSource::Control)])),
        (None, Some(lots)) if lots.len() > LOTS_MAX => Err("there may be 64 lots".to_owned()),
        (None, Some(lots)) => {
            lots.into_iter().map(|lot| lot.lot(now_ms)).collect::<Result<_, _>>().map(Some)
        }
        (None, None) if change.export_controlled.is_some() => Ok(None),
        _ => Err("give either purchased or lots".to_owned()),
    };
    let lots = match lots {
        Ok(lots) => lots,
        Err(why) => return wrong(400, &why),
    };
    let mut store = core.store();
    let Some(number) = store.holdings.named(&change.virtual_account) else {
        return nobody(&change.virtual_account);
    };
    let Ok(licence) = store.holdings.licence_mut(number, &change.tag) else {
        return wrong(400, "no account can hold this tag, or there are too many");
    };
    licence.lots = lots.unwrap_or_else(|| licence.lots.clone());
    licence.export_controlled = change.export_controlled.unwrap_or(licence.export_controlled);
    licence.is_set = true;
    let balance = store.holdings.balance(number, &change.tag, now_ms, true).unwrap_or_default();
    match store.holdings.licence(number, &change.tag) {
        Some(licence) => good(&row(&change.virtual_account, licence, balance)),
        None => wrong(404, "the licence is gone"),
    }
}

impl LotChange {
    fn lot(self, now_ms: u64) -> Result<Lot, String> {
        let Self { kind, quantity, starts_at_ms, ends_at_ms, subscription_id } = self;
        if subscription_id.as_ref().is_some_and(|id| id.len() > SUBSCRIPTION_LENGTH_MAX) {
            return Err("subscription_id may have 64 characters".to_owned());
        }
        let starts_at_ms = starts_at_ms.unwrap_or(match kind {
            LotKind::Perpetual => 0,
            LotKind::Term | LotKind::Demo => now_ms,
        });
        let lot = match (kind, ends_at_ms) {
            (LotKind::Perpetual, Some(_)) => {
                return Err("a perpetual licence has no ends_at_ms".to_owned());
            }
            (LotKind::Term, None) => return Err("a term licence needs ends_at_ms".to_owned()),
            (LotKind::Demo, None) => Lot::demo(quantity, starts_at_ms, LotSource::Control),
            _ => Lot {
                kind,
                starts_at_ms,
                ends_at_ms,
                ..Lot::perpetual(quantity, LotSource::Control)
            },
        };
        Ok(Lot { subscription_id, ..lot })
    }
}

fn nobody(virtual_account: &str) -> ServerAnswer {
    let name: String = virtual_account.chars().take(64).collect();
    wrong(404, &format!("there is no virtual account {name:?}"))
}
