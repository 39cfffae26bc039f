//! How the API says things: a status, a message, and what belongs to the call.
//!
//! Source: SSM On-Prem 7 User Guide, "Using Smart Software Manager On-Prem APIs". Published clients
//! need compact JSON.

use schemars::JsonSchema;
use serde::Serialize;

use crate::message::ServerAnswer;

pub(super) use crate::control::good;

/// An answer, or a refusal on the way to it.
pub(super) type Answered = Result<ServerAnswer, ServerAnswer>;

/// How a call, or a part of it, went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum Status {
    Success,
    Warning,
    Error,
}

/// A status and its message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Said {
    pub(super) status: Status,
    pub(super) status_message: String,
}

impl Said {
    pub(super) fn success(message: impl Into<String>) -> Self {
        Self { status: Status::Success, status_message: message.into() }
    }

    pub(super) fn error(message: impl Into<String>) -> Self {
        Self { status: Status::Error, status_message: message.into() }
    }

    pub(super) fn is_success(&self) -> bool {
        self.status == Status::Success
    }
}

/// A refusal.
pub(super) fn refused(status: u16, message: impl Into<String>) -> ServerAnswer {
    ServerAnswer { status, ..good(&Said::error(message)) }
}

/// How the parts of a call went together. Assumed: a call without parts failed.
pub(super) fn together(parts: &[Said]) -> Status {
    let succeeded = parts.iter().filter(|part| part.is_success()).count();
    match succeeded {
        0 => Status::Error,
        _ if succeeded == parts.len() => Status::Success,
        _ => Status::Warning,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_that_differ_are_a_warning_and_nothing_is_an_error() {
        let (good, bad) = (|| Said::success(""), || Said::error(""));
        assert_eq!(together(&[]), Status::Error);
        assert_eq!(together(&[good(), good()]), Status::Success);
        assert_eq!(together(&[good(), bad()]), Status::Warning);
        assert_eq!(together(&[bad()]), Status::Error);
    }

    #[test]
    fn answers_are_compact_json() {
        let answer = refused(422, "no");
        assert_eq!(answer.status, 422);
        assert_eq!(answer.body, br#"{"status":"ERROR","statusMessage":"no"}"#);
    }
}
