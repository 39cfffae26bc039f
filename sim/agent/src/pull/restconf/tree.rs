//! What an instance knows, as the data of the model.
//!
//! Source: the public YANG model, `licensing/state/state-info` and its groupings. Assumed: an
//! instance of the policy era is not registered, whatever is in use is authorized, its evaluation
//! period is untouched, and keys of lists are UDIs as artefacts write them. Times that nobody noted
//! are left out.

use muster_wire::Udi;
use muster_wire::proposed::policy::ReportingDays;
use serde_json::{Map, Value, json};

use super::spelling;
use crate::input::TransportKind;
use crate::platform::{Platform, PlatformLicense};
use crate::pull::InstanceFacts;
use crate::timer::{DAY_MS, SECOND_MS};
use crate::view::{AgentView, AuthorizedLicenseView, LicenseView, ReportView};

/// Seconds of an evaluation period.
const EVALUATION_S: u64 = 90 * DAY_MS / SECOND_MS;

/// A container with its leaves; what is none has no leaf.
pub(super) fn container<const N: usize>(members: [(&str, Option<Value>); N]) -> Value {
    let known = members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(known.collect())
}

pub(super) fn leaf(value: impl Into<Value>) -> Option<Value> {
    Some(value.into())
}

pub(super) fn time(at_ms: Option<u64>) -> Option<Value> {
    at_ms.and_then(spelling::date_and_time).map(Value::String)
}

/// The `licensing` container.
pub(super) fn licensing(facts: &InstanceFacts<'_>, server_url: Option<&str>) -> Value {
    let view = facts.view;
    let config = json!({
        "enable": true,
        "privacy": privacy(),
        "utility": {"utility-enable": false},
        "usage": {"interval": view.report_interval_days},
        "transport": config_transport(view, server_url),
    });
    let state = json!({
        "always-enabled": true,
        "smart-enabled": true,
        "version": facts.platform.agent_version,
        "state-info": state_info(facts, server_url),
    });
    json!({ "config": config, "state": state })
}

fn state_info(facts: &InstanceFacts<'_>, server_url: Option<&str>) -> Value {
    let view = facts.view;
    let key = view.udi.to_string();
    let uses = view.licenses.iter().filter(|license| license.count > 0);
    let conversion = container([
        ("key_udi", leaf(key.clone())),
        ("status", leaf(spelling::CONVERSION_NOT_STARTED)),
        ("udi", Some(udi(&view.udi))),
    ]);
    let log = facts.log.map(|log| log.times());
    let trust_code = container([
        ("key_udi", leaf(key)),
        ("is-installed", leaf(view.trust_id > 0)),
        ("time-installed", time(log.and_then(|times| times.trust_installed_ms))),
        ("udi", Some(udi(&view.udi))),
    ]);
    json!({
        "registration": {
            "registration-state": spelling::NOT_REGISTERED,
            "export-control-allowed": view.authorization.installed,
        },
        "authorization": authorization(view),
        "utility": {"enabled": false, "reporting": spelling::NO_UTILITY_REPORTING},
        "transport": transport(view, server_url),
        "privacy": privacy(),
        "evaluation": {
            "eval-in-use": false,
            "eval-expired": false,
            "eval-period-left": {"time-left": EVALUATION_S},
        },
        "udi": udi(&view.udi),
        "usage": uses.map(|used| usage(facts.platform, used)).collect::<Vec<_>>(),
        "policy": policy(facts),
        "trust-code": [trust_code],
        "conversion": [conversion],
        "rum-reports-closed-keys": closed_reports(view),
        "rum-ack": container([
            ("last-received-time", time(view.last_ack_ms)),
            ("next-report-deadline", time(view.ack_deadline_ms)),
        ]),
        "factory-purchase": [],
        "imported-authorizations": imported(facts),
    })
}

pub(super) fn privacy() -> Value {
    json!({"hostname": false, "version": false})
}

pub(super) fn udi(udi: &Udi) -> Value {
    json!({"pid": udi.product_id, "sn": udi.serial_number})
}

fn authorization(view: &AgentView) -> Value {
    if view.licenses.iter().all(|license| license.count == 0) {
        return json!({
            "authorization-state": spelling::NO_AUTHORIZATION_STATE,
            "authorization-none": {},
        });
    }
    let usage = &view.statistics.usage_reporting;
    let failed = usage.ongoing > 0;
    let reason = view.last_failure_reason.as_deref().filter(|_| failed).map(shortened);
    let info = container([
        ("last-comm-status-success", leaf(!failed)),
        ("fail-message", reason.map(Value::String)),
        ("last-comm-time", time(usage.last_response_ms)),
        ("next-comm-time", time(view.next_report_due_ms)),
        ("comm-deadline-time", time(view.ack_deadline_ms)),
    ]);
    json!({"authorization-state": spelling::AUTHORIZED, "authorization-authorized": info})
}

/// A failure message has at most 255 characters.
pub(super) fn shortened(text: &str) -> String {
    text.chars().take(255).collect()
}

fn transport(view: &AgentView, server_url: Option<&str>) -> Value {
    let urls = server_url.filter(|_| view.transport == TransportKind::Smart);
    let urls = urls.map(|url| json!({"url-registration": url, "url-utility": url}));
    container([
        ("transport-type", leaf(spelling::transport_type(view.transport))),
        ("url-settings", urls),
    ])
}

fn config_transport(view: &AgentView, server_url: Option<&str>) -> Value {
    let cslu = server_url.filter(|_| view.transport == TransportKind::Cslu);
    container([
        ("transport-type", leaf(spelling::transport_type(view.transport))),
        ("transport-cslu", cslu.map(|url| json!({"url-cslu": url}))),
    ])
}

fn license_of<'a>(platform: &'a Platform, tag: &str) -> Option<&'a PlatformLicense> {
    platform.licenses.iter().find(|license| license.tag.as_str() == tag)
}

fn usage(platform: &Platform, used: &LicenseView) -> Value {
    let license = license_of(platform, &used.tag);
    container([
        ("entitlement-tag", leaf(used.tag.as_str())),
        ("short-name", license.and_then(|license| leaf(license.label()))),
        ("license-name", leaf(used.feature.as_str())),
        ("description", license.and_then(|license| leaf(license.description()))),
        ("count", leaf(used.count)),
        ("enforcement-mode", leaf(spelling::IN_COMPLIANCE)),
        ("post-paid", leaf(false)),
    ])
}

fn policy(facts: &InstanceFacts<'_>) -> Value {
    let policy = &facts.view.policy;
    let days = |days: ReportingDays| {
        json!({
            "reporting-first-time": days.first_report_days,
            "reporting-ongoing": days.report_interval_days,
            "reporting-macd": days.on_change_days,
        })
    };
    let installed_ms = facts.log.and_then(|log| log.times().policy_installed_ms);
    container([
        ("policy-type", leaf(spelling::policy_type(policy.installed))),
        ("policy-name", leaf(policy.name.as_str()).filter(|_| policy.installed)),
        ("install-time", time(installed_ms)),
        ("ack-required", leaf(policy.acknowledgement_required)),
        ("policy-enforced", Some(days(policy.enforced))),
        ("policy-export", Some(days(policy.export))),
        ("policy-subscription", Some(days(policy.subscription))),
        ("policy-perpetual", Some(days(policy.perpetual))),
    ])
}

/// Every report that is closed and not acknowledged.
fn closed_reports(view: &AgentView) -> Vec<Value> {
    let reports = view.reports.iter();
    let closed = reports.filter(|report| !matches!(report.state, "open" | "acknowledged"));
    let entry = |report: &ReportView| {
        let time = |at_s: u64| time(at_s.checked_mul(SECOND_MS));
        container([
            // A number of 64 bits is a text in JSON (RFC 7951, section 6.1).
            ("report-id", leaf(report.report_id.to_string())),
            ("udi", Some(udi(&view.udi))),
            ("report-start-time", time(report.start)),
            ("report-end-time", time(report.end)),
            ("report-state", leaf(spelling::report_state(report.state, report.handed_out))),
            ("rum-report-key", leaf(format!("{}_{}", view.udi, report.report_id))),
        ])
    };
    closed.map(entry).collect()
}

fn imported(facts: &InstanceFacts<'_>) -> Value {
    let (view, code) = (facts.view, &facts.view.authorization);
    let installed = code.installed.then(|| {
        container([
            ("install-type", leaf(spelling::AUTHORIZATION_CODE)),
            ("install-time", time(code.installed_ms)),
        ])
    });
    let overall = container([
        ("key_udi", leaf(view.udi.to_string())),
        ("udi", Some(udi(&view.udi))),
        ("installed-list", installed.map(|installed| json!([installed]))),
    ]);
    let license = |authorized: &AuthorizedLicenseView| {
        let license = license_of(facts.platform, &authorized.tag);
        let kind = license.map(|license| spelling::license_enforcement_type(license.class));
        container([
            ("entitlement-tag", leaf(authorized.tag.as_str())),
            ("short-name", license.and_then(|license| leaf(license.label()))),
            ("license-name", leaf(authorized.feature.as_str())),
            ("description", license.and_then(|license| leaf(license.description()))),
            ("total-count", leaf(authorized.count)),
            ("license-enforcement-type", kind.and_then(leaf)),
        ])
    };
    let licenses = code.licenses.iter().map(license).collect::<Vec<_>>();
    Value::Object(Map::from_iter([
        ("overall-status".to_owned(), json!([overall])),
        ("authorization-list".to_owned(), Value::Array(licenses)),
    ]))
}
