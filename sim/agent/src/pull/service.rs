//! `/smartlic-service`: what reports there are, the reports, and the import.
//!
//! Source: public documentation of the interface (paths, methods, bodies, 90 days by default), and a
//! public script that closes open reports before it reads, because only closed ones are given.
//! Assumed: bodies of success and failure, status codes, that numbers up to 365 are days and larger
//! ones report ids, and the member `trust_request`.

use muster_wire::classic::AgentErrorCode;
use muster_wire::limits;
use muster_wire::proposed::usage_list::ListedReport;
use muster_wire::transport::instance_service::{
    ALL_REPORTS, CLOSE_REPORTS, CollectedReports, DAYS, IMPORT, LIST, UsageList,
};
use muster_wire::{Artefact, EntitlementTag, Extra, ReportId};
use serde_json::{Value, json};

use super::{Asked, CommandOutcome, InstanceAnswer, InstanceFacts, InstanceRequest, Unanswered};
use crate::input::{Command, UsageSelection};
use crate::platform::Platform;
use crate::policy::schedule::REPORT_INTERVAL_DAYS_MAX;
use crate::policy::trust_state::TrustState;
use crate::view::ReportView;

/// What is answered when `/days` names no number (public).
pub(super) const DAYS_DEFAULT: u32 = 90;

/// From this release on a collection brings a trust code (Troubleshoot SLP on 9800, "Trust Code").
const TRUST_BY_COLLECTION: [u32; 3] = [17, 9, 1];

const ROOT: &str = "/smartlic-service/";

/// What the answer will be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Awaited {
    Close,
    Reports,
    Import,
}

/// A path of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Close,
    List,
    Reports(UsageSelection),
    Import,
}

impl Place {
    fn of(path: &str) -> Option<Self> {
        Some(match path {
            CLOSE_REPORTS => Self::Close,
            LIST => Self::List,
            ALL_REPORTS => Self::Reports(UsageSelection::All),
            DAYS => Self::Reports(UsageSelection::Days(DAYS_DEFAULT)),
            IMPORT => Self::Import,
            _ => {
                let rest = path.strip_prefix(ROOT)?;
                let number = rest.strip_prefix("days/").unwrap_or(rest);
                let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
                let number: u64 = number.parse().ok().filter(|_| is_number)?;
                match u32::try_from(number) {
                    Ok(days) if days <= REPORT_INTERVAL_DAYS_MAX && rest.starts_with("days/") => {
                        Self::Reports(UsageSelection::Days(days))
                    }
                    _ => Self::Reports(UsageSelection::Report(number)),
                }
            }
        })
    }

    const fn method(self) -> &'static str {
        match self {
            Self::Close | Self::Import => "POST",
            Self::List | Self::Reports(_) => "GET",
        }
    }
}

pub(super) fn ask(request: &InstanceRequest<'_>, facts: &InstanceFacts<'_>) -> Asked {
    let fault = |status, reason| Asked::Answered(InstanceAnswer::fault(status, reason));
    let Some(place) = Place::of(request.path()) else {
        return fault(404, "there is no such resource");
    };
    let method = place.method();
    if request.method != method {
        let answer = InstanceAnswer::fault(405, "the resource takes another method");
        return Asked::Answered(answer.with("allow", method));
    }
    if request.body.len() > limits::MESSAGE_BYTES_MAX {
        return fault(413, "the body is too long");
    }
    let commanded = |commands, awaited| Asked::Commanded {
        commands,
        then: Unanswered(super::Awaited::Service(awaited)),
    };
    match place {
        // Whatever the body says.
        Place::Close => commanded(vec![Command::CloseReports], Awaited::Close),
        Place::List => {
            let list = UsageList { usage_list: listed(facts), extra: Extra::new() };
            Asked::Answered(InstanceAnswer::typed(200, "application/json", list.encode()))
        }
        Place::Reports(which) => {
            let mut commands = vec![Command::CollectReports(which)];
            if which == UsageSelection::All && brings_trust(facts) {
                commands.push(Command::SaveTrustRequest);
            }
            commanded(commands, Awaited::Reports)
        }
        Place::Import if request.body.trim_ascii().is_empty() => {
            fault(400, "the body holds no file")
        }
        Place::Import => commanded(vec![Command::Import(request.body.to_vec())], Awaited::Import),
    }
}

pub(super) fn answer(awaited: Awaited, outcomes: &[CommandOutcome]) -> InstanceAnswer {
    let success = |name: &str| InstanceAnswer::json(200, &json!({ name: "success" }));
    let refused = outcomes.first().and_then(|outcome| outcome.refused);
    match (awaited, refused) {
        (Awaited::Import, Some((reason, code))) => {
            let body = json!({ "import": "failed", "error": reason });
            InstanceAnswer::json(status_of(code), &body)
        }
        (_, Some((reason, code))) => InstanceAnswer::fault(status_of(code), reason),
        (Awaited::Close, None) => success("close-reports"),
        (Awaited::Import, None) => success("import"),
        (Awaited::Reports, None) => {
            let mut reports = CollectedReports::default();
            for outcome in outcomes {
                if let Some(file) = &outcome.usage {
                    reports.usage.clone_from(&file.reports);
                }
                if let Some(Artefact::TrustRequest(request)) = &outcome.file {
                    let text = muster_wire::artefact::to_smart_license(&request.encode());
                    reports.extra.insert("trust_request".to_owned(), Value::String(text));
                }
            }
            InstanceAnswer::typed(200, "application/json", reports.encode())
        }
    }
}

/// The status that goes with a refusal: the request's fault, or the moment's.
const fn status_of(code: AgentErrorCode) -> u16 {
    match code {
        AgentErrorCode::INSTANCE_NOT_INITIALIZED => 503,
        AgentErrorCode::NOT_FOUND | AgentErrorCode::REQUESTED_ITEM_NOT_FOUND => 404,
        AgentErrorCode::BAD_INPUT
        | AgentErrorCode::MESSAGE_PARSE
        | AgentErrorCode::NOT_SUPPORTED
        | AgentErrorCode::IDENTIFIER_MISMATCH
        | AgentErrorCode::SIGNATURE_VERIFICATION
        | AgentErrorCode::CODE_VALIDATION => 400,
        _ => 409,
    }
}

/// Whether the collector is given a trust request. One that is under way to a server stays the only
/// one.
fn brings_trust(facts: &InstanceFacts<'_>) -> bool {
    let view = facts.view;
    let under_way = view.in_flight || view.trust_state == TrustState::Deferred.as_str();
    !view.trusted && !under_way && release(facts.platform) >= TRUST_BY_COLLECTION
}

fn listed(facts: &InstanceFacts<'_>) -> Vec<ListedReport> {
    let line = |report: &ReportView| ListedReport {
        report_id: ReportId(report.report_id),
        start_time: report.start,
        end_time: report.end,
        state: match report.state {
            "open" => "OPEN",
            "acknowledged" => "ACK",
            _ => "CLOSED",
        }
        .to_owned(),
        entitlement_tag: EntitlementTag(report.tag.clone()),
        extra: Extra::new(),
    };
    facts.view.reports.iter().map(line).collect()
}

/// The numbers of `17.09.02`; what is no number counts as zero.
fn release(platform: &Platform) -> [u32; 3] {
    let mut numbers = [0; 3];
    for (number, text) in numbers.iter_mut().zip(platform.software_version.split('.')) {
        *number = text.parse().unwrap_or(0);
    }
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_documented_path_is_known() {
        use UsageSelection::{All, Days, Report};
        for (path, place) in [
            ("/smartlic-service/close-reports", Place::Close),
            ("/smartlic-service/list", Place::List),
            ("/smartlic-service/all-reports", Place::Reports(All)),
            ("/smartlic-service/days", Place::Reports(Days(90))),
            ("/smartlic-service/days/7", Place::Reports(Days(7))),
            ("/smartlic-service/days/0", Place::Reports(Days(0))),
            ("/smartlic-service/days/366", Place::Reports(Report(366))),
            ("/smartlic-service/days/1800000000", Place::Reports(Report(1_800_000_000))),
            ("/smartlic-service/1800000000", Place::Reports(Report(1_800_000_000))),
            ("/smartlic-service/import", Place::Import),
        ] {
            assert_eq!(Place::of(path), Some(place), "{path}");
        }
        for path in [
            "",
            "/",
            "/smartlic-service",
            "/smartlic-service/lists",
            "/smartlic-service/days/",
            "/smartlic-service/days/x",
            "/smartlic-service/days/+7",
            "/smartlic-service/days/99999999999999999999999",
            "/smartlic-service/days/7/8",
        ] {
            assert_eq!(Place::of(path), None, "{path}");
        }
    }

    #[test]
    fn releases_are_compared_number_by_number() {
        let of = |name| release(Platform::named(name).unwrap());
        assert_eq!((of("c9800-l"), of("c8000v")), ([17, 12, 2], [17, 6, 2]));
        assert!(of("c9800-l") >= TRUST_BY_COLLECTION && of("c8000v") < TRUST_BY_COLLECTION);
    }
}
