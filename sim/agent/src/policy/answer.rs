//! What an answer says, once it is known to belong to the request.
//!
//! Source: Troubleshoot SLP on 9800, "Valid Response Poll_id" and "Error Response packet"; the
//! checks on nonce and identity from the public error table of Smart Agents.

use std::borrow::Cow;

use muster_wire::reading::AnswerReading;
use muster_wire::transport::smart_answer::{AnswerLine, SmartAnswer};
use muster_wire::{AnswerStatus, Artefact, Error, LineStatus, PollId, Udi};

use crate::link::LastResponse;
use crate::policy::polls::POLL_INTERVAL_S_DEFAULT;
use crate::policy::request::LINE_ID;
use crate::syslog;

/// Characters of a server's message that are kept as a failure reason.
const REASON_LENGTH_MAX: usize = 512;

/// An answer, read.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Reply<'a> {
    /// `OK_POLL`.
    Deferred { poll_id: PollId, interval_s: u64 },
    /// Finished, with the artefact, if there is one.
    Complete { given: Option<Cow<'a, Result<Artefact, Error>>> },
    /// `OK_TRY_AGAIN`.
    TryAgain { reason: String, interval_s: Option<u64> },
    /// `FAILED`, as an envelope or as a line.
    Refused { reason: String },
    /// An HTTP error that is no answer of a licensing server.
    HttpError { status: u16 },
    /// Not an answer to the request.
    Unusable { response: LastResponse, reason: String },
}

/// Reads an answer to the request with `nonce`.
pub(crate) fn read<'a>(
    status: u16,
    reading: &'a AnswerReading,
    nonce: u64,
    udi: &Udi,
) -> Reply<'a> {
    let decoded = &reading.answer;
    if !(200..300).contains(&status) {
        // Some servers put the short failure envelope under an HTTP error; it says more.
        return match decoded {
            Ok(answer) if answer.status == AnswerStatus::Failed && echoes(answer, nonce) => {
                Reply::Refused { reason: answer_reason(answer) }
            }
            _ => Reply::HttpError { status },
        };
    }
    let answer = match decoded {
        Ok(answer) => answer,
        Err(error) => return unusable(LastResponse::NoReply, &error.to_string()),
    };
    if !echoes(answer, nonce) {
        return unusable(LastResponse::NoReply, "nonce failed to match");
    }
    match &answer.status {
        AnswerStatus::Complete => read_line(answer, reading, udi),
        AnswerStatus::Failed => Reply::Refused { reason: answer_reason(answer) },
        AnswerStatus::OkTryAgain => {
            Reply::TryAgain { reason: answer_reason(answer), interval_s: None }
        }
        AnswerStatus::Other(word) => unknown_status(word),
    }
}

fn read_line<'a>(answer: &'a SmartAnswer, reading: &'a AnswerReading, udi: &Udi) -> Reply<'a> {
    let mut lines = answer.license_data.iter().enumerate();
    let Some((at, line)) = lines.find(|(_, line)| line.request_line_id == Some(LINE_ID)) else {
        return unusable(LastResponse::NoReply, "no line answers the request line");
    };
    if line.sudi.as_ref().is_some_and(|sudi| sudi.udi() != *udi) {
        return unusable(LastResponse::NoReply, "the line is about another product instance");
    }
    let interval_s = line.poll_interval;
    match &line.status {
        LineStatus::OkPoll => match line.poll_id {
            Some(poll_id) => {
                // Assumed: without an interval the poll is due in a day, as in the samples.
                let interval_s = interval_s.unwrap_or(POLL_INTERVAL_S_DEFAULT);
                Reply::Deferred { poll_id, interval_s }
            }
            None => unusable(LastResponse::OkPoll, "the answer is deferred without a poll id"),
        },
        LineStatus::OkTryAgain => Reply::TryAgain { reason: line_reason(line), interval_s },
        LineStatus::Failed => Reply::Refused { reason: line_reason(line) },
        LineStatus::Complete | LineStatus::Ok | LineStatus::Success => {
            // A reading holds the artefact of the first line, which is almost always this one.
            let given = match at {
                0 => reading.given.as_ref().map(Cow::Borrowed),
                _ => line.artefact().map(Cow::Owned),
            };
            Reply::Complete { given }
        }
        LineStatus::Other(word) => unknown_status(word),
    }
}

fn echoes(answer: &SmartAnswer, nonce: u64) -> bool {
    answer.nonce().is_some_and(|echo| {
        // As it was written: neither a sign nor zeros before it.
        matches!(echo.as_str().as_bytes(), [b'1'..=b'9', ..] | b"0")
            && echo.as_str().parse() == Ok(nonce)
    })
}

fn unusable(response: LastResponse, reason: &str) -> Reply<'static> {
    Reply::Unusable { response, reason: shortened(reason) }
}

fn unknown_status(word: &str) -> Reply<'static> {
    unusable(LastResponse::InvalidStatusCode, &format!("unknown status {word:?}"))
}

fn answer_reason(answer: &SmartAnswer) -> String {
    reason(answer.message_code.as_deref(), answer.message.as_deref())
}

fn line_reason(line: &AnswerLine) -> String {
    reason(line.message_code.as_deref(), line.message.as_deref())
}

/// `[HOST_NOT_FOUND] Device Host is not found`, or whichever part there is.
fn reason(code: Option<&str>, message: Option<&str>) -> String {
    let some = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(shortened);
    match (some(code), some(message)) {
        (Some(code), Some(message)) => format!("[{code}] {message}"),
        (Some(text), None) | (None, Some(text)) => text,
        (None, None) => "No detailed information given".to_owned(),
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(REASON_LENGTH_MAX).collect()
}

/// The HTTP error's text as a failure reason.
pub(crate) fn http_reason(status: u16) -> String {
    syslog::http_error(status)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn udi() -> Udi {
        Udi::new("C9800-L-F-K9", "MST00000001")
    }

    fn read(status: u16, body: &[u8], nonce: u64, udi: &Udi) -> Reply<'static> {
        owned(super::read(status, &AnswerReading::of(body), nonce, udi))
    }

    fn owned(reply: Reply<'_>) -> Reply<'static> {
        match reply {
            Reply::Complete { given } => {
                Reply::Complete { given: given.map(|given| Cow::Owned(given.into_owned())) }
            }
            Reply::Deferred { poll_id, interval_s } => Reply::Deferred { poll_id, interval_s },
            Reply::TryAgain { reason, interval_s } => Reply::TryAgain { reason, interval_s },
            Reply::Refused { reason } => Reply::Refused { reason },
            Reply::HttpError { status } => Reply::HttpError { status },
            Reply::Unusable { response, reason } => Reply::Unusable { response, reason },
        }
    }

    fn line(line: &str) -> Reply<'static> {
        let sender = r#"{"connect_info":{"name":"CSLU_V1","version":"v1"},"timestamp":1,
            "nonce":"7","sudi":{},"software_tag_identifier":"x"}"#;
        let body =
            format!(r#"{{"sender_info":{sender},"status":"COMPLETE","license_data":[{line}]}}"#);
        read(200, body.as_bytes(), 7, &udi())
    }

    fn unusable_as(reply: Reply<'_>) -> (LastResponse, String) {
        match reply {
            Reply::Unusable { response, reason } => (response, reason),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn lines_say_what_happens_next() {
        let deferred = line(
            r#"{"status":"OK_POLL","request_line_id":1,"poll_id":5583279046281676962,
                "poll_interval":86739}"#,
        );
        let poll_id = PollId(5_583_279_046_281_676_962);
        assert_eq!(deferred, Reply::Deferred { poll_id, interval_s: 86_739 });
        for word in ["COMPLETE", "OK", "SUCCESS"] {
            let text = format!(r#"{{"status":"{word}","request_line_id":1,"smart_license":""}}"#);
            assert_eq!(line(&text), Reply::Complete { given: None });
        }
        let reply = line(
            r#"{"status":"OK_TRY_AGAIN","request_line_id":1,
                "message":"LS_LICENGINE_FAIL_TO_CONNECT"}"#,
        );
        let reason = "LS_LICENGINE_FAIL_TO_CONNECT".to_owned();
        assert_eq!(reply, Reply::TryAgain { reason, interval_s: None });
    }

    #[test]
    fn what_does_not_belong_to_the_request_is_not_used() {
        let other = r#"{"status":"OK","request_line_id":1,
            "sudi":{"udi_pid":"A","udi_serial_number":"B"}}"#;
        assert_eq!(unusable_as(line(other)).0, LastResponse::NoReply);
        assert_eq!(
            unusable_as(line(r#"{"status":"OK","request_line_id":2}"#)).0,
            LastResponse::NoReply
        );
        assert_eq!(unusable_as(line(r#"{"status":"OK"}"#)).0, LastResponse::NoReply);
        let (response, _) = unusable_as(line(r#"{"status":"MAYBE","request_line_id":1}"#));
        assert_eq!(response, LastResponse::InvalidStatusCode);
        let (response, _) = unusable_as(line(r#"{"status":"OK_POLL","request_line_id":1}"#));
        assert_eq!(response, LastResponse::OkPoll);
        let (_, reason) = unusable_as(read(200, br#"{"status":"FAILED","nonce":"8"}"#, 7, &udi()));
        assert_eq!(reason, "nonce failed to match");
    }

    #[test]
    fn a_failure_envelope_counts_under_any_http_status() {
        let body = br#"{"status":"FAILED","message_code":"HOST_NOT_FOUND",
            "message":"Device Host is not found","nonce":"7"}"#;
        let reason = "[HOST_NOT_FOUND] Device Host is not found".to_owned();
        for status in [200, 404] {
            assert_eq!(read(status, body, 7, &udi()), Reply::Refused { reason: reason.clone() });
        }
        assert_eq!(read(404, body, 8, &udi()), Reply::HttpError { status: 404 });
        assert_eq!(read(502, b"<html>", 7, &udi()), Reply::HttpError { status: 502 });
        let body = br#"{"status":"FAILED","message_code":"ERROR Consuming licenses","message":"",
            "nonce":"7"}"#;
        let reason = "ERROR Consuming licenses".to_owned();
        assert_eq!(read(200, body, 7, &udi()), Reply::Refused { reason });
    }

    proptest! {
        #[test]
        fn no_bytes_panic(status: u16, body in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = read(status, &body, 7, &udi());
        }
    }
}
