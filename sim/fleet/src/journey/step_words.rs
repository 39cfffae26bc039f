//! A step in the scenario's own words, for the journal: names, never secrets.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use muster_scenarios::model::{Action, Advance, RawBody, Step};
use serde_json::Value;

/// The word a step is written with.
pub(super) fn verb(action: &Action) -> &'static str {
    match action {
        Action::Trust { .. } => "trust",
        Action::Sync => "sync",
        Action::Report => "report",
        Action::Poll { .. } => "poll",
        Action::Use { .. } => "use",
        Action::Reload => "reload",
        Action::Boot => "boot",
        Action::Transport(_) => "transport",
        Action::Advance(_) => "advance",
        Action::Probe { .. } => "probe",
        Action::Send(_) => "send",
        Action::Replay { .. } => "replay",
        Action::Hook { .. } => "hook",
        Action::Collect {} => "collect",
        Action::Import { .. } => "import",
        Action::Assert(_) => "assert",
        Action::Repeat { .. } => "repeat",
        Action::When { .. } => "when",
        Action::Parallel { .. } => "parallel",
    }
}

/// A step's arguments for the journal: names, never secrets.
pub(super) fn arguments(step: &Step) -> Value {
    let mut members = serde_json::Map::new();
    let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
    match &step.action {
        Action::Trust { id_token, force } => {
            if let Some(name) = id_token {
                put("id_token", name.as_str().into());
            }
            put("force", (*force).into());
        }
        Action::Poll { id, until_complete, .. } => {
            if let Some(id) = id {
                put("id", id.as_str().into());
            }
            put("until_complete", (*until_complete).into());
        }
        Action::Use { feature, count } => {
            put("feature", feature.as_str().into());
            put("count", (*count).into());
        }
        Action::Transport(kind) => drop(put("kind", kind.as_str().into())),
        Action::Advance(Advance::For { ms }) => drop(put("ms", (*ms).into())),
        Action::Advance(Advance::UntilPollDue) => drop(put("until", "poll_due".into())),
        Action::Advance(Advance::UntilReportDue) => drop(put("until", "report_due".into())),
        Action::Hook { name, .. } => drop(put("name", name.as_str().into())),
        Action::Replay { of } => drop(put("of", of.unwrap_or(1).into())),
        Action::Send(raw) => {
            put("method", raw.method.as_str().into());
            if let RawBody::Base64(bytes) = &raw.body {
                put("base64", STANDARD.encode(bytes).into());
            }
        }
        _ => {}
    }
    Value::Object(members)
}
