//! The two messages of one exchange, decoded when first asked for and at most once.

use std::cell::OnceCell;

use muster_journal::{Answer, Exchange, ExchangeOutcome};
use muster_wire::transport::smart::{RequestLine, SmartRequest};
use muster_wire::transport::smart_answer::{AnswerLine, SmartAnswer};
use muster_wire::trust::TrustAnswer;
use muster_wire::{Artefact, Error, RequestType};

/// One exchange and its decoded parts; shared by all checks.
#[derive(Debug)]
pub struct Message<'a> {
    exchange: &'a Exchange,
    request: OnceCell<Option<SmartRequest>>,
    answer: OnceCell<Option<SmartAnswer>>,
    asked: OnceCell<Option<Result<Artefact, Error>>>,
    given: OnceCell<Option<Result<Artefact, Error>>>,
}

impl<'a> Message<'a> {
    /// Decodes nothing yet.
    #[must_use]
    pub const fn new(exchange: &'a Exchange) -> Self {
        Self {
            exchange,
            request: OnceCell::new(),
            answer: OnceCell::new(),
            asked: OnceCell::new(),
            given: OnceCell::new(),
        }
    }

    /// The exchange as recorded.
    #[must_use]
    pub const fn exchange(&self) -> &'a Exchange {
        self.exchange
    }

    /// The HTTP answer; none when the exchange failed.
    #[must_use]
    pub const fn http(&self) -> Option<&'a Answer> {
        match &self.exchange.outcome {
            ExchangeOutcome::Answered(answer) => Some(answer),
            ExchangeOutcome::Failed { .. } => None,
        }
    }

    /// The request, when it is a Smart Transport request of a product instance.
    #[must_use]
    pub fn request(&self) -> Option<&SmartRequest> {
        let decode = || {
            let body = &self.exchange.request.body.0;
            // What goes over the collecting interface is a file, not an envelope.
            let enveloped = self.exchange.endpoint != COLLECT && !body.is_empty();
            enveloped.then(|| SmartRequest::decode(body).ok()).flatten()
        };
        self.request.get_or_init(decode).as_ref()
    }

    /// The answer, when it is a Smart Transport answer, whatever the HTTP status.
    #[must_use]
    pub fn answer(&self) -> Option<&SmartAnswer> {
        let decode = || SmartAnswer::decode(&self.http()?.message.body.0).ok();
        self.answer.get_or_init(decode).as_ref()
    }

    /// The first request line: Smart Agents send one.
    #[must_use]
    pub fn line(&self) -> Option<&RequestLine> {
        self.request()?.license_data.first()
    }

    /// The answer to the first request line: the line of its number, else the only line.
    #[must_use]
    pub fn answer_line(&self) -> Option<&AnswerLine> {
        let lines = &self.answer()?.license_data;
        let asked = self.line().map(|line| line.request_line_id);
        let numbered = lines.iter().find(|line| line.request_line_id == asked);
        numbered.or(if lines.len() == 1 { lines.first() } else { None })
    }

    /// What the first request line asks for; of an unreadable request, what the sender meant.
    #[must_use]
    pub fn request_type(&self) -> Option<RequestType> {
        let sent = self.request().and_then(|request| request.line_type(self.line()?).cloned());
        sent.or_else(|| self.exchange.intent.request_type.as_deref().map(RequestType::from))
    }

    /// The artefact of the first request line.
    #[must_use]
    pub fn asked(&self) -> Option<&Result<Artefact, Error>> {
        let decode = || self.line()?.smart_license.as_deref().map(Artefact::from_smart_license);
        self.asked.get_or_init(decode).as_ref()
    }

    /// The artefact of the answer to the first request line; over the collecting interface, the
    /// file the server pushed.
    #[must_use]
    pub fn given(&self) -> Option<&Result<Artefact, Error>> {
        let decode = || {
            if self.exchange.endpoint == COLLECT {
                return pushed(&self.exchange.request.body.0);
            }
            self.answer_line()?.smart_license.as_deref().map(Artefact::from_smart_license)
        };
        self.given.get_or_init(decode).as_ref()
    }

    /// The trust answer that came.
    #[must_use]
    pub fn trust(&self) -> Option<&TrustAnswer> {
        match self.given()? {
            Ok(Artefact::Trust(trust)) => Some(trust),
            _ => None,
        }
    }
}

/// Endpoint name of exchanges in which the server asks and the product instance answers.
pub const COLLECT: &str = "collect";

/// A pushed file: the XML itself, its base64 form, or a JSON object with that as `import`
/// (Assumed; public clients send one of the first two).
fn pushed(body: &[u8]) -> Option<Result<Artefact, Error>> {
    if body.is_empty() {
        return None;
    }
    let text = std::str::from_utf8(body).ok().map(str::trim_ascii);
    let Some(text) = text.filter(|text| !text.starts_with('<')) else {
        return Some(Artefact::decode(body));
    };
    let wrapped: Option<Wrapped> = serde_json::from_str(text).ok();
    let inner = wrapped.as_ref().map_or(text, |wrapped| wrapped.import.as_str());
    Some(Artefact::from_smart_license(inner))
}

#[derive(serde::Deserialize)]
struct Wrapped {
    import: String,
}
