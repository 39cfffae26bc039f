//! License subscriptions: term licences and the subscriptions they were bought with.
//!
//! Source: SSM On-Prem 7 User Guide, "License Subscription Usage", whose sample is lost but for the
//! licence's name. Assumed: the other members; every term licence is a subscription; none is ever
//! canceled.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::answer::{Answered, Status, good, refused};
use super::calendar::iso_day;
use super::call::Call;
use super::liberal::Whole;
use super::page::Page;
use super::scope::{OutOfReach, Scope};
use crate::holdings::lot::{Lot, LotKind};
use crate::holdings::published;

/// The states of a subscription (documented).
const STATES: [&str; 3] = [ACTIVE, "Canceled", EXPIRED];
const ACTIVE: &str = "Active";
const EXPIRED: &str = "Expired";

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct SubscriptionsRequest {
    virtual_accounts: Option<Vec<String>>,
    /// `Active`, `Canceled`, `Expired`; all when it is left out.
    status: Option<Vec<String>>,
    limit: Option<Whole>,
    offset: Option<Whole>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Subscriptions {
    status: Status,
    status_message: String,
    total_records: usize,
    license_subscriptions: Vec<SubscriptionRow>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct SubscriptionRow {
    license: String,
    virtual_account: String,
    quantity: u64,
    start_date: String,
    end_date: String,
    subscription_id: String,
    status: &'static str,
}

pub(super) fn list(call: &Call<'_>) -> Answered {
    let wanted: SubscriptionsRequest = call.read()?;
    let invalid = || refused(422, "Invalid limit or offset value");
    let page = Page::of(wanted.limit, wanted.offset).ok_or_else(invalid)?;
    let states = wanted.status.filter(|states| !states.is_empty());
    if states.iter().flatten().any(|state| !STATES.contains(&state.as_str())) {
        return Err(refused(422, "Invalid status value"));
    }
    let (account, now_ms) = (call.account(), call.now_ms);
    let store = call.core.store();
    let scope =
        Scope::of(&store.holdings, &call.caller, account, wanted.virtual_accounts.as_deref());
    let scope = scope.map_err(|why| not_authorized(account, why))?;
    let (mut license_subscriptions, mut total_records) = (Vec::new(), 0);
    for number in &scope.numbers {
        let name = &store.holdings.account(*number).virtual_account;
        for licence in store.holdings.ladders(*number).flatten() {
            let bought = licence.lots.iter().filter(|lot| is_subscription(lot));
            for lot in bought.filter(|lot| is_wanted(states.as_deref(), state(lot, now_ms))) {
                if page.holds(total_records) {
                    license_subscriptions.push(SubscriptionRow {
                        license: published::description(&licence.tag).0,
                        virtual_account: name.clone(),
                        quantity: u64::from(lot.quantity),
                        start_date: iso_day(lot.starts_at_ms),
                        end_date: lot.ends_at_ms.map_or_else(String::new, iso_day),
                        subscription_id: lot.subscription_id.clone().unwrap_or_default(),
                        status: state(lot, now_ms),
                    });
                }
                total_records += 1;
            }
        }
    }
    let status_message = scope.message(account);
    let status = Status::Success;
    Ok(good(&Subscriptions { status, status_message, total_records, license_subscriptions }))
}

fn is_subscription(lot: &Lot) -> bool {
    lot.kind == LotKind::Term || lot.subscription_id.is_some()
}

fn state(lot: &Lot, now_ms: u64) -> &'static str {
    if lot.ends_at_ms.is_some_and(|end| now_ms >= end) { EXPIRED } else { ACTIVE }
}

fn is_wanted(states: Option<&[String]>, state: &str) -> bool {
    states.is_none_or(|states| states.iter().any(|wanted| wanted == state))
}

fn not_authorized(account: &str, why: OutOfReach) -> crate::message::ServerAnswer {
    let what = match why {
        OutOfReach::Account => format!("local Account {account}"),
        OutOfReach::VirtualAccounts => "specified local Virtual Accounts".to_owned(),
    };
    refused(403, format!("Not Authorized to access license subscriptions for {what}"))
}
