//! A step in the scenario's own words, for the journal: names, never secrets.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use muster_scenarios::model::{
    Action, Advance, RawBody, Saved, SavedUsage, Slac, SlacWish, Step, Tamper, UploadedFiles,
};
use serde_json::Value;

use super::classic::words as classic_words;

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
        Action::Collect { .. } => "collect",
        Action::Import { .. } => "import",
        Action::Save { .. } => "save",
        Action::Slac(_) => "slac",
        Action::Throughput { .. } => "throughput",
        Action::Upload(_) => "upload",
        Action::Network { .. } => "network",
        Action::Classic(action) => classic_words::verb(action),
        Action::Assert(_) => "assert",
        Action::Repeat { .. } => "repeat",
        Action::When { .. } => "when",
        Action::Parallel { .. } => "parallel",
    }
}

/// The word a tamper is written with.
pub(super) const fn tamper(tamper: &Tamper) -> &'static str {
    match tamper {
        Tamper::EditPayload => "edit_payload",
        Tamper::BreakSignature => "break_signature",
        Tamper::ReplayNonce => "replay_nonce",
        Tamper::ReuseTrustId => "reuse_trust_id",
        Tamper::TrustId(_) => "trust_id",
        Tamper::UnknownTrustId => "unknown_trust_id",
        Tamper::ForeignPollId => "foreign_poll_id",
        Tamper::Truncate { .. } => "truncate",
        Tamper::SkewClock { .. } => "skew_clock",
        Tamper::Set { .. } => "set",
        Tamper::Remove { .. } => "remove",
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
        Action::Advance(Advance::UntilRetry) => drop(put("until", "retry".into())),
        Action::Advance(Advance::UntilClassic(moment)) => {
            put("until", classic_words::moment(*moment).into());
        }
        Action::Classic(action) => classic_words::arguments(action, &mut put),
        Action::Hook { name, .. } => drop(put("name", name.as_str().into())),
        Action::Collect { over } => drop(put("over", over.as_str().into())),
        Action::Throughput { mbps } => drop(put("mbps", (*mbps).into())),
        Action::Network { lost } => drop(put("lost", (*lost).into())),
        Action::Replay { of } => drop(put("of", of.unwrap_or(1).into())),
        Action::Probe { path } => put_path(path, &mut put),
        Action::Send(raw) => {
            put("method", raw.method.as_str().into());
            put_path(&raw.path, &mut put);
            match &raw.body {
                RawBody::Text(text) if text.is_empty() => None,
                RawBody::Text(_) => put("body", "text".into()),
                RawBody::Base64(_) => put("body", "base64".into()),
                RawBody::Json(_) => put("body", "json".into()),
            };
            if let RawBody::Base64(bytes) = &raw.body {
                put("base64", STANDARD.encode(bytes).into());
            }
        }
        action => file_arguments(action, &mut put),
    }
    if let Some(via) = &step.via {
        put("via", via.as_str().into());
    }
    if !step.tamper.is_empty() {
        put("tamper", step.tamper.iter().map(tamper).collect());
    }
    Value::Object(members)
}

/// The arguments of an action that is about files.
fn file_arguments(action: &Action, put: &mut impl FnMut(&str, Value) -> Option<Value>) {
    let mut put = |name: &str, value: Value| drop(put(name, value));
    match action {
        Action::Import { file } => put("file", file.as_str().into()),
        Action::Save { what, file } => {
            match what {
                Saved::TrustRequest => put("trust", "request".into()),
                Saved::Usage(SavedUsage::Days(days)) => put("days", (*days).into()),
                Saved::Usage(SavedUsage::All) => put("usage", "all".into()),
                Saved::Usage(SavedUsage::Unreported) => put("usage", "unreported".into()),
            }
            put("file", file.as_str().into());
        }
        Action::Slac(Slac { wish, file }) => {
            match wish {
                SlacWish::Request { feature, count, replace } => {
                    put("request", feature.as_str().into());
                    put("count", (*count).into());
                    put("replace", (*replace).into());
                }
                SlacWish::Return => put("return", "all".into()),
            }
            if let Some(file) = file {
                put("file", file.as_str().into());
            }
        }
        Action::Upload(upload) => {
            match &upload.files {
                UploadedFiles::One(file) => put("file", file.as_str().into()),
                UploadedFiles::Bundle(files) => put("files", files.clone().into()),
            }
            put("answer", upload.answer.as_str().into());
        }
        _ => {}
    }
}

/// A path is journaled as the template it is.
fn put_path(path: &Option<String>, put: &mut impl FnMut(&str, Value) -> Option<Value>) {
    if let Some(path) = path {
        put("path", path.as_str().into());
    }
}
