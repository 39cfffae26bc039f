//! Alerts: what an administrator has to look at.
//!
//! Source: SSM On-Prem 7 User Guide, "Alerts" of "Using Smart Software Manager On-Prem APIs" (major
//! and minor ones unless asked otherwise; no more than 1,000). Assumed: a severity may also be the
//! number 1 for major or 2 for minor, because the text speaks of numbers and the sample has words;
//! alerts of the account as a whole are shown to whoever has a role in it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::answer::{Answered, Status, good, refused};
use super::call::Call;
use super::liberal::Whole;
use super::page::Page;
use super::scope::{OutOfReach, Scope};
use crate::message::ServerAnswer;
use crate::notices::alert::{Alert, Severity};

/// Alerts of one answer (documented).
const ALERTS_MAX: usize = 1_000;

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct AlertsRequest {
    virtual_accounts: Option<Vec<String>>,
    /// `Major` or 1, `Minor` or 2; both when it is left out.
    severity: Option<Vec<Value>>,
    limit: Option<Whole>,
    offset: Option<Whole>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Alerts {
    status: Status,
    status_message: String,
    total_records: usize,
    alerts: Vec<AlertRow>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct AlertRow {
    virtual_account: String,
    message: String,
    /// `Major` or `Minor`.
    severity: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    license: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    product_instance_host_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", rename = "On-PremName")]
    on_prem_name: Option<String>,
    message_type: &'static str,
    action_due: String,
    source: String,
    source_type: &'static str,
}

pub(super) fn list(call: &Call<'_>) -> Answered {
    let wanted: AlertsRequest = call.read()?;
    let invalid = || refused(422, "Invalid limit, offset or severity value");
    let page = Page::of(wanted.limit, wanted.offset).ok_or_else(invalid)?.at_most(ALERTS_MAX);
    let severities = wanted.severity.filter(|list| !list.is_empty()).unwrap_or_default();
    let severities: Option<Vec<Severity>> = severities.iter().map(severity).collect();
    let severities = severities.ok_or_else(invalid)?;
    let account = call.account();
    let mut store = call.core.store();
    store.settle_and_look(call.now_ms);
    let asked = wanted.virtual_accounts.as_deref();
    let scope = Scope::of(&store.holdings, &call.caller, account, asked);
    let scope = scope.map_err(|why| not_authorized(account, why))?;
    let covers = |alert: &Alert| {
        let place = &alert.place;
        let is_severe = severities.is_empty() || severities.contains(&alert.severity);
        let pool = place.virtual_account.as_deref();
        let is_here = match pool.map(|name| store.holdings.found(account, name)) {
            None => asked.is_none_or(<[String]>::is_empty),
            Some(number) => number.is_some_and(|number| scope.covers(number)),
        };
        place.local_account == account && is_severe && is_here
    };
    let (mut alerts, mut total_records) = (Vec::new(), 0);
    for alert in store.notices.alerts().into_iter().filter(|alert| covers(alert)) {
        if page.holds(total_records) {
            alerts.push(row(alert));
        }
        total_records += 1;
    }
    let status_message = scope.message(account);
    Ok(good(&Alerts { status: Status::Success, status_message, total_records, alerts }))
}

fn row(alert: &Alert) -> AlertRow {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    AlertRow {
        virtual_account: alert.place.pool().to_owned(),
        message: alert.message.clone(),
        severity: alert.severity.as_str(),
        license: owned(alert.license()),
        product_instance_host_name: owned(alert.product_instance()),
        on_prem_name: owned(alert.on_prem()),
        message_type: alert.topic.title(),
        action_due: alert.action_due.text(),
        source: alert.source().to_owned(),
        source_type: alert.source_type().as_str(),
    }
}

fn severity(value: &Value) -> Option<Severity> {
    match (value.as_str(), value.as_i64()) {
        (Some("Major" | "1"), _) | (_, Some(1)) => Some(Severity::Major),
        (Some("Minor" | "2"), _) | (_, Some(2)) => Some(Severity::Minor),
        _ => None,
    }
}

fn not_authorized(account: &str, why: OutOfReach) -> ServerAnswer {
    let what = match why {
        OutOfReach::Account => format!("local Account '{account}'"),
        OutOfReach::VirtualAccounts => "specified local Virtual Accounts".to_owned(),
    };
    refused(403, format!("Not Authorized to access alerts for {what}"))
}
