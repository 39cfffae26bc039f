//! How licences stand, by their tags.
//!
//! Public: a recorded answer. Assumed: what is summarized is the virtual account of the headers; a
//! licence that is not there is left out.

use muster_wire::EntitlementTag;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Exchange, account_of, failed};
use crate::admin::answer::{Answered, good};
use crate::admin::calendar::iso_day;
use crate::admin::call::Call;
use crate::admin::licenses::compliance;
use crate::holdings::lot::{Lot, LotKind};
use crate::holdings::published;

/// Tags of one order.
const TAGS_MAX: usize = 1_000;

#[derive(Debug, Default, Deserialize, JsonSchema)]
pub(in crate::admin) struct SummaryOrder {
    data: Option<SummaryData>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
struct SummaryData {
    #[serde(flatten)]
    exchange: Exchange,
    tags: Option<Vec<String>>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::admin) struct Summary {
    status: &'static str,
    message_code: Option<String>,
    message: String,
    #[serde(flatten)]
    exchange: Exchange,
    out_standing_reports: u64,
    summary: Vec<SummaryRow>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct SummaryRow {
    tag: String,
    /// `In Compliance` or `Out Of Compliance`.
    compliance_status: &'static str,
    display_name: String,
    enforced: bool,
    export_restricted: bool,
    license_details: Vec<SummaryDetail>,
    prepaid_entitled: u64,
    prepaid_inuse: u64,
    prepaid_reserved: u64,
}

#[derive(Debug, Serialize, JsonSchema)]
struct SummaryDetail {
    billing_type: &'static str,
    quantity: u64,
    postpaid_usage: Option<u64>,
    start_date: Option<String>,
    end_date: Option<String>,
    subscription_id: Option<String>,
    status: &'static str,
    billing_model: Option<String>,
    /// `PERPETUAL`, `TERM` or `DEMO`.
    license_type: &'static str,
}

pub(in crate::admin) fn summary(call: &Call<'_>) -> Answered {
    let order: SummaryOrder = call.read()?;
    let SummaryData { exchange, tags } = order.data.unwrap_or_default();
    let tags = tags.unwrap_or_default();
    if tags.len() > TAGS_MAX {
        return Err(failed(400, "INVALID_REQUEST", "tags may have 1000 entries", exchange));
    }
    let now_ms = call.now_ms;
    let mut store = call.core.store();
    store.settle(now_ms);
    let account = account_of(call, &store, &exchange)?;
    store.holdings.list_published(account);
    let holdings = &store.holdings;
    let rows = tags.iter().filter_map(|tag| {
        let tag = EntitlementTag::new(tag);
        let licence = holdings.licence(account, &tag)?;
        let balance = holdings.balance(account, &tag, now_ms, true)?;
        let counting = licence.lots.iter().filter(|lot| lot.quantity_at(now_ms) > 0);
        Some(SummaryRow {
            tag: tag.to_string(),
            compliance_status: compliance(balance.available() >= 0),
            display_name: published::description(&tag).0,
            enforced: licence.export_controlled,
            export_restricted: licence.export_controlled,
            license_details: counting.map(detail).collect(),
            prepaid_entitled: balance.purchased,
            prepaid_inuse: balance.in_use.saturating_add(balance.reserved),
            prepaid_reserved: balance.reserved,
        })
    });
    let summary: Vec<_> = rows.collect();
    let (count, s) = (summary.len(), if summary.len() == 1 { "" } else { "s" });
    Ok(good(&Summary {
        status: "SUCCESS",
        message_code: None,
        message: format!("Retrieved summary for {count} license{s} in the pool."),
        exchange: exchange.echoed(),
        out_standing_reports: 0,
        summary,
    }))
}

fn detail(lot: &Lot) -> SummaryDetail {
    let start = (lot.kind != LotKind::Perpetual).then(|| iso_day(lot.starts_at_ms));
    SummaryDetail {
        billing_type: "PREPAID",
        quantity: u64::from(lot.quantity),
        postpaid_usage: None,
        start_date: start,
        end_date: lot.ends_at_ms.map(iso_day),
        subscription_id: lot.subscription_id.clone(),
        status: "ACTIVE",
        billing_model: None,
        license_type: lot.word(),
    }
}
