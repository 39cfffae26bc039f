//! Usage, reported on behalf of product instances that cannot.
//!
//! Public: the order's members; reports that were taken before fail as a whole. Assumed: a report
//! that no trust in force covers is taken unverified, because the scheme of its signature is known
//! to its product alone; one that names the trust in force must be signed right.

use muster_wire::Udi;
use muster_wire::rum_report::RumReport;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::authorization::{SnakeSudi, taken_in};
use super::submission::{
    AnsweredReport, DecidedAuthorization, Submission, TakenReports, Task, promised,
};
use super::{Exchange, account_of, failed};
use crate::admin::answer::Answered;
use crate::admin::call::Call;
use crate::handler::checked_udi;
use crate::handler::relayed_usage::Relayed;
use crate::message::ServerAnswer;
use crate::refusal::Refusal;

/// Product instances of one order.
const INSTANCES_MAX: usize = 100;

/// Reports of one of them.
const REPORTS_MAX: usize = 1_000;

#[derive(Debug, Default, Deserialize, JsonSchema)]
pub(in crate::admin) struct UsageOrder {
    data: Option<UsageData>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
struct UsageData {
    #[serde(flatten)]
    exchange: Exchange,
    reports: Option<Vec<ReportsOfOne>>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
struct ReportsOfOne {
    sudi: Option<SnakeSudi>,
    /// RUM reports: the payload as the exact text that was signed, and its signature.
    usage: Option<Vec<Value>>,
}

pub(in crate::admin) fn report(call: &Call<'_>) -> Answered {
    let order: UsageOrder = call.read()?;
    let UsageData { exchange, reports } = order.data.unwrap_or_default();
    let reports = reports.unwrap_or_default();
    // Before anything is said of the order: it is for those only who have a role.
    let account = account_of(call, &call.core.store(), &exchange)?;
    let invalid = |what: &str| failed(400, "INVALID_REQUEST", what, exchange.clone());
    if reports.is_empty() || reports.len() > INSTANCES_MAX {
        return Err(invalid("reports must have 1 to 100 entries"));
    }
    let mut read = Vec::with_capacity(reports.len());
    for one in reports {
        let udi = one.sudi.as_ref().map(SnakeSudi::udi).unwrap_or_else(|| Udi::new("", ""));
        checked_udi(&udi).map_err(invalid)?;
        let usage = one.usage.unwrap_or_default();
        if usage.is_empty() || usage.len() > REPORTS_MAX {
            return Err(invalid("usage must have 1 to 1000 reports"));
        }
        let usage: Result<Vec<RumReport>, _> =
            usage.into_iter().map(serde_json::from_value).collect();
        read.push((udi, usage.map_err(|error| invalid(&error.to_string()))?));
    }
    let name = {
        let mut store = call.core.store();
        for (udi, _) in &read {
            if let Err(DecidedAuthorization::Refused { code, message }) =
                taken_in(&mut store, udi, account)
            {
                return Ok(failed(202, &code, &message, exchange));
            }
        }
        std::sync::Arc::clone(store.holdings.account(account))
    };
    let mut taken = Vec::with_capacity(read.len());
    for (udi, reports) in &read {
        match call.core.take_relayed(udi, &name, reports, call.now_ms) {
            Ok(relayed) => taken.push(answered(udi, relayed, &exchange)),
            Err(refusal) => return Ok(not_taken(refusal, exchange)),
        }
    }
    let mut store = call.core.store();
    let task = Task::Acknowledgements(taken);
    let action = task.action();
    let ready_at_ms = call.now_ms.saturating_add(store.settings.acknowledge_after_ms);
    let poll_id = store.number_poll();
    let holder = call.caller.holder.clone();
    store.console.submit(poll_id, Submission { holder, account, ready_at_ms, task });
    Ok(promised(202, poll_id, action, exchange))
}

fn answered(udi: &Udi, relayed: Relayed, exchange: &Exchange) -> TakenReports {
    let Relayed { software, reports, with_policy } = relayed;
    let report = |of: crate::store::TakenReport| AnsweredReport {
        id: of.id,
        tag: muster_wire::EntitlementTag::clone(&of.tag),
        rejected: of.rejected.map(String::from),
    };
    TakenReports {
        udi: udi.clone(),
        software,
        nonce: exchange.nonce_text(),
        reports: reports.into_iter().map(report).collect(),
        with_policy,
    }
}

fn not_taken(refusal: Refusal, exchange: Exchange) -> ServerAnswer {
    match refusal {
        Refusal::Failed { code, message, .. } => failed(202, code, &message, exchange),
        Refusal::TryAgain => failed(503, "TRY_AGAIN", "no more product instances fit", exchange),
    }
}
