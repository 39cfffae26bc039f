//! Requests on their way out and replies on their way in.

use muster_agent::{Input, Outbound};
use muster_journal::{
    Answer, Body, Deviation, Event, Exchange, ExchangeOutcome, HttpMessage, Intent,
};
use muster_scenarios::model::{Action, RawBody, RawRequest, Step};
use muster_wire::RequestType;
use muster_wire::transport::smart::SmartRequest;

use super::member::{Hindrance, Last, Pending, SentCall, StepPlace};
use super::{Journey, Wish, framing, tamper};
use crate::log::Log;
use crate::transport::{Call, Reply};

impl Journey {
    /// Turns the agent's message into a call, tampered with where the step says so.
    pub(super) fn send(
        &mut self,
        member: usize,
        place: Option<StepPlace>,
        outbound: Outbound,
        chained: bool,
        now_ms: u64,
        wishes: &mut Vec<Wish>,
    ) {
        let cause = place;
        let step = place.map(|place| self.step_at(place.block, place.node).1);
        // The request a step means; what the agent sends before or after it is its own affair.
        let step = step.filter(|step| is_meant(step, &outbound.request_type, chained));
        let place = place.filter(|_| step.is_some());
        let via = step.as_ref().and_then(|step| step.via.clone());
        let endpoint = via.unwrap_or_else(|| self.members[member].via.clone());
        let id_token = step.as_ref().and_then(|step| match &step.action {
            Action::Trust { id_token, .. } => id_token.clone(),
            _ => None,
        });
        let mut intent = Intent {
            request_type: Some(outbound.request_type.as_str().to_owned()),
            id_token,
            deviations: Vec::new(),
        };
        self.members[member].step_types.push(outbound.request_type.clone());
        let nonce = Some(outbound.request.sender_info.nonce.clone());
        let tampers = match step {
            Some(_) => self.members[member].tampers.clone(),
            None => Vec::new(),
        };
        let request = tamper::Request {
            message: outbound.request,
            kind: outbound.request_type,
            last_nonce: std::mem::replace(&mut self.members[member].last_nonce, nonce.clone()),
            seed: &self.setting.seed,
            index: self.members[member].index,
            is_skewed: self.members[member].skew_ms.is_some(),
        };
        let original = tamper::Original::Message(Box::new(request));
        let (body, outcomes) = tamper::apply(original, &tampers, &mut intent.deviations);
        if place.is_some() {
            self.members[member].keep_tampered(outcomes);
        }
        let Some(url) = self.setting.target.endpoints.get(&endpoint).cloned() else {
            self.broken = Some(format!("the target profile has no endpoint `{endpoint}`"));
            return;
        };
        let (headers, body) = framing::wrap(&endpoint, &self.members[member].agent, body, now_ms);
        let call = Call { endpoint, url, method: "POST".to_owned(), headers, body };
        self.dispatch(
            member,
            Dispatch { call, intent, place, cause, nonce, for_agent: true },
            now_ms,
            wishes,
        );
    }

    /// Sends a request written by hand; the error says why it cannot be sent.
    pub(super) fn send_raw(
        &mut self,
        member: usize,
        place: StepPlace,
        step: &Step,
        raw: &RawRequest,
        now_ms: u64,
        wishes: &mut Vec<Wish>,
    ) -> Result<(), String> {
        let endpoint = step.via.clone().unwrap_or_else(|| self.members[member].via.clone());
        let Some(mut url) = self.setting.target.endpoints.get(&endpoint).cloned() else {
            self.broken = Some(format!("the target profile has no endpoint `{endpoint}`"));
            return Ok(());
        };
        if let Some(path) = &raw.path {
            let path = self.render(path, member)?;
            url = url.with_path(&path);
        }
        let headers = raw
            .headers
            .iter()
            .map(|(name, value)| Ok((name.to_ascii_lowercase(), self.render(value, member)?)))
            .collect::<Result<_, String>>()?;
        let body = match &raw.body {
            RawBody::Text(template) => self.render(template, member)?.into_bytes(),
            RawBody::Base64(bytes) => bytes.clone(),
            RawBody::Json(value) => self.render_json(value, member)?.to_string().into_bytes(),
        };
        let deviations = if raw.method == "GET" { Vec::new() } else { vec![Deviation::RawBytes] };
        let intent = Intent { request_type: None, id_token: None, deviations };
        let call = Call { endpoint, url, method: raw.method.clone(), headers, body };
        // Told here, so that a run on sockets and a simulated one send the same requests.
        if let Some(fault) = call.fault() {
            return Err(fault);
        }
        let place = Some(place);
        let dispatch = Dispatch { call, intent, place, cause: None, nonce: None, for_agent: false };
        self.dispatch(member, dispatch, now_ms, wishes);
        Ok(())
    }

    pub(super) fn replay(
        &mut self,
        member: usize,
        place: StepPlace,
        step: &Step,
        of: Option<u32>,
        now_ms: u64,
        wishes: &mut Vec<Wish>,
    ) {
        let back = of.unwrap_or(1).max(1) as usize;
        let sent = &self.members[member].sent;
        let Some(sent) = sent.len().checked_sub(back).and_then(|at| sent.get(at)).cloned() else {
            let reason = "there is no such earlier request to replay";
            self.members[member].hindrance = Some(Hindrance::refused(reason));
            return;
        };
        let mut call = sent.call;
        let sent_to = call.endpoint.clone();
        if let Some(via) = &step.via {
            let Some(url) = self.setting.target.endpoints.get(via).cloned() else {
                self.broken = Some(format!("the target profile has no endpoint `{via}`"));
                return;
            };
            (call.endpoint, call.url) = (via.clone(), url);
        }
        let mut intent = sent.intent;
        intent.deviations.push(Deviation::RequestReplayed);
        if !step.tamper.is_empty() {
            let inner = framing::unwrap(&sent_to, &call.body);
            let is_wrapped = inner != call.body;
            let original = match SmartRequest::decode(&inner) {
                Ok(message) => tamper::Original::Message(Box::new(tamper::Request {
                    kind: RequestType::from(intent.request_type.as_deref().unwrap_or_default()),
                    message,
                    last_nonce: sent.nonce.clone(),
                    seed: &self.setting.seed,
                    index: self.members[member].index,
                    // No clock is read for a request that goes out again.
                    is_skewed: false,
                })),
                Err(_) => tamper::Original::Bytes(inner),
            };
            let is_message = matches!(original, tamper::Original::Message(_));
            let tampers = self.members[member].tampers.clone();
            let (body, outcomes) = tamper::apply(original, &tampers, &mut intent.deviations);
            let is_changed = outcomes.iter().any(Result::is_ok);
            self.members[member].keep_tampered(outcomes);
            if is_changed && (is_message || is_wrapped) {
                let agent = &self.members[member].agent;
                (call.headers, call.body) = framing::wrap(&call.endpoint, agent, body, now_ms);
            } else if is_changed {
                call.body = body;
            }
        }
        let place = Some(place);
        let nonce = sent.nonce;
        let dispatch = Dispatch { call, intent, place, cause: None, nonce, for_agent: false };
        self.dispatch(member, dispatch, now_ms, wishes);
    }

    fn dispatch(&mut self, member: usize, item: Dispatch, now_ms: u64, wishes: &mut Vec<Wish>) {
        let Dispatch { call, intent, place, cause, nonce, for_agent } = item;
        let sent = SentCall { call: call.clone(), intent: intent.clone(), nonce };
        self.members[member].remember(sent, self.setting.program.replays_max);
        self.members[member].has_asked |= place.is_some() || cause.is_some();
        wishes.push(Wish::Exchange { member, call: call.clone() });
        self.members[member].pending =
            Some(Pending { call, intent, step: place, cause, sent_at_ms: now_ms, for_agent });
    }

    /// Records the exchange and gives the agent its answer.
    pub(super) fn take_reply(
        &mut self,
        member: usize,
        reply: &Reply,
        now_ms: u64,
        wishes: &mut Vec<Wish>,
        log: &mut Log<'_>,
    ) {
        let pending =
            self.members[member].pending.take().expect("a reply follows exactly one request");
        self.exchanges += 1;
        let outcome = match &reply.result {
            Ok(received) => ExchangeOutcome::Answered(Answer {
                status: received.status,
                message: HttpMessage {
                    headers: received.headers.clone(),
                    body: Body(received.body.clone()),
                },
                received_at_ms: now_ms,
                elapsed_us: reply.elapsed_us,
            }),
            Err(lost) => ExchangeOutcome::Failed { cause: lost.cause, detail: lost.detail.clone() },
        };
        let request_type = pending.intent.request_type.clone();
        let exchange = Exchange {
            id: self.exchanges,
            step: pending.step.map(|place| place.number),
            endpoint: pending.call.endpoint.clone(),
            method: pending.call.method,
            url: pending.call.url.text,
            intent: pending.intent,
            request: HttpMessage { headers: pending.call.headers, body: Body(pending.call.body) },
            sent_at_ms: pending.sent_at_ms,
            outcome,
            tls: reply.tls.clone(),
            reading: None,
        };
        let index = Some(self.members[member].index);
        log.record(now_ms, Some(self.id), index, Event::Exchange(Box::new(exchange)));
        match &reply.result {
            Ok(received) => {
                let body = framing::unwrap(&pending.call.endpoint, &received.body);
                let status = received.status;
                let (http, failure) = (Some(status), None);
                let last = Last { http, body: body.clone(), failure, request_type };
                self.members[member].take(pending.step, last);
                if pending.for_agent {
                    let input = Input::Answer { status, body: &body };
                    self.agent_input(member, pending.cause, now_ms, wishes, log, input);
                    self.right_clock_when_sent(member, now_ms, wishes, log);
                }
            }
            Err(lost) => {
                let failure = Some(lost.cause);
                let last = Last { http: None, body: Vec::new(), failure, request_type };
                self.members[member].take(pending.step, last);
                if pending.for_agent {
                    let input = Input::Failure(framing::agent_failure(lost.cause));
                    self.agent_input(member, pending.cause, now_ms, wishes, log, input);
                }
            }
        }
    }
}

struct Dispatch {
    call: Call,
    intent: Intent,
    place: Option<StepPlace>,
    cause: Option<StepPlace>,
    nonce: Option<muster_wire::Nonce>,
    for_agent: bool,
}

/// Whether a request is the one the step means: its first, or for `report` the usage itself.
fn is_meant(step: &Step, kind: &RequestType, chained: bool) -> bool {
    match step.action {
        Action::Report => *kind == RequestType::LicenseUsage,
        _ => !chained,
    }
}
