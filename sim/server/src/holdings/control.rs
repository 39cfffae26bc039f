//! The control API's view of accounts and entitlements.
//!
//! Assumed: all of it, as the rest of the control API.

use muster_wire::EntitlementTag;
use serde::Deserialize;
use serde_json::{Value, json};

use super::family::{Balance, Billing, Licence};
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
        "billing": licence.billing,
        "reporting_only": licence.is_reporting_only,
        "purchased": (licence.billing == Billing::Prepaid).then_some(balance.purchased),
        "pending": licence.pending(),
        "in_use": balance.in_use,
        "reserved": balance.reserved,
        "borrowed": balance.borrowed,
        "lent": balance.lent,
        "available": (licence.billing == Billing::Prepaid).then_some(balance.available()),
        "status": status,
        "lots": licence.lots,
    })
}

/// What is to be held of a licence from now on.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EntitlementChange {
    /// The first that has such a virtual account, when it is left out.
    local_account: Option<String>,
    virtual_account: String,
    tag: EntitlementTag,
    /// Perpetual licences.
    purchased: Option<u32>,
    lots: Option<Vec<LotChange>>,
    export_controlled: Option<bool>,
    billing: Option<Billing>,
    reporting_only: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LotChange {
    kind: LotKind,
    quantity: u32,
    starts_at_ms: Option<u64>,
    ends_at_ms: Option<u64>,
    subscription_id: Option<String>,
    /// An upgrade whose replaced licences are not named yet.
    #[serde(default)]
    pending: bool,
}

/// Licences that stand in for one another.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Hierarchy {
    /// The lowest first.
    levels: Vec<Vec<EntitlementTag>>,
}

/// Makes licences one hierarchy, in all accounts.
pub(crate) fn set_hierarchy(core: &Core, body: &[u8]) -> ServerAnswer {
    let Hierarchy { levels } = match serde_json::from_slice(body) {
        Ok(hierarchy) => hierarchy,
        Err(error) => return wrong(400, &format!("not a hierarchy: {error}")),
    };
    match core.store().holdings.set_hierarchy(&levels) {
        Ok(()) => good(&json!({ "levels": levels })),
        Err(why) => wrong(400, why),
    }
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
        (None, None)
            if change.export_controlled.is_some()
                || change.billing.is_some()
                || change.reporting_only.is_some() =>
        {
            Ok(None)
        }
        _ => Err("give either purchased or lots".to_owned()),
    };
    let lots = match lots {
        Ok(lots) => lots,
        Err(why) => return wrong(400, &why),
    };
    let mut store = core.store();
    store.settle(now_ms);
    let number = match &change.local_account {
        Some(name) => store.holdings.found(name, &change.virtual_account),
        None => store.holdings.named(&change.virtual_account),
    };
    let Some(number) = number else {
        return nobody(&change.virtual_account);
    };
    let Ok(licence) = store.holdings.licence_mut(number, &change.tag) else {
        return wrong(400, "no account can hold this tag, or there are too many");
    };
    let before = licence.lots.clone();
    licence.lots = lots.unwrap_or_else(|| licence.lots.clone());
    licence.export_controlled = change.export_controlled.unwrap_or(licence.export_controlled);
    licence.billing = change.billing.unwrap_or(licence.billing);
    licence.is_reporting_only = change.reporting_only.unwrap_or(licence.is_reporting_only);
    licence.is_set = true;
    store.settle_at_cssm(number, &change.tag);
    store.tell_lots(number, &change.tag, &before);
    let balance = store.holdings.balance(number, &change.tag, now_ms, true).unwrap_or_default();
    match store.holdings.licence(number, &change.tag) {
        Some(licence) => good(&row(&change.virtual_account, licence, balance)),
        None => wrong(404, "the licence is gone"),
    }
}

impl LotChange {
    pub(crate) fn lot(self, now_ms: u64) -> Result<Lot, String> {
        let Self { kind, quantity, starts_at_ms, ends_at_ms, subscription_id, pending } = self;
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
        Ok(Lot { subscription_id, is_pending: pending, ..lot })
    }
}

fn nobody(virtual_account: &str) -> ServerAnswer {
    let name: String = virtual_account.chars().take(64).collect();
    wrong(404, &format!("there is no virtual account {name:?}"))
}
