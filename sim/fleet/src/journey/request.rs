//! Requests on their way out and replies on their way in.

use std::sync::Arc;

use muster_agent::{Input, Outbound, SealedRequest};
use muster_journal::exchange::Reading;
use muster_journal::{Answer, Body, Deviation, Exchange, ExchangeOutcome, HttpMessage, Intent};
use muster_scenarios::model::{Action, RawBody, RawRequest, Slac, SlacWish, Step};
use muster_wire::reading::AnswerReading;
use muster_wire::transport::smart::SmartRequest;
use muster_wire::{LineStatus, RequestType};

use super::agent::Agent;
use super::member::{Hindrance, Last, Pending, SentCall, StepPlace};
use super::{Ended, Journey, Wish, framing, tamper};
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
        let numbered = place.map(|place| self.step_at(place.block, place.node).1);
        let step = numbered.as_ref().map(|numbered| &numbered.step);
        // The request a step means; what the agent sends before or after it is its own affair.
        let step = step.filter(|step| is_meant(step, &outbound.request_type, chained));
        let place = place.filter(|_| step.is_some());
        let id_token = step.and_then(|step| match &step.action {
            Action::Trust { id_token, .. } => id_token.clone(),
            _ => None,
        });
        let mut intent = Intent {
            request_type: Some(outbound.request_type.as_str().to_owned()),
            id_token,
            deviations: Vec::new(),
        };
        let keeps_nonce = self.setting.program.keeps_answers;
        let SealedRequest { request, asked } = self.sealed(member, &outbound);
        let page = self.members[member].page_mut();
        page.step_types.push(outbound.request_type.clone());
        let nonce = keeps_nonce.then(|| outbound.nonce());
        let last_nonce = std::mem::replace(&mut page.last_nonce, nonce.clone());
        let mut reading = None;
        let body = if step.is_none_or(|step| step.tamper.is_empty()) {
            let body = request.encode();
            reading = Some(Box::new(Reading { request: Some(request), asked, answer: None }));
            body
        } else {
            let tampers = page.tampers.clone();
            let request = tamper::Request {
                message: request,
                kind: outbound.request_type,
                last_nonce,
                seed: &self.setting.seed,
                index: self.members[member].index,
                is_skewed: self.members[member].page().skew_ms.is_some(),
            };
            let original = tamper::Original::Message(Box::new(request));
            let (body, outcomes) = tamper::apply(original, &tampers, &mut intent.deviations);
            self.members[member].keep_tampered(outcomes);
            body
        };
        let Some((endpoint, url)) = self.server_of(member, step, now_ms) else {
            let reason = no_endpoint(self.endpoint_of(member, step));
            self.break_off(reason);
            return;
        };
        let identity = || self.members[member].agent.identity();
        let (headers, body) = framing::wrap(&endpoint, identity, body, now_ms);
        let call = Call { endpoint, url, method: "POST".into(), headers, body };
        let dispatch = Dispatch { call, intent, place, cause, nonce, reading, for_agent: true };
        self.dispatch(member, dispatch, now_ms, wishes);
    }

    /// The request in words, signed.
    fn sealed(&mut self, member: usize, outbound: &Outbound) -> SealedRequest {
        let Agent::Policy(agent) = &mut self.members[member].agent else {
            unreachable!("a request of the policy era is of an instance of it");
        };
        agent.seal(outbound, &mut self.setting.common.borrow_mut())
    }

    /// Name of the endpoint a request goes to.
    pub(super) fn endpoint_of<'a>(&'a self, member: usize, step: Option<&'a Step>) -> &'a str {
        let own = &self.role(member).via;
        step.and_then(|step| step.via.as_deref()).unwrap_or(own)
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
        let endpoint = self.endpoint_of(member, Some(step));
        let Some((endpoint, mut url)) = self.setting.endpoint(endpoint) else {
            self.break_off(no_endpoint(endpoint));
            return Ok(());
        };
        if let Some(path) = &raw.path {
            let path = self.render(path, member)?;
            url = Arc::new(url.with_path(&path));
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
        let method = raw.method.clone().into();
        let headers = Arc::new(headers);
        let call = Call { endpoint, url, method, headers, body };
        // Told here, so that a run on sockets and a simulated one send the same requests.
        if let Some(fault) = call.fault() {
            return Err(fault);
        }
        let place = Some(place);
        let (cause, nonce, reading, for_agent) = (None, None, None, false);
        let dispatch = Dispatch { call, intent, place, cause, nonce, reading, for_agent };
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
        let sent = &self.members[member].page().sent;
        let Some(sent) = sent.len().checked_sub(back).and_then(|at| sent.get(at)).cloned() else {
            let reason = "there is no such earlier request to replay";
            self.members[member].page_mut().hindrance = Some(Hindrance::refused(reason));
            return;
        };
        let mut call = Arc::unwrap_or_clone(sent.call);
        let sent_to = Arc::clone(&call.endpoint);
        if let Some(via) = &step.via {
            let Some(place) = self.setting.endpoint(via) else {
                self.break_off(no_endpoint(via));
                return;
            };
            (call.endpoint, call.url) = place;
        }
        let mut intent = sent.intent;
        intent.deviations.push(Deviation::RequestReplayed);
        if !step.tamper.is_empty() && self.members[member].agent.is_classic() {
            let deviations = &mut intent.deviations;
            self.tamper_with_replay(
                member,
                &mut call,
                &sent_to,
                sent.nonce.clone(),
                deviations,
                now_ms,
            );
        } else if !step.tamper.is_empty() {
            let inner = framing::unwrap(&sent_to, call.body.clone());
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
            let tampers = self.members[member].page().tampers.clone();
            let (body, outcomes) = tamper::apply(original, &tampers, &mut intent.deviations);
            let is_changed = outcomes.iter().any(Result::is_ok);
            self.members[member].keep_tampered(outcomes);
            if is_changed && (is_message || is_wrapped) {
                let identity = || self.members[member].agent.identity();
                (call.headers, call.body) = framing::wrap(&call.endpoint, identity, body, now_ms);
            } else if is_changed {
                call.body = body;
            }
        }
        let place = Some(place);
        let nonce = sent.nonce;
        let (cause, reading, for_agent) = (None, None, false);
        let dispatch = Dispatch { call, intent, place, cause, nonce, reading, for_agent };
        self.dispatch(member, dispatch, now_ms, wishes);
    }

    pub(super) fn dispatch(
        &mut self,
        member: usize,
        item: Dispatch,
        now_ms: u64,
        wishes: &mut Vec<Wish>,
    ) {
        let Dispatch { call, intent, place, cause, nonce, reading, for_agent } = item;
        let call = Arc::new(call);
        let sent = || SentCall { call: Arc::clone(&call), intent: intent.clone(), nonce };
        self.members[member].remember(sent, self.setting.program.replays_max);
        wishes.push(Wish::Exchange { member, call: Arc::clone(&call) });
        let page = self.members[member].page_mut();
        page.has_asked |= place.is_some() || cause.is_some();
        let step = place;
        let sent_at_ms = now_ms;
        page.pending = Some(Pending { call, reading, intent, step, cause, sent_at_ms, for_agent });
    }

    /// Records the exchange and gives the agent its answer.
    pub(super) fn take_reply(
        &mut self,
        member: usize,
        reply: Reply,
        now_ms: u64,
        wishes: &mut Vec<Wish>,
        log: &mut Log<'_>,
    ) -> Ended {
        let pending = self.members[member].page_mut().pending.take();
        let pending = pending.expect("a reply follows exactly one request");
        let Pending { call, reading, intent, step, cause, sent_at_ms, for_agent } = pending;
        let Call { endpoint, url, method, headers, body } = Arc::unwrap_or_clone(call);
        self.exchanges += 1;
        let is_licensing = for_agent || reading.is_some();
        let mut reading = reading.unwrap_or_default();
        let is_classic = self.members[member].agent.is_classic();
        // In an envelope of Call Home the message is a part of the body, not the body.
        let has_reading = !is_classic && !framing::speaks_call_home(&endpoint);
        let Reply { result, tls, elapsed_us, .. } = reply;
        if for_agent && !is_classic {
            self.heard_of(member, &endpoint, &url, result.as_ref(), now_ms, log);
        }
        let outcome = match result {
            Ok(received) => {
                if is_licensing && has_reading {
                    reading.answer = Some(AnswerReading::of(&received.body));
                }
                ExchangeOutcome::Answered(Answer {
                    status: received.status,
                    message: HttpMessage { headers: received.headers, body: Body(received.body) },
                    received_at_ms: now_ms,
                    elapsed_us,
                })
            }
            Err(lost) => ExchangeOutcome::Failed { cause: lost.cause, detail: lost.detail },
        };
        // Texts that nobody reads are not made.
        let is_read = log.wants_exchanges();
        let headers = if log.wants_everything() { (*headers).clone() } else { Vec::new() };
        let exchange = Box::new(Exchange {
            id: self.exchanges,
            step: step.map(|place| place.number),
            endpoint: if is_read { endpoint.to_string() } else { String::new() },
            method: method.into_owned(),
            url: if is_read { url.text.clone() } else { String::new() },
            intent,
            request: HttpMessage { headers, body: Body(body) },
            sent_at_ms,
            outcome,
            tls,
            reading: has_reading.then_some(reading),
        });
        let exchange = log.exchange(now_ms, self.id, self.members[member].index, exchange);
        let is_retry = for_agent && cause.is_none() && self.members[member].has_failed;
        let ended = Ended::of(&exchange, is_retry);
        let came = Came { endpoint, step, cause, for_agent };
        let ended = if is_classic {
            let refuses = self.hand_over_classic(member, came, *exchange, now_ms, wishes, log);
            ended.with_answer(refuses)
        } else {
            self.hand_over(member, came, exchange, now_ms, wishes, log);
            ended
        };
        self.members[member].has_failed = ended.failure.is_some();
        ended
    }

    /// Gives the agent what came, and keeps of it what the step may look at.
    fn hand_over(
        &mut self,
        member: usize,
        came: Came,
        exchange: Box<Exchange>,
        now_ms: u64,
        wishes: &mut Vec<Wish>,
        log: &mut Log<'_>,
    ) {
        let request_type = exchange.intent.request_type.as_deref().map(RequestType::from);
        let answer = match exchange.outcome {
            ExchangeOutcome::Answered(answer) => answer,
            ExchangeOutcome::Failed { cause, .. } => {
                let last = Last { failure: Some(cause), request_type, ..Last::nothing() };
                self.members[member].take(came.step, last);
                if came.for_agent {
                    let input = Input::Failure(framing::agent_failure(cause));
                    self.agent_input(member, came.cause, now_ms, wishes, log, input);
                }
                return;
            }
        };
        let status = answer.status;
        let body = framing::unwrap(&came.endpoint, answer.message.body.0);
        // Looked at where it is: a reading is a kilobyte.
        let decoded = exchange.reading.as_deref().and_then(|reading| reading.answer.as_ref());
        let own = (decoded.is_none() && came.for_agent).then(|| AnswerReading::of(&body));
        let reading = decoded.or(own.as_ref());
        let mut last = Last { http: Some(status), request_type, ..Last::nothing() };
        let line = reading.and_then(AnswerReading::line);
        last.put_off =
            line.filter(|line| line.status == LineStatus::OkPoll).and_then(|l| l.poll_id);
        if !came.for_agent || self.is_looked_at(came.step.or(came.cause)) {
            last.body = body;
        } else if log.wants_everything() {
            last.word = Some(word_of_answer(reading, Some(status)));
        }
        self.members[member].take(came.step, last);
        if let Some(reading) = reading.filter(|_| came.for_agent) {
            let input = Input::Read { status, reading };
            self.agent_input(member, came.cause, now_ms, wishes, log, input);
            self.right_clock_when_sent(member, now_ms, wishes, log);
        }
    }

    /// Whether the body of an answer is of use to the step it belongs to, or to a later one.
    pub(super) fn is_looked_at(&self, place: Option<StepPlace>) -> bool {
        self.setting.program.keeps_answers
            || place.is_some_and(|place| {
                let step = &self.step_at(place.block, place.node).1.step;
                step.expect.is_some() || !step.capture.is_empty()
            })
    }
}

/// The word for how a step went, from its answer.
pub(super) fn word_of_answer(reading: Option<&AnswerReading>, status: Option<u16>) -> String {
    match reading.map(|reading| &reading.answer) {
        Some(Ok(answer)) => match answer.license_data.first() {
            Some(line) => line.status.to_string(),
            None => answer.message_code.clone().unwrap_or_else(|| answer.status.to_string()),
        },
        _ => format!("HTTP {}", status.unwrap_or_default()),
    }
}

pub(super) fn no_endpoint(name: &str) -> String {
    format!("the target profile has no endpoint `{name}`")
}

/// A request that is ready, and whose it is.
pub(super) struct Dispatch {
    pub(super) call: Call,
    pub(super) intent: Intent,
    /// The step whose own request it is.
    pub(super) place: Option<StepPlace>,
    /// The step that set the agent going.
    pub(super) cause: Option<StepPlace>,
    pub(super) nonce: Option<muster_wire::Nonce>,
    pub(super) reading: Option<Box<Reading>>,
    pub(super) for_agent: bool,
}

/// Whose answer came.
pub(super) struct Came {
    pub(super) endpoint: Arc<str>,
    pub(super) step: Option<StepPlace>,
    pub(super) cause: Option<StepPlace>,
    pub(super) for_agent: bool,
}

/// Whether a request is the one the step means: its first, or for `report` the usage itself and for
/// `slac` what is said of the code; both may have to wait for trust.
fn is_meant(step: &Step, kind: &RequestType, chained: bool) -> bool {
    match &step.action {
        Action::Report => *kind == RequestType::LicenseUsage,
        Action::Slac(Slac { wish: SlacWish::Request { .. }, .. }) => {
            *kind == RequestType::AuthRequest
        }
        Action::Slac(_) => *kind == RequestType::AuthReturn,
        _ => !chained,
    }
}
