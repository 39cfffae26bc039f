//! What an operation answers once the agent has done what it stands for.
//!
//! Source: the public YANG model (`return-code`, `authorization-return-string`,
//! `confirmation-codes`).

use muster_wire::classic::AgentErrorCode;
use serde_json::{Map, Value, json};

use super::encoding::Encoding;
use super::{MODULE, YANG_JSON};
use crate::effect::Effect;
use crate::files::{Flash, FlashFault, written};
use crate::pull::{CommandOutcome, InstanceAnswer, InstanceFacts};

/// What the answer will hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::pull) enum Awaited {
    /// A return code.
    Code {
        /// That of success.
        good: AgentErrorCode,
    },
    /// A return code, once the file is written.
    File {
        /// Where to.
        path: String,
    },
    /// A return code and the code that returns an authorization.
    Return {
        /// Where to write it as well.
        path: Option<String>,
    },
    /// A return code, and the code that confirms an authorization, if there is a new one.
    Import {
        /// The one from before.
        before: Option<String>,
    },
}

/// What the answer will hold, and what it is written in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::pull) struct Pending {
    pub(super) awaited: Awaited,
    pub(super) encoding: Encoding,
}

pub(in crate::pull) fn answer(
    pending: Pending,
    outcomes: &[CommandOutcome],
    facts: &InstanceFacts<'_>,
    flash: &mut Flash,
) -> InstanceAnswer {
    pending.encoding.write(answer_in_json(pending.awaited, outcomes, facts, flash))
}

fn answer_in_json(
    awaited: Awaited,
    outcomes: &[CommandOutcome],
    facts: &InstanceFacts<'_>,
    flash: &mut Flash,
) -> InstanceAnswer {
    let none = CommandOutcome::default();
    let outcome = outcomes.first().unwrap_or(&none);
    if let Some((_, code)) = outcome.refused {
        return completed(code);
    }
    let code = &facts.view.authorization;
    match awaited {
        Awaited::Code { good } => completed(good),
        Awaited::File { path } => completed(save(outcome, &path, flash)),
        Awaited::Return { path } => {
            let saved = path.map_or(AgentErrorCode::SUCCESS, |path| save(outcome, &path, flash));
            let done = match saved {
                AgentErrorCode::SUCCESS => AgentErrorCode::MESSAGE_IN_PROGRESS,
                other => other,
            };
            let text = code.last_return_code.as_deref();
            output(done, text.map(|text| ("authorization-return-string", text)))
        }
        Awaited::Import { before } => {
            let new = code.last_confirmation_code.as_deref();
            let new = new.filter(|new| before.as_deref() != Some(*new));
            output(AgentErrorCode::SUCCESS, new.map(|text| ("confirmation-codes", text)))
        }
    }
}

/// Writes what a command wrote.
fn save(outcome: &CommandOutcome, path: &str, flash: &mut Flash) -> AgentErrorCode {
    let usage = outcome.usage.clone().map(|file| Effect::UsageSaved(Box::new(file)));
    let other = outcome.file.clone().map(|file| Effect::FileWritten(Box::new(file)));
    let Some(text) = usage.or(other).as_ref().and_then(written) else {
        return AgentErrorCode::SUCCESS;
    };
    match flash.write(path, text.into_bytes()) {
        Ok(()) => AgentErrorCode::SUCCESS,
        Err(FlashFault::Path) => AgentErrorCode::PLATFORM_PATH,
        Err(FlashFault::Full) => AgentErrorCode::STORAGE_WRITE,
    }
}

/// An answer with nothing but a return code.
pub(super) fn completed(code: AgentErrorCode) -> InstanceAnswer {
    output(code, None)
}

fn output(code: AgentErrorCode, more: Option<(&str, &str)>) -> InstanceAnswer {
    let name = code.row().map_or("max", |row| row.name);
    let mut members = Map::from_iter([("return-code".to_owned(), Value::from(name))]);
    if let Some((name, text)) = more {
        members.insert(name.to_owned(), Value::from(text));
    }
    let body = json!({ format!("{MODULE}:output"): members });
    InstanceAnswer::typed(200, YANG_JSON, body.to_string())
}
