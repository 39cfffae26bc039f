//! Performing one step: commands to the agent, raw requests, hooks, and the passing of time.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use muster_agent::{Command, Effect, Input, Outbound, TransportKind};
use muster_journal::{
    Answer, Body, Deviation, Event, Exchange, ExchangeOutcome, HttpMessage, Intent,
};
use muster_scenarios::model::{Action, Advance, RawBody, RawRequest, Step, Tamper};
use muster_wire::transport::smart::SmartRequest;
use muster_wire::{PollId, RequestType};
use serde_json::Value;

use super::cursor::Wait;
use super::member::{Last, Pending, SentCall, StepPlace};
use super::{Journey, Wish, framing, tamper};
use crate::log::Log;
use crate::program::Node;
use crate::target::EndpointUrl;
use crate::transport::{Call, Reply};

impl Journey {
    /// Position of the member a step acts on; the linter has refused unknown names.
    pub(super) fn member_of(&self, step: &Step) -> usize {
        step.on
            .as_ref()
            .and_then(|name| self.members.iter().position(|member| member.name == *name))
            .unwrap_or(0)
    }

    pub(super) fn step_at(&self, block: usize, node: usize) -> (StepPlace, Step) {
        match &self.setting.program.blocks[block][node] {
            Node::Step(step) => (StepPlace { number: step.number, block, node }, step.step.clone()),
            _ => unreachable!("a strand's place is always an ordinary step"),
        }
    }

    /// Begins the step strand `at` stands on; its member is idle.
    pub(super) fn begin_step(
        &mut self,
        at: usize,
        now_ms: u64,
        wishes: &mut Vec<Wish>,
        log: &mut Log<'_>,
    ) {
        let (block, node) = self.cursors[at].place;
        let (place, step) = self.step_at(block, node);
        let member = self.member_of(&step);
        let index = self.members[member].index;
        let started = Event::StepStarted {
            step: place.number,
            verb: verb(&step.action).to_owned(),
            arguments: arguments(&step),
            line: step.line,
        };
        log.record(now_ms, Some(self.id), Some(index), started);
        self.cursors[at].polls_left = 0;
        self.members[member].step_types.clear();
        self.members[member].refused = None;
        self.members[member].step_last = None;
        self.cursors[at].wait = Wait::ToEnd(member);
        match &step.action {
            Action::Advance(advance) => {
                let at_ms = self.advance_until(member, *advance, now_ms);
                self.cursors[at].wait = Wait::Until { at_ms, member };
            }
            Action::Hook { name, with } => {
                let arguments = self.render_all(with, member);
                self.cursors[at].wait = Wait::Hook;
                wishes.push(Wish::Hook { cursor: at, name: name.clone(), arguments });
            }
            Action::Collect {} => {
                self.cursors[at].wait = Wait::Hook;
                wishes.push(Wish::Collect { cursor: at, member });
            }
            Action::Probe { path } => {
                let request = RawRequest {
                    method: "GET".to_owned(),
                    headers: Vec::new(),
                    body: RawBody::Base64(Vec::new()),
                    path: path.clone(),
                };
                self.send_raw(member, place, &step, &request, now_ms, wishes);
            }
            Action::Send(request) => {
                self.send_raw(member, place, &step, request, now_ms, wishes);
            }
            Action::Replay { of } => self.replay(member, place, &step, *of, now_ms, wishes),
            // Judged when the step ends, from what is known then.
            Action::Assert(_) => {}
            Action::Poll { until_complete: true, limit, .. } => {
                let view = self.members[member].agent.view();
                self.cursors[at].polls_left = *limit;
                self.cursors[at].awaited =
                    view.polls.iter().map(|poll| PollId(poll.poll_id)).collect();
                self.poll_again(at, member, now_ms, wishes, log);
            }
            _ => {
                self.command(member, place, &step, now_ms, wishes, log);
            }
        }
    }

    /// Gives the agent the step's command.
    pub(super) fn command(
        &mut self,
        member: usize,
        place: StepPlace,
        step: &Step,
        now_ms: u64,
        wishes: &mut Vec<Wish>,
        log: &mut Log<'_>,
    ) {
        let command = match &step.action {
            Action::Trust { id_token: Some(name), force } => {
                let Some(token) = self.setting.target.id_tokens.get(name) else {
                    self.broken = Some(format!("the target profile has no ID token `{name}`"));
                    return;
                };
                Command::TrustIdToken { id_token: token.reveal().to_owned(), force: *force }
            }
            Action::Trust { id_token: None, force } => Command::TrustSync { force: *force },
            Action::Sync | Action::Report => Command::Sync,
            Action::Poll { id, .. } => {
                let poll_id = id.as_ref().map(|template| self.render(template, member));
                Command::PollNow { poll_id: poll_id.and_then(|id| id.parse().ok()).map(PollId) }
            }
            Action::Use { feature, count } => {
                Command::Use { feature: feature.as_str().into(), count: *count }
            }
            Action::Reload => Command::Reload,
            Action::Transport(kind) => Command::SetTransport(match kind.as_str() {
                "smart" => TransportKind::Smart,
                "off" => TransportKind::Off,
                _ => TransportKind::Cslu,
            }),
            Action::Import { file } => match std::fs::read(file) {
                Ok(bytes) => Command::Import(bytes),
                Err(error) => {
                    self.broken = Some(format!("import {file}: {error}"));
                    return;
                }
            },
            _ => {
                self.agent_input(member, Some(place), now_ms, wishes, log, Input::Boot);
                return;
            }
        };
        let skew = step.tamper.iter().find_map(|tamper| match tamper {
            Tamper::SkewClock { by_ms } => Some(*by_ms),
            _ => None,
        });
        let here = Some(place);
        if let Some(by_ms) = skew {
            let step_clock = Input::Command(Command::StepClock { by_ms });
            self.agent_input(member, here, now_ms, wishes, log, step_clock);
        }
        self.agent_input(member, here, now_ms, wishes, log, Input::Command(command));
        if let Some(by_ms) = skew {
            let back = Input::Command(Command::StepClock { by_ms: -by_ms });
            self.agent_input(member, here, now_ms, wishes, log, back);
        }
    }

    /// An input that no step caused.
    pub(super) fn with_agent(
        &mut self,
        member: usize,
        now_ms: u64,
        wishes: &mut Vec<Wish>,
        log: &mut Log<'_>,
        input: Input<'_>,
    ) {
        self.agent_input(member, None, now_ms, wishes, log, input);
    }

    fn agent_input(
        &mut self,
        member: usize,
        place: Option<StepPlace>,
        now_ms: u64,
        wishes: &mut Vec<Wish>,
        log: &mut Log<'_>,
        input: Input<'_>,
    ) {
        let index = Some(self.members[member].index);
        let chained = matches!(input, Input::Answer { .. } | Input::Failure(_));
        for effect in self.members[member].input(now_ms, input) {
            match effect {
                Effect::Send(outbound) => {
                    self.send(member, place, *outbound, chained, now_ms, wishes);
                }
                Effect::StateChanged { machine, key, from, to, input } => {
                    let changed = Event::StateChanged {
                        machine: machine.to_owned(),
                        key: key.to_string(),
                        from: from.to_owned(),
                        to: to.to_owned(),
                        input: input.to_owned(),
                    };
                    log.record(now_ms, Some(self.id), index, changed);
                }
                Effect::Syslog(text) => {
                    log.record(now_ms, Some(self.id), index, Event::Syslog { text });
                }
                Effect::TimerFired(timer) => {
                    let fired = Event::TimerFired { timer: timer.to_owned() };
                    log.record(now_ms, Some(self.id), index, fired);
                }
                Effect::CommandRefused { reason, .. } => {
                    self.members[member].refused = Some(reason);
                }
            }
        }
    }

    /// Turns the agent's message into a call, tampered with where the step says so.
    fn send(
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
        let tampers = step.map(|step| step.tamper).unwrap_or_default();
        let tampers = self.render_tampers(tampers, member);
        let last_nonce = self.members[member].sent.last().and_then(|sent| sent.nonce.clone());
        let request = tamper::Request {
            message: outbound.request,
            kind: outbound.request_type,
            last_nonce,
            seed: &self.setting.seed,
            index: self.members[member].index,
        };
        let body = tamper::apply(request, &tampers, &mut intent.deviations);
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

    fn send_raw(
        &mut self,
        member: usize,
        place: StepPlace,
        step: &Step,
        raw: &RawRequest,
        now_ms: u64,
        wishes: &mut Vec<Wish>,
    ) {
        let endpoint = step.via.clone().unwrap_or_else(|| self.members[member].via.clone());
        let Some(mut url) = self.setting.target.endpoints.get(&endpoint).cloned() else {
            self.broken = Some(format!("the target profile has no endpoint `{endpoint}`"));
            return;
        };
        if let Some(path) = &raw.path {
            let path = self.render(path, member);
            replace_path(&mut url, &path);
        }
        let headers = raw
            .headers
            .iter()
            .map(|(name, value)| (name.to_ascii_lowercase(), self.render(value, member)))
            .collect();
        let body = match &raw.body {
            RawBody::Text(template) => self.render(template, member).into_bytes(),
            RawBody::Base64(bytes) => bytes.clone(),
            RawBody::Json(value) => self.render_json(value, member).to_string().into_bytes(),
        };
        let deviations = if raw.method == "GET" { Vec::new() } else { vec![Deviation::RawBytes] };
        let intent = Intent { request_type: None, id_token: None, deviations };
        let call = Call { endpoint, url, method: raw.method.clone(), headers, body };
        let place = Some(place);
        let dispatch = Dispatch { call, intent, place, cause: None, nonce: None, for_agent: false };
        self.dispatch(member, dispatch, now_ms, wishes);
    }

    fn replay(
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
            self.members[member].refused = Some("there is no such earlier request to replay");
            return;
        };
        let mut call = sent.call;
        if let Some(via) = &step.via {
            let Some(url) = self.setting.target.endpoints.get(via).cloned() else {
                self.broken = Some(format!("the target profile has no endpoint `{via}`"));
                return;
            };
            (call.endpoint, call.url) = (via.clone(), url);
        }
        let mut intent = sent.intent;
        intent.deviations.push(Deviation::RequestReplayed);
        if let (Ok(message), false) = (SmartRequest::decode(&call.body), step.tamper.is_empty()) {
            let request = tamper::Request {
                kind: RequestType::from(intent.request_type.as_deref().unwrap_or_default()),
                message,
                last_nonce: sent.nonce.clone(),
                seed: &self.setting.seed,
                index: self.members[member].index,
            };
            let tampers = self.render_tampers(step.tamper.clone(), member);
            call.body = tamper::apply(request, &tampers, &mut intent.deviations);
        }
        let place = Some(place);
        let nonce = sent.nonce;
        let dispatch = Dispatch { call, intent, place, cause: None, nonce, for_agent: false };
        self.dispatch(member, dispatch, now_ms, wishes);
    }

    fn dispatch(&mut self, member: usize, item: Dispatch, now_ms: u64, wishes: &mut Vec<Wish>) {
        let Dispatch { call, intent, place, cause, nonce, for_agent } = item;
        let sent = SentCall { call: call.clone(), intent: intent.clone(), nonce };
        self.members[member].remember(sent);
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
        };
        let index = Some(self.members[member].index);
        log.record(now_ms, Some(self.id), index, Event::Exchange(Box::new(exchange)));
        match &reply.result {
            Ok(received) => {
                let body = framing::unwrap(&pending.call.endpoint, &received.body);
                let status = received.status;
                let (http, failure) = (Some(status), None);
                self.members[member].take(pending.step, Last { http, body: body.clone(), failure });
                if pending.for_agent {
                    let input = Input::Answer { status, body: &body };
                    self.agent_input(member, pending.cause, now_ms, wishes, log, input);
                }
            }
            Err(lost) => {
                let failure = Some(lost.cause);
                let last = Last { http: None, body: Vec::new(), failure };
                self.members[member].take(pending.step, last);
                if pending.for_agent {
                    let input = Input::Failure(framing::agent_failure(lost.cause));
                    self.agent_input(member, pending.cause, now_ms, wishes, log, input);
                }
            }
        }
    }

    pub(super) fn take_hook_result(
        &mut self,
        at: usize,
        result: Result<String, String>,
        now_ms: u64,
        log: &mut Log<'_>,
    ) {
        let (block, node) = self.cursors[at].place;
        let (_, step) = self.step_at(block, node);
        let member = self.member_of(&step);
        let (hook, with) = match &step.action {
            Action::Hook { name, with } => (name.clone(), self.render_all(with, member)),
            _ => ("collect".to_owned(), BTreeMap::new()),
        };
        let event = Event::HookCalled {
            hook: hook.clone(),
            arguments: serde_json::to_value(with).expect("text keys and values"),
            failure: result.as_ref().err().cloned(),
        };
        log.record(now_ms, Some(self.id), Some(self.members[member].index), event);
        match result {
            Ok(_) => self.cursors[at].wait = Wait::ToEnd(member),
            Err(reason) => self.broken = Some(format!("hook `{hook}`: {reason}")),
        }
    }

    /// What follows once a strand's wait for time is over.
    pub(super) fn wake(
        &mut self,
        at: usize,
        now_ms: u64,
        wishes: &mut Vec<Wish>,
        log: &mut Log<'_>,
    ) {
        let (block, node) = self.cursors[at].place;
        let (_, step) = self.step_at(block, node);
        let member = self.member_of(&step);
        self.cursors[at].wait = Wait::ToEnd(member);
        if matches!(step.action, Action::Poll { until_complete: true, .. }) {
            self.poll_again(at, member, now_ms, wishes, log);
        }
    }

    /// Polls for the next result a poll-until-complete step waits for, if one is outstanding.
    fn poll_again(
        &mut self,
        at: usize,
        member: usize,
        now_ms: u64,
        wishes: &mut Vec<Wish>,
        log: &mut Log<'_>,
    ) {
        let Some((poll_id, _)) = self.next_awaited(at, member) else { return };
        let (block, node) = self.cursors[at].place;
        let place = Some(self.step_at(block, node).0);
        self.cursors[at].polls_left -= 1;
        let command = Command::PollNow { poll_id: Some(poll_id) };
        self.agent_input(member, place, now_ms, wishes, log, Input::Command(command));
    }

    /// The awaited result whose poll is due first, and when that is.
    fn next_awaited(&self, at: usize, member: usize) -> Option<(PollId, u64)> {
        let cursor = &self.cursors[at];
        if cursor.polls_left == 0 {
            return None;
        }
        let view = self.members[member].agent.view();
        let awaited =
            view.polls.iter().filter(|poll| cursor.awaited.contains(&PollId(poll.poll_id)));
        awaited.map(|poll| (PollId(poll.poll_id), poll.poll_time_ms)).min_by_key(|(_, due)| *due)
    }

    /// When a poll-until-complete step must wait for the next poll, until when.
    pub(super) fn next_poll(&self, at: usize, member: usize, step: &Step) -> Option<u64> {
        if !matches!(step.action, Action::Poll { until_complete: true, .. }) {
            return None;
        }
        self.next_awaited(at, member).map(|(_, due)| due)
    }

    fn poll_due(&self, member: usize) -> Option<u64> {
        let view = self.members[member].agent.view();
        view.polls.iter().map(|poll| poll.poll_time_ms).min()
    }

    fn advance_until(&self, member: usize, advance: Advance, now_ms: u64) -> u64 {
        let until = match advance {
            Advance::For { ms } => Some(now_ms.saturating_add(ms)),
            Advance::UntilPollDue => self.poll_due(member),
            Advance::UntilReportDue => self.members[member].agent.view().next_report_due_ms,
        };
        until.unwrap_or(now_ms)
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

/// Puts another path into a URL, text and parts alike.
fn replace_path(url: &mut EndpointUrl, path: &str) {
    let root = url.text.len() - url.path.len().min(url.text.len());
    let base = url.text[..root].to_owned();
    url.path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
    url.text = format!("{base}{}", url.path);
}

/// The word a step is written with.
fn verb(action: &Action) -> &'static str {
    match action {
        Action::Trust { .. } => "trust",
        Action::Sync => "sync",
        Action::Report => "report",
        Action::Poll { .. } => "poll",
        Action::Use { .. } => "use",
        Action::Reload => "reload",
        Action::Boot => "boot",
        Action::Transport(_) => "transport",
        Action::Advance(_) => "advance",
        Action::Probe { .. } => "probe",
        Action::Send(_) => "send",
        Action::Replay { .. } => "replay",
        Action::Hook { .. } => "hook",
        Action::Collect {} => "collect",
        Action::Import { .. } => "import",
        Action::Assert(_) => "assert",
        Action::Repeat { .. } => "repeat",
        Action::When { .. } => "when",
        Action::Parallel { .. } => "parallel",
    }
}

/// A step's arguments for the journal: names, never secrets.
fn arguments(step: &Step) -> Value {
    let mut members = serde_json::Map::new();
    let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
    match &step.action {
        Action::Trust { id_token, force } => {
            if let Some(name) = id_token {
                put("id_token", name.as_str().into());
            }
            put("force", (*force).into());
        }
        Action::Poll { id, until_complete, .. } => {
            if let Some(id) = id {
                put("id", id.as_str().into());
            }
            put("until_complete", (*until_complete).into());
        }
        Action::Use { feature, count } => {
            put("feature", feature.as_str().into());
            put("count", (*count).into());
        }
        Action::Transport(kind) => drop(put("kind", kind.as_str().into())),
        Action::Advance(Advance::For { ms }) => drop(put("ms", (*ms).into())),
        Action::Advance(Advance::UntilPollDue) => drop(put("until", "poll_due".into())),
        Action::Advance(Advance::UntilReportDue) => drop(put("until", "report_due".into())),
        Action::Hook { name, .. } => drop(put("name", name.as_str().into())),
        Action::Replay { of } => drop(put("of", of.unwrap_or(1).into())),
        Action::Send(raw) => {
            put("method", raw.method.as_str().into());
            if let RawBody::Base64(bytes) = &raw.body {
                put("base64", STANDARD.encode(bytes).into());
            }
        }
        _ => {}
    }
    Value::Object(members)
}
