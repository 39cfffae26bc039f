//! One exchange as a line: what was asked where, and how it was answered.

use std::fmt::Write as _;

use muster_conformance::message::Message;
use muster_journal::{Body, Deviation, Exchange, ExchangeOutcome};
use muster_wire::Artefact;
use muster_wire::classic::{ClassicAnswer, ClassicReading};
use muster_wire::transport::callhome::CallHome;

/// The line for an exchange.
pub(crate) fn told(exchange: &Exchange) -> String {
    let Exchange { method, endpoint, intent, .. } = exchange;
    let mut text = format!("{method} {endpoint}");
    for part in [&intent.request_type, &intent.id_token].into_iter().flatten() {
        write!(text, " {part}").expect("text grows");
    }
    if !intent.deviations.is_empty() {
        let deviations: Vec<_> = intent.deviations.iter().map(deviation).collect();
        write!(text, " [{}]", deviations.join(", ")).expect("text grows");
    }
    let bare = without_frame(exchange);
    let message = Message::new(&bare);
    match &exchange.outcome {
        ExchangeOutcome::Answered(answer) => {
            write!(text, " -> {}", answer.status).expect("text grows");
        }
        ExchangeOutcome::Failed { cause, detail } => {
            write!(text, " -> {cause:?}: {detail}").expect("text grows");
        }
    }
    if let Some(answer) = message.answer() {
        write!(text, " {}", answer.status.as_str()).expect("text grows");
        if let Some(code) = &answer.message_code {
            write!(text, " ({code})").expect("text grows");
        }
        let lines: Vec<_> =
            answer.license_data.iter().map(|line| line.status.to_string()).collect();
        if !lines.is_empty() {
            write!(text, ", line {}", lines.join(" and ")).expect("text grows");
        }
    }
    if let Some(answer) = classic_answer(&bare) {
        write!(text, " {}", answer.status).expect("text grows");
        if let Some(code) = answer.message_code.filter(|code| !code.is_empty()) {
            write!(text, " ({code})").expect("text grows");
        }
    }
    if let Some(given) = message.given() {
        let artefact = given.as_ref().map_or_else(|_| "unreadable artefact".to_owned(), kind);
        write!(text, ", {artefact}").expect("text grows");
    }
    text
}

/// The answer to a request of the classic era.
fn classic_answer(exchange: &Exchange) -> Option<ClassicAnswer> {
    let ExchangeOutcome::Answered(answer) = &exchange.outcome else { return None };
    ClassicReading::of(&answer.message.body.0).answer?.ok()
}

/// The exchange with its licensing messages taken out of the Call Home ones around them.
fn without_frame(exchange: &Exchange) -> Exchange {
    let mut bare = exchange.clone();
    let unwrap = |body: &mut Body| {
        if let Ok(CallHome::Message(framed)) = CallHome::decode(&body.0)
            && let Some(data) = framed.smart_licensing_data()
        {
            *body = Body(data.as_bytes().to_vec());
        }
    };
    unwrap(&mut bare.request.body);
    if let ExchangeOutcome::Answered(answer) = &mut bare.outcome {
        unwrap(&mut answer.message.body);
    }
    bare
}

fn kind(artefact: &Artefact) -> String {
    match artefact {
        Artefact::Trust(trust) => {
            let status = &trust.trust_code.status;
            match &status.code {
                Some(code) if !status.success => format!("trust refused ({code})"),
                _ if status.success => "trust code".to_owned(),
                _ => "trust refused".to_owned(),
            }
        }
        Artefact::TrustRequest(_) => "trust request".to_owned(),
        Artefact::Usage(file) => format!("{} RUM reports", file.reports.len()),
        Artefact::Acknowledgement(ack) => {
            let policies = if ack.policies.is_empty() { "" } else { " with a policy" };
            format!("acknowledgement of {}{policies}", ack.data.acks.len())
        }
        Artefact::Policy(_) => "policy".to_owned(),
        Artefact::AuthorizationRequest(_) => "authorization request".to_owned(),
        Artefact::Authorization(_) => "authorization".to_owned(),
        Artefact::AccountInfo(_) => "account info".to_owned(),
        Artefact::ConversionAcknowledgement(_) => "conversion acknowledgement".to_owned(),
        Artefact::Reservation(_) => "reservation".to_owned(),
        Artefact::Unknown { root } => format!("artefact {root}"),
    }
}

/// A deviation by its journal name, with the pointer of an edited member.
fn deviation(deviation: &Deviation) -> String {
    let value = serde_json::to_value(deviation).expect("a deviation is plain data");
    let text = |key: &str| value[key].as_str().map(str::to_owned);
    let kind = text("kind").unwrap_or_default();
    text("pointer").map_or_else(|| kind.clone(), |pointer| format!("{kind} {pointer}"))
}
