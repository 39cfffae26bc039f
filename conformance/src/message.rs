//! The two messages of one exchange, decoded when first asked for and at most once, or not at all
//! when the sender hands over what it has decoded already.

use std::cell::OnceCell;

use muster_journal::{Answer, Exchange, ExchangeOutcome, Reading};
use muster_wire::transport::smart::{RequestLine, SmartRequest};
use muster_wire::transport::smart_answer::{AnswerLine, SmartAnswer};
use muster_wire::trust::TrustAnswer;
use muster_wire::{Artefact, Error, RequestType};

use crate::classic::ClassicExchange;

/// One exchange and its decoded parts; shared by all checks.
#[derive(Debug)]
pub struct Message<'a> {
    exchange: &'a Exchange,
    /// What the sender decoded; each part may be missing.
    reading: Option<&'a Reading>,
    request: OnceCell<Option<SmartRequest>>,
    answer: OnceCell<Option<SmartAnswer>>,
    asked: OnceCell<Option<Result<Artefact, Error>>>,
    given: OnceCell<Option<Result<Artefact, Error>>>,
    meant: OnceCell<Option<RequestType>>,
    classic: OnceCell<Option<Box<ClassicExchange>>>,
}

impl<'a> Message<'a> {
    /// Decodes nothing yet.
    #[must_use]
    pub fn new(exchange: &'a Exchange) -> Self {
        let reading = exchange.reading.as_deref();
        debug_assert!(
            reading.is_none_or(|reading| agrees(reading, exchange)),
            "a reading says what decoding the bytes says: {exchange:?}"
        );
        Self {
            exchange,
            // What goes over the collecting interface is a file, not an envelope.
            reading: reading.filter(|_| exchange.endpoint != COLLECT),
            request: OnceCell::new(),
            answer: OnceCell::new(),
            asked: OnceCell::new(),
            given: OnceCell::new(),
            meant: OnceCell::new(),
            classic: OnceCell::new(),
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
        let read = self.reading.and_then(|reading| reading.request.as_ref());
        if read.is_some() {
            return read;
        }
        let decode = || {
            let body = &self.exchange.request.body.0;
            let enveloped = self.exchange.endpoint != COLLECT && !body.is_empty();
            enveloped.then(|| SmartRequest::decode(body).ok()).flatten()
        };
        self.request.get_or_init(decode).as_ref()
    }

    /// The answer, when it is a Smart Transport answer, whatever the HTTP status.
    #[must_use]
    pub fn answer(&self) -> Option<&SmartAnswer> {
        if let Some(read) = self.reading.and_then(|reading| reading.answer.as_ref()) {
            return read.answer.as_ref().ok();
        }
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
    pub fn request_type(&self) -> Option<&RequestType> {
        let sent = self.request().and_then(|request| request.line_type(self.line()?));
        let meant = || self.exchange.intent.request_type.as_deref().map(RequestType::from);
        sent.or_else(|| self.meant.get_or_init(meant).as_ref())
    }

    /// The artefact of the first request line.
    #[must_use]
    pub fn asked(&self) -> Option<Result<&Artefact, &Error>> {
        if let Some(read) = self.reading.and_then(|reading| reading.asked.as_ref()) {
            return Some(Ok(read));
        }
        let decode = || self.line()?.smart_license.as_deref().map(Artefact::from_smart_license);
        self.asked.get_or_init(decode).as_ref().map(Result::as_ref)
    }

    /// The artefact of the answer to the first request line; over the collecting interface, the
    /// file the server pushed.
    #[must_use]
    pub fn given(&self) -> Option<&Result<Artefact, Error>> {
        if let Some(read) = self.reading.and_then(|reading| reading.answer.as_ref()) {
            // A reading has the artefact of the first line, which need not be the line asked for.
            let line = self.answer_line()?;
            if read.line().is_some_and(|first| std::ptr::eq(first, line)) {
                return read.given.as_ref();
            }
        }
        let decode = || {
            if self.exchange.endpoint == COLLECT {
                return pushed(&self.exchange.request.body.0);
            }
            self.answer_line()?.smart_license.as_deref().map(Artefact::from_smart_license)
        };
        self.given.get_or_init(decode).as_ref()
    }

    /// The exchange as one of the classic era, when its request is a classic message.
    #[must_use]
    pub fn classic(&self) -> Option<&ClassicExchange> {
        if self.request().is_some() {
            return None;
        }
        let open = || ClassicExchange::of(self.exchange).map(Box::new);
        self.classic.get_or_init(open).as_deref()
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

/// Whether each part the sender decoded is what the bytes say.
fn agrees(reading: &Reading, exchange: &Exchange) -> bool {
    let decoded = Reading::of(exchange);
    (reading.request.is_none() || reading.request == decoded.request)
        && (reading.asked.is_none() || reading.asked == decoded.asked)
        && (reading.answer.is_none() || reading.answer == decoded.answer)
}

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
