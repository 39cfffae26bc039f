//! What an instance of the classic era knows, as the data of the model.
//!
//! Source: the public YANG model, `licensing/state/state-info` and its groupings as they are since
//! its first revision, of the classic era. Assumed: what only later revisions have (policies, trust
//! codes, reports) is left out; a licence that is not evaluated and not answered for waits.

use serde_json::{Value, json};

use super::spelling;
use super::tree::{container, leaf, privacy, shortened, time, udi};
use crate::classic::view::{AttemptView, AuthorizationView, ClassicLicenseView, RegistrationView};
use crate::classic::{ClassicView, Framing};
use crate::platform::Platform;
use crate::timer::SECOND_MS;

/// The `licensing` container.
pub(super) fn licensing(view: &ClassicView, platform: &Platform, url: Option<&str>) -> Value {
    let transport_type = match view.transport.framing {
        Framing::CallHome => "transport-type-callhome",
        Framing::SmartTransport => "transport-type-smart",
    };
    let urls = url.filter(|_| view.transport.framing == Framing::SmartTransport);
    let urls = urls.map(|url| json!({"url-registration": url, "url-utility": url}));
    let transport = container([("transport-type", leaf(transport_type)), ("url-settings", urls)]);
    let config = json!({
        "enable": true,
        "privacy": privacy(),
        "utility": {"utility-enable": false},
        "transport": {"transport-type": transport_type},
    });
    let key = view.udi.to_string();
    let conversion = container([
        ("key_udi", leaf(key)),
        ("status", leaf(conversion_status(view.conversion.status))),
        ("udi", Some(udi(&view.udi))),
    ]);
    let uses = view.licenses.iter().filter(|license| license.count > 0);
    let info = json!({
        "registration": registration(view),
        "authorization": authorization(view),
        "utility": {"enabled": false, "reporting": spelling::NO_UTILITY_REPORTING},
        "transport": transport,
        "privacy": privacy(),
        "evaluation": evaluation(view),
        "udi": udi(&view.udi),
        "usage": uses.map(|used| usage(platform, used)).collect::<Vec<_>>(),
        "conversion": [conversion],
    });
    let state = json!({
        "always-enabled": true,
        "smart-enabled": true,
        "version": platform.agent_version,
        "state-info": info,
    });
    json!({ "config": config, "state": state })
}

fn registration(view: &ClassicView) -> Value {
    let registration = &view.registration;
    let (state, name) = match registration.state {
        "registering" => ("reg-state-in-progress", "registration-in-progress"),
        "retry" => ("reg-state-retry", "registration-retry"),
        "failed" => ("reg-state-failed", "registration-failed"),
        "registered" | "deregistering" => ("reg-state-complete", "registration-complete"),
        _ => (spelling::NOT_REGISTERED, ""),
    };
    let about = match name {
        "registration-complete" => Some(complete(view)),
        "registration-retry" => Some(container([
            ("retry-next-time", time(view.retry_due_ms)),
            ("fail-time", failed_at(registration)),
            ("fail-message", failure(registration.last_attempt.as_ref())),
        ])),
        "registration-failed" => Some(container([
            ("fail-time", failed_at(registration)),
            ("fail-message", failure(registration.last_attempt.as_ref())),
        ])),
        // Nobody noted when it started.
        "registration-in-progress" => Some(json!({})),
        _ => None,
    };
    container([
        ("registration-state", leaf(state)),
        (name, about),
        ("export-control-allowed", leaf(registration.export_controlled_allowed == Some(true))),
    ])
}

fn complete(view: &ClassicView) -> Value {
    let (registration, certificate) = (&view.registration, &view.id_certificate);
    let renewal = certificate.last_renewal.as_ref();
    let account = |name: &Option<compact_str::CompactString>| {
        name.as_deref().filter(|name| !name.is_empty()).and_then(leaf)
    };
    container([
        ("complete-time", time(registration.registered_at_ms)),
        ("last-renew-time", time(renewal.map(|attempt| attempt.at_ms))),
        ("next-renew-time", time(certificate.next_renewal_ms)),
        ("expire-time", time(certificate.not_after_ms)),
        ("last-renew-success", renewal.and_then(|attempt| leaf(attempt.succeeded))),
        ("fail-message", failure(renewal)),
        ("smart-account", account(&registration.smart_account)),
        ("virtual-account", account(&registration.virtual_account)),
    ])
}

fn failed_at(registration: &RegistrationView) -> Option<Value> {
    let failed = registration.last_attempt.as_ref().filter(|attempt| !attempt.succeeded);
    time(failed.map(|attempt| attempt.at_ms))
}

fn failure(attempt: Option<&AttemptView>) -> Option<Value> {
    let reason = attempt?.failure_reason.as_deref()?;
    Some(Value::String(shortened(reason)))
}

fn authorization(view: &ClassicView) -> Value {
    let authorization = &view.authorization;
    let (state, name, about) = match authorization.state {
        "evaluation" if view.evaluation.left_ms == 0 => {
            ("auth-state-eval-expired", "authorization-eval-expired", json!({}))
        }
        "evaluation" => (
            "auth-state-eval",
            "authorization-eval",
            json!({"seconds-left": (view.evaluation.left_ms / SECOND_MS).to_string()}),
        ),
        "authorized" => (
            spelling::AUTHORIZED,
            "authorization-authorized",
            container(information(authorization)),
        ),
        "out_of_compliance" => {
            let mut about = container(information(authorization));
            if let (Some(members), Some(since)) =
                (about.as_object_mut(), time(authorization.since_ms))
            {
                members.insert("ooc-time".to_owned(), since);
            }
            ("auth-state-out-of-compliance", "authorization-out-of-compliance", about)
        }
        "expired" | "grace_expired" => (
            "auth-state-authorization-expired",
            "authorization-authorization-expired",
            container(information(authorization)),
        ),
        _ => (spelling::NO_AUTHORIZATION_STATE, "authorization-none", json!({})),
    };
    container([("authorization-state", leaf(state)), (name, Some(about))])
}

fn information(view: &AuthorizationView) -> [(&'static str, Option<Value>); 5] {
    let last = view.last_communication.as_ref();
    [
        ("last-comm-status-success", last.and_then(|last| leaf(last.succeeded))),
        ("fail-message", failure(last)),
        ("last-comm-time", time(last.map(|last| last.at_ms))),
        ("next-comm-time", time(view.next_communication_ms)),
        ("comm-deadline-time", time(view.communication_deadline_ms)),
    ]
}

/// When it expired nobody noted.
fn evaluation(view: &ClassicView) -> Value {
    let left_s = view.evaluation.left_ms / SECOND_MS;
    container([
        ("eval-in-use", leaf(view.evaluation.in_use)),
        ("eval-expired", leaf(left_s == 0)),
        ("eval-period-left", (left_s > 0).then(|| json!({"time-left": left_s}))),
        ("eval-expire-time", (left_s == 0).then(|| json!({}))),
    ])
}

fn usage(platform: &Platform, used: &ClassicLicenseView) -> Value {
    let license = platform.licenses.iter().find(|license| license.tag.as_str() == used.tag);
    container([
        ("entitlement-tag", leaf(used.tag.as_str())),
        ("short-name", license.and_then(|license| leaf(license.label()))),
        ("license-name", leaf(used.feature.as_str())),
        ("description", license.and_then(|license| leaf(license.description()))),
        ("count", leaf(used.count)),
        ("enforcement-mode", leaf(enforcement_mode(used.status))),
        ("post-paid", leaf(false)),
    ])
}

/// The model's word for what an instance prints.
fn enforcement_mode(status: &str) -> &'static str {
    match status {
        "AUTHORIZED" => spelling::IN_COMPLIANCE,
        "OUT OF COMPLIANCE" => "enforcement-out-of-compliance",
        "OVERAGE" => "enforcement-overage",
        "EVAL MODE" => "enforcement-evaluation",
        "EVAL EXPIRED" => "enforcement-evaluation-expired",
        "AUTHORIZATION EXPIRED" => "enforcement-authorization-expired",
        "AUTHORIZED - RESERVED" => "enforcement-reservation-in-compliance",
        "INVALID TAG" => "enforcement-invalid-tag",
        "DISABLED" => "enforcement-disabled",
        _ => "enforcement-waiting",
    }
}

fn conversion_status(status: &str) -> &'static str {
    match status {
        "started" => "conversion-status-started",
        "polling" => "conversion-status-polling",
        "already-converted" => "conversion-status-already-converted",
        // With a capital in the model.
        "success" => "Conversion-status-success",
        "failed" => "conversion-status-failed",
        _ => spelling::CONVERSION_NOT_STARTED,
    }
}
