//! A recorded answer that can be changed, so that each check can show what it would catch.

use muster_journal::{Answer, Exchange, ExchangeOutcome, FailureCause};
use muster_wire::transport::smart::{CSLU_NAME, SmartRequest};
use muster_wire::transport::smart_answer::{AnswerLine, SmartAnswer};
use muster_wire::{AnswerStatus, Extra, LineStatus, artefact};

use crate::message::COLLECT;

/// What every known CSLU-type server offers; an accepting answer has to be faultless otherwise.
///
/// Source: Troubleshoot SLP on 9800, "Valid Response Poll_id"; public tech-support samples.
pub const CAPABILITIES: [&str; 8] =
    ["UTILITY", "DLC", "AppHA", "MULTITIER", "EXPORT_2", "OK_TRY_AGAIN", "POLICY_USAGE", "CSLU_V1"];

/// What the server said in one exchange. Every change leaves alone what it cannot read.
#[derive(Debug)]
pub struct RecordedAnswer<'a> {
    exchange: &'a mut Exchange,
}

impl<'a> RecordedAnswer<'a> {
    /// The answer of an exchange; of a collecting exchange, what the server pushed.
    pub const fn new(exchange: &'a mut Exchange) -> Self {
        Self { exchange }
    }

    /// The exchange it belongs to.
    #[must_use]
    pub const fn exchange(&self) -> &Exchange {
        self.exchange
    }

    /// The Smart Transport answer, if it is one.
    #[must_use]
    pub fn message(&self) -> Option<SmartAnswer> {
        match &self.exchange.outcome {
            ExchangeOutcome::Answered(answer) => SmartAnswer::decode(&answer.message.body.0).ok(),
            ExchangeOutcome::Failed { .. } => None,
        }
    }

    /// Sets the HTTP status.
    pub fn set_status(&mut self, status: u16) {
        if let Some(answer) = self.http() {
            answer.status = status;
        }
    }

    /// Sets the body.
    pub fn set_body(&mut self, body: &[u8]) {
        if let Some(answer) = self.http() {
            answer.message.body.0 = body.to_vec();
        }
    }

    /// Takes the answer away, as if nobody had listened.
    pub fn silence(&mut self) {
        self.exchange.outcome = ExchangeOutcome::Failed {
            cause: FailureCause::Connect,
            detail: "connection refused".to_owned(),
        };
    }

    /// Says the server sent that many certificates.
    pub fn set_chain_length(&mut self, length: usize) {
        if let Some(tls) = &mut self.exchange.tls {
            tls.chain_length = length;
        }
    }

    /// Changes the Smart Transport answer.
    pub fn edit(&mut self, change: impl FnOnce(&mut SmartAnswer)) {
        let Some(answer) = self.http() else { return };
        let Ok(mut message) = SmartAnswer::decode(&answer.message.body.0) else { return };
        change(&mut message);
        answer.message.body.0 = message.encode();
    }

    /// Changes the first line of the Smart Transport answer.
    pub fn edit_line(&mut self, change: impl FnOnce(&mut AnswerLine)) {
        self.edit(|answer| {
            if let Some(line) = answer.license_data.first_mut() {
                change(line);
            }
        });
    }

    /// Replaces text in the artefact the server gave.
    pub fn replace_in_artefact(&mut self, from: &str, to: &str) {
        self.edit_artefact(|xml| xml.replacen(from, to, 1));
    }

    /// Changes the XML of the artefact the server gave.
    pub fn edit_artefact(&mut self, change: impl FnOnce(&str) -> String) {
        if self.exchange.endpoint == COLLECT {
            let body = &mut self.exchange.request.body;
            if let Some(xml) = body.as_text() {
                body.0 = change(xml).into_bytes();
            }
            return;
        }
        self.edit_line(|line| {
            let Some(xml) = line.smart_license.as_deref().and_then(decoded) else { return };
            line.smart_license = Some(artefact::to_smart_license(&change(&xml)));
        });
    }

    /// Takes the text of the signature in an element of the artefact.
    pub fn unsign(&mut self, element: &str) {
        self.edit_artefact(|xml| {
            let (open, close) = (format!("<{element}>"), "</signature>");
            let place = || {
                let from = xml.find(&open)?;
                let from = from + xml[from..].find("<signature>")? + "<signature>".len();
                Some((from, from + xml[from..].find(close)?))
            };
            place().map_or_else(
                || xml.to_owned(),
                |(from, to)| format!("{}{}", &xml[..from], &xml[to..]),
            )
        });
    }

    /// Turns whatever came into an answer that the request was processed.
    pub fn accept(&mut self) {
        let Ok(request) = SmartRequest::decode(&self.exchange.request.body.0) else { return };
        let line = request.license_data.first().map_or(1, |line| line.request_line_id);
        let mut sender = request.sender_info;
        sender.connect_info.name = CSLU_NAME.into();
        sender.connect_info.capabilities = CAPABILITIES.into_iter().collect();
        let accepted = SmartAnswer {
            sender_info: Some(sender),
            status: AnswerStatus::Complete,
            message_code: None,
            message: None,
            nonce: None,
            license_data: vec![AnswerLine::new(LineStatus::Complete, line)],
            extra: Extra::new(),
        };
        self.set_status(200);
        self.set_body(&accepted.encode());
    }

    /// Turns whatever came into the short failure envelope.
    pub fn refuse(&mut self, message_code: &str, message: &str) {
        let Ok(request) = SmartRequest::decode(&self.exchange.request.body.0) else { return };
        let refusal = SmartAnswer::failure(message_code, message, request.sender_info.nonce);
        self.set_body(&refusal.encode());
    }

    pub(crate) const fn http(&mut self) -> Option<&mut Answer> {
        match &mut self.exchange.outcome {
            ExchangeOutcome::Answered(answer) => Some(answer),
            ExchangeOutcome::Failed { .. } => None,
        }
    }
}

/// The XML behind a `smart_license` member.
#[must_use]
pub fn decoded(smart_license: &str) -> Option<String> {
    use base64::Engine;
    let bytes = base64::engine::general_purpose::STANDARD.decode(smart_license).ok()?;
    String::from_utf8(bytes).ok()
}
