//! What one exchange came to, for the measurements.

use muster_journal::exchange::Reading;
use muster_journal::{Exchange, ExchangeOutcome, FailureCause};
use muster_wire::{AnswerStatus, LineStatus, RequestType};

use crate::measure::{Failure, StepKind};

/// What one exchange came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    /// What was asked.
    pub kind: StepKind,
    /// Why it failed, if it did.
    pub failure: Option<Failure>,
    /// Whether the instance repeated a request that had failed.
    pub is_retry: bool,
}

impl Ended {
    /// The same where `failed` says that the message itself refuses or is none.
    pub(super) fn with_answer(self, failed: bool) -> Self {
        let failure = self.failure.or(failed.then_some(Failure::ProtocolStatus));
        Self { failure, ..self }
    }

    pub(super) fn of(exchange: &Exchange, is_retry: bool) -> Self {
        let kind = match exchange.intent.request_type.as_deref().map(RequestType::from) {
            Some(RequestType::LicenseUsage) => StepKind::ReportUsage,
            Some(RequestType::Poll) => StepKind::Poll,
            Some(RequestType::IdTokenTrust | RequestType::TrustSync) => StepKind::Trust,
            _ if exchange.method == "GET" => StepKind::Probe,
            _ => StepKind::Raw,
        };
        let failure = match &exchange.outcome {
            ExchangeOutcome::Failed { cause, .. } => Some(by_cause(*cause)),
            ExchangeOutcome::Answered(answer) if answer.status >= 400 => Some(Failure::HttpStatus),
            ExchangeOutcome::Answered(_) => exchange.reading.as_deref().and_then(protocol_failure),
        };
        Self { kind, failure, is_retry }
    }
}

const fn by_cause(cause: FailureCause) -> Failure {
    match cause {
        FailureCause::Dns => Failure::Dns,
        FailureCause::Connect => Failure::Connect,
        FailureCause::Tls => Failure::Tls,
        FailureCause::Http => Failure::Http,
        FailureCause::Timeout => Failure::Timeout,
        FailureCause::Closed => Failure::Closed,
        FailureCause::TooLong => Failure::TooLong,
    }
}

/// What the licensing protocol itself says went wrong.
fn protocol_failure(reading: &Reading) -> Option<Failure> {
    let Ok(answer) = &reading.answer.as_ref()?.answer else {
        return Some(Failure::ProtocolStatus);
    };
    let line = answer.license_data.first();
    let refused = matches!(answer.status, AnswerStatus::Failed)
        || line.is_some_and(|line| matches!(line.status, LineStatus::Failed));
    if refused {
        return Some(Failure::ProtocolStatus);
    }
    let sent = reading.request.as_ref().map(|request| &request.sender_info.nonce);
    let echoed = answer.nonce.as_ref();
    (sent.is_some() && echoed.is_some() && sent != echoed).then_some(Failure::Nonce)
}
