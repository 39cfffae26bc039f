//! The two messages of a classic exchange, opened as far as they go, in either framing.
//!
//! Source: Cisco support document 217535 (Unity Connection), debug log of a request; Cisco CSR
//! 1000V Software Configuration Guide, "Call Home", message samples.

use muster_journal::{Exchange, ExchangeOutcome};
use muster_wire::classic::proposed::conversion::ConversionStatus;
use muster_wire::classic::proposed::export_authorization::{ExportAnswer, ExportStatus};
use muster_wire::classic::{
    AnswerData, ClassicAnswer, ClassicReading, ClassicRequest, ClassicStatus, MessageType,
    RequestData, RequestEnvelope,
};
use muster_wire::transport::callhome::{CallHome, CallHomeMessage, FaultCode, SoapFault};

use crate::message::COLLECT;
use crate::treatment::Treatment;

/// A classic request and what came back.
#[derive(Debug)]
pub struct ClassicExchange {
    /// The Call Home message around the request; none over Smart Transport.
    pub frame: Option<Box<CallHomeMessage>>,
    /// The envelope of the request.
    pub envelope: RequestEnvelope,
    /// The text inside it.
    pub request: ClassicRequest,
    /// What it asks; none when the data has a form nobody knows.
    pub data: Option<RequestData>,
    /// What came back; none without an HTTP answer.
    pub answer: Option<Answered>,
    /// HTTP status of the answer.
    http_status: Option<u16>,
}

/// What came back.
#[derive(Debug)]
pub enum Answered {
    /// A refusal of the Call Home envelope.
    Fault(SoapFault),
    /// A body, read as a classic answer as far as it goes.
    Body {
        /// The Call Home message around it.
        frame: Option<Box<CallHomeMessage>>,
        /// The layers.
        reading: Box<ClassicReading>,
    },
}

impl ClassicExchange {
    /// Opens an exchange; none when its request is no classic message.
    #[must_use]
    pub fn of(exchange: &Exchange) -> Option<Self> {
        let body = &exchange.request.body.0;
        if exchange.endpoint == COLLECT || body.is_empty() {
            return None;
        }
        let frame = if is_xml(body) { Some(framed(body)?) } else { None };
        let envelope = match &frame {
            Some(frame) => frame.classic_request().ok()?,
            None => RequestEnvelope::decode(body).ok()?,
        };
        let request = envelope.open().ok()?;
        let data = request.data().ok();
        let (answer, http_status) = match &exchange.outcome {
            ExchangeOutcome::Answered(answer) => {
                (Some(Answered::of(&answer.message.body.0)), Some(answer.status))
            }
            ExchangeOutcome::Failed { .. } => (None, None),
        };
        Some(Self { frame, envelope, request, data, answer, http_status })
    }

    /// What is asked.
    #[must_use]
    pub const fn kind(&self) -> Option<&MessageType> {
        self.request.header.request_type.as_ref()
    }

    /// The answer inside its envelope.
    #[must_use]
    pub fn said(&self) -> Option<&ClassicAnswer> {
        self.reading()?.answer.as_ref()?.as_ref().ok()
    }

    /// What the answer gives, in the proposed form.
    #[must_use]
    pub fn given(&self) -> Option<&AnswerData> {
        self.reading()?.data.as_ref()?.as_ref().ok()
    }

    /// The answer body, read as far as it goes.
    #[must_use]
    pub fn reading(&self) -> Option<&ClassicReading> {
        match self.answer.as_ref()? {
            Answered::Body { reading, .. } => Some(reading),
            Answered::Fault(_) => None,
        }
    }

    /// How the server treated the request.
    #[must_use]
    pub fn treatment(&self) -> Treatment {
        let Some(answer) = self.said() else { return self.unsaid() };
        match &answer.status {
            ClassicStatus::OkPoll => Treatment::Deferred,
            ClassicStatus::OkTryAgain => Treatment::Transient,
            ClassicStatus::Failed | ClassicStatus::VersionTooHigh => Treatment::Refused,
            ClassicStatus::Other(_) => Treatment::Unclear,
            ClassicStatus::Complete => self.given().map_or(Treatment::Taken, of_data),
        }
    }

    /// The answer in a few words, for `actual` of a finding.
    #[must_use]
    pub fn described(&self) -> String {
        let Some(answer) = self.said() else {
            return match (&self.answer, self.http_status) {
                (Some(Answered::Fault(fault)), _) => format!("SOAP fault {}", fault.code.as_str()),
                (_, Some(status)) => format!("HTTP {status} without a licensing answer"),
                _ => "no answer".to_owned(),
            };
        };
        let mut text = answer.status.to_string();
        let filled = |text: &&str| !text.is_empty();
        if let Some(code) = answer.message_code.as_deref().filter(filled) {
            text.push_str(&format!(" with message_code {code:?}"));
        }
        if let Some(message) = answer.message.as_deref().filter(filled) {
            text.push_str(&format!(", {message:?}"));
        }
        if let Some(AnswerData::Conversion(answer)) = self.given() {
            text.push_str(&format!(", conversion {}", answer.conversion_status));
        }
        text
    }

    fn unsaid(&self) -> Treatment {
        match (&self.answer, self.http_status) {
            (Some(Answered::Fault(fault)), _) => match fault.code {
                FaultCode::Receiver => Treatment::Transient,
                _ => Treatment::Refused,
            },
            (_, Some(408 | 425 | 429 | 500..=599)) => Treatment::Transient,
            (_, Some(400..=499)) => Treatment::Refused,
            _ => Treatment::Unclear,
        }
    }
}

impl Answered {
    fn of(body: &[u8]) -> Self {
        let body_of = |frame, reading| Self::Body { frame, reading: Box::new(reading) };
        if !is_xml(body) {
            return body_of(None, ClassicReading::of(body));
        }
        match CallHome::decode(body) {
            Ok(CallHome::Fault(fault)) => Self::Fault(fault),
            Ok(CallHome::Message(message)) => {
                let reading = ClassicReading::of(message.licensing_text().unwrap_or("").as_bytes());
                body_of(Some(message), reading)
            }
            Err(_) => body_of(None, ClassicReading::of(body)),
        }
    }
}

fn of_data(data: &AnswerData) -> Treatment {
    match data {
        AnswerData::Conversion(answer) => match answer.conversion_status {
            ConversionStatus::PollMeLater => Treatment::Deferred,
            ConversionStatus::MigrateFailed
            | ConversionStatus::AgentNotRegistered
            | ConversionStatus::InvalidMessageType
            | ConversionStatus::AlreadyConverted => Treatment::Refused,
            ConversionStatus::Other(_) => Treatment::Unclear,
            ConversionStatus::MigrateSuccess => Treatment::Taken,
        },
        AnswerData::ExportAuthorization(answer) if refuses_everything(answer) => Treatment::Refused,
        _ => Treatment::Taken,
    }
}

fn refuses_everything(answer: &ExportAnswer) -> bool {
    let failed = |status: &ExportStatus| *status == ExportStatus::Failed;
    !answer.authorizations.is_empty() && answer.authorizations.iter().all(|one| failed(&one.status))
}

/// Whether a body is XML rather than JSON.
pub(crate) fn is_xml(body: &[u8]) -> bool {
    body.trim_ascii_start().first() == Some(&b'<')
}

fn framed(body: &[u8]) -> Option<Box<CallHomeMessage>> {
    match CallHome::decode(body).ok()? {
        CallHome::Message(message) => Some(message),
        CallHome::Fault(_) => None,
    }
}
