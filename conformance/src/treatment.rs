//! How the server treated a request, read off the answer whatever form it takes.

use muster_wire::proposed::acknowledgement::{AcknowledgedReport, Acknowledgement};
use muster_wire::{AnswerStatus, Artefact, LineStatus};

use crate::message::Message;

/// How the server treated the (first line of the) request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Treatment {
    /// Processed, and well.
    Taken,
    /// Taken in; the result comes with a poll.
    Deferred,
    /// Not processed: HTTP 4xx, a `FAILED` envelope or line, a trust answer without success, or an
    /// acknowledgement that rejects every report.
    Refused,
    /// A passing condition of the server: HTTP 5xx, 408, 425, 429 or `OK_TRY_AGAIN`.
    Transient,
    /// No answer, or none that can be read.
    Unclear,
}

/// Reads the treatment off an exchange.
#[must_use]
pub fn of(message: &Message<'_>) -> Treatment {
    let Some(http) = message.http() else { return Treatment::Unclear };
    let Some(answer) = message.answer() else {
        return match http.status {
            408 | 425 | 429 | 500..=599 => Treatment::Transient,
            400..=499 => Treatment::Refused,
            _ => Treatment::Unclear,
        };
    };
    match answer.status {
        AnswerStatus::Failed => return Treatment::Refused,
        AnswerStatus::OkTryAgain => return Treatment::Transient,
        AnswerStatus::Complete | AnswerStatus::Other(_) => {}
    }
    let Some(line) = message.answer_line() else { return Treatment::Unclear };
    match &line.status {
        LineStatus::OkPoll => Treatment::Deferred,
        LineStatus::OkTryAgain => Treatment::Transient,
        LineStatus::Failed => Treatment::Refused,
        LineStatus::Other(_) => Treatment::Unclear,
        LineStatus::Complete | LineStatus::Ok | LineStatus::Success => of_artefact(message),
    }
}

fn of_artefact(message: &Message<'_>) -> Treatment {
    match message.given() {
        Some(Ok(Artefact::Trust(trust))) if !trust.trust_code.status.success => Treatment::Refused,
        Some(Ok(Artefact::Acknowledgement(ack))) if rejects_everything(ack) => Treatment::Refused,
        _ => Treatment::Taken,
    }
}

fn rejects_everything(ack: &Acknowledgement) -> bool {
    !ack.data.acks.is_empty()
        && ack.data.acks.iter().all(|report| report.status == AcknowledgedReport::REJECTED)
}

/// The answer in a few words, for `actual` of a finding.
#[must_use]
pub fn describe(message: &Message<'_>) -> String {
    let Some(http) = message.http() else { return "no answer".to_owned() };
    let Some(answer) = message.answer() else {
        return format!("HTTP {} without a licensing answer", http.status);
    };
    let mut text =
        if http.status == 200 { String::new() } else { format!("HTTP {}, ", http.status) };
    text.push_str(answer.status.as_str());
    if let Some(code) = answer.message_code.as_deref() {
        text.push_str(&format!(" with message_code {code:?}"));
    }
    if let Some(line) = message.answer_line() {
        text.push_str(&format!(", line {}", line.status));
        if let Some(code) = line.message_code.as_deref() {
            text.push_str(&format!(" with message_code {code:?}"));
        }
    }
    if let Some(trust) = message.trust() {
        let status = &trust.trust_code.status;
        let code = status.code.as_deref().unwrap_or("none");
        text.push_str(&format!(", trust success {} with code {code}", status.success));
    }
    text
}
