//! Requests of agents of the classic era on their way out, and answers on their way in.

use std::sync::Arc;

use muster_agent::classic::ServerChoice;
use muster_agent::{ClassicInput, ClassicOutbound};
use muster_journal::{Deviation, Exchange, ExchangeOutcome, Intent};
use muster_scenarios::model::{Action, ClassicAction, Step};
use muster_wire::classic::{ClassicAnswer, ClassicReading, ClassicStatus, MessageType};
use muster_wire::{Nonce, RequestType};

use super::super::agent::Agent;
use super::super::member::{Last, StepPlace};
use super::super::request::{Came, Dispatch, no_endpoint};
use super::super::{Journey, Wish, framing};
use super::tamper::Tampering;
use crate::log::Log;
use crate::target::EndpointUrl;
use crate::transport::Call;

/// The first server of an endpoint, and the one to fail over to.
const SERVERS: [ServerChoice; 2] = [ServerChoice::Primary, ServerChoice::Secondary];

impl Journey {
    /// Turns the agent's message into a call, tampered with where the step says so.
    pub(super) fn send_classic(
        &mut self,
        member: usize,
        cause: Option<StepPlace>,
        outbound: ClassicOutbound,
        chained: bool,
        now_ms: u64,
        wishes: &mut Vec<Wish>,
    ) {
        let kind = outbound.message_type.clone();
        let numbered = cause.map(|place| self.step_at(place.block, place.node).1);
        let step = numbered.as_ref().map(|numbered| &numbered.step);
        // The request of the kind the step means; the others are the agent's own affair.
        let sent = &self.members[member].page().step_types;
        let step = step.filter(|step| is_meant(step, &kind, sent, chained));
        let mut intent = Intent {
            request_type: Some(kind.as_str().to_owned()),
            id_token: self.name_of_token(&outbound),
            deviations: Vec::new(),
        };
        let nonce = outbound.asked.nonce().clone();
        let page = self.members[member].page_mut();
        page.step_types.push(RequestType::from(kind.as_str()));
        let last_nonce = page.last_nonce.replace(nonce.clone());
        let body = {
            let agent = self.members[member].agent.in_classic_era();
            let agent = agent.expect("only an agent of the classic era sends such a request");
            agent.seal(&outbound, &mut self.setting.common.borrow_mut()).encode()
        };
        let body = match step.filter(|step| !step.tamper.is_empty()) {
            None => body,
            Some(_) => {
                let page = self.members[member].page();
                let tampers = page.tampers.clone();
                let tampering = Tampering {
                    last_nonce,
                    seed: &self.setting.seed,
                    index: self.members[member].index,
                    is_skewed: page.skew_ms.is_some(),
                };
                let (body, outcomes) = tampering.apply(body, &tampers, &mut intent.deviations);
                self.members[member].keep_tampered(outcomes);
                body
            }
        };
        let Some((endpoint, url)) = self.classic_server(member, step, outbound.server) else {
            let reason = no_endpoint(self.endpoint_of(member, step));
            self.break_off(reason);
            return;
        };
        let (headers, body) = self.wrap_classic(member, &endpoint, body, now_ms);
        let call = Call { endpoint, url, method: "POST".into(), headers, body };
        let place = cause.filter(|_| step.is_some());
        let (nonce, reading, for_agent) = (Some(nonce), None, true);
        let dispatch = Dispatch { call, intent, place, cause, nonce, reading, for_agent };
        self.dispatch(member, dispatch, now_ms, wishes);
    }

    /// Changes a request that goes out again.
    pub(in crate::journey) fn tamper_with_replay(
        &mut self,
        member: usize,
        call: &mut Call,
        sent_to: &str,
        last_nonce: Option<Nonce>,
        deviations: &mut Vec<Deviation>,
        now_ms: u64,
    ) {
        let page = self.members[member].page();
        let tampers = page.tampers.clone();
        // No clock is read for a request that goes out again.
        let (index, is_skewed) = (self.members[member].index, false);
        let tampering = Tampering { last_nonce, seed: &self.setting.seed, index, is_skewed };
        let inner = framing::unwrap_classic(sent_to, call.body.clone());
        let (body, outcomes) = tampering.apply(inner.clone(), &tampers, deviations);
        self.members[member].keep_tampered(outcomes);
        if body != inner {
            (call.headers, call.body) = self.wrap_classic(member, &call.endpoint, body, now_ms);
        }
    }

    /// Puts the envelope of its transport around a message, and counts it.
    fn wrap_classic(
        &mut self,
        member: usize,
        endpoint: &str,
        body: Vec<u8>,
        now_ms: u64,
    ) -> (Arc<Vec<(String, String)>>, Vec<u8>) {
        let Agent::Classic(instance) = &mut self.members[member].agent else {
            unreachable!("a message of the classic era is of an instance of it");
        };
        instance.messages += 1;
        framing::wrap_classic(endpoint, &instance.agent, instance.messages, body, now_ms)
    }

    /// The server the agent chose. A step that names another endpoint asks the first server of it.
    fn classic_server(
        &mut self,
        member: usize,
        step: Option<&Step>,
        choice: ServerChoice,
    ) -> Option<(Arc<str>, Arc<EndpointUrl>)> {
        let endpoint = self.endpoint_of(member, step).to_owned();
        let is_own = endpoint == self.role(member).via;
        let at = SERVERS.iter().position(|server| is_own && *server == choice).unwrap_or(0);
        let (name, url) = self.setting.target.server(&endpoint, at)?;
        // An APIC does not speak IPv6.
        if self.members[member].agent.platform().fabric.is_none() {
            return Some((name, url));
        }
        match url.over_ipv4() {
            Ok(url) => Some((name, url.into())),
            Err(refused) => {
                self.break_off(format!("endpoint `{endpoint}`: {refused}"));
                None
            }
        }
    }

    /// What the target profile calls the ID token of a registration.
    fn name_of_token(&self, outbound: &ClassicOutbound) -> Option<String> {
        let token = outbound.credential.as_ref()?.value.as_str();
        let mut tokens = self.setting.target.id_tokens.iter();
        tokens.find(|(_, secret)| secret.reveal() == token).map(|(name, _)| name.clone())
    }

    /// Gives the agent what came, and keeps of it what the step may look at; whether the answer
    /// refuses, or is none.
    pub(in crate::journey) fn hand_over_classic(
        &mut self,
        member: usize,
        came: Came,
        exchange: Exchange,
        now_ms: u64,
        wishes: &mut Vec<Wish>,
        log: &mut Log<'_>,
    ) -> bool {
        let request_type = exchange.intent.request_type.as_deref().map(RequestType::from);
        let answer = match exchange.outcome {
            ExchangeOutcome::Answered(answer) => answer,
            ExchangeOutcome::Failed { cause, .. } => {
                let last = Last { failure: Some(cause), request_type, ..Last::nothing() };
                self.members[member].take(came.step, last);
                if came.for_agent {
                    let input = ClassicInput::Failure(framing::agent_failure(cause));
                    self.classic_input(member, came.cause, now_ms, wishes, log, input);
                }
                return false;
            }
        };
        let status = answer.status;
        let body = framing::unwrap_classic(&came.endpoint, answer.message.body.0);
        let reading = ClassicReading::of(&body);
        let said = reading.answer.as_ref().and_then(|answer| answer.as_ref().ok());
        let word = match said {
            Some(answer) => answer.status.to_string(),
            None => format!("HTTP {status}"),
        };
        let refuses = said.is_none_or(|answer| is_refusal(&answer.status));
        let mut last = Last { http: Some(status), request_type, ..Last::nothing() };
        last.word = Some(word);
        if !came.for_agent || self.is_looked_at(came.step.or(came.cause)) {
            last.body = body;
        }
        self.members[member].take(came.step, last);
        if !came.for_agent {
            return false;
        }
        let input = ClassicInput::Read { status, reading: &reading };
        self.classic_input(member, came.cause, now_ms, wishes, log, input);
        self.right_clock_when_sent(member, now_ms, wishes, log);
        refuses
    }
}

/// The answer inside an envelope of the classic era; none when the bytes are no such envelope.
pub(in crate::journey) fn said_by(body: &[u8]) -> Option<ClassicAnswer> {
    ClassicReading::of(body).answer.and_then(Result::ok)
}

/// Whether a status says that what was asked is not done, now or later.
const fn is_refusal(status: &ClassicStatus) -> bool {
    match status {
        ClassicStatus::Complete | ClassicStatus::OkPoll => false,
        ClassicStatus::Failed
        | ClassicStatus::OkTryAgain
        | ClassicStatus::VersionTooHigh
        | ClassicStatus::Other(_) => true,
    }
}

/// Whether a request is the one the step means: the first of its kind, where it has a kind. A step
/// that polls until a result is there means the first request of each try.
fn is_meant(step: &Step, kind: &MessageType, sent: &[RequestType], chained: bool) -> bool {
    let Some(meant) = meant_by(&step.action) else { return sent.is_empty() };
    let is_first = !sent.contains(&RequestType::from(kind.as_str()));
    meant == *kind && (is_first || (meant == MessageType::Poll && !chained))
}

/// The kind of request a step is about; none where any will do.
const fn meant_by(action: &Action) -> Option<MessageType> {
    Some(match action {
        Action::Use { .. } => MessageType::Entitlement,
        Action::Poll { .. } => MessageType::Poll,
        Action::Classic(action) => match action {
            ClassicAction::Register { .. } => MessageType::Registration,
            ClassicAction::Deregister => MessageType::Deregistration,
            ClassicAction::RenewId => MessageType::IdCertificateRenewal,
            ClassicAction::RenewAuthorization
            | ClassicAction::Fabric(_)
            | ClassicAction::Application(_) => MessageType::Entitlement,
            ClassicAction::Export(_) => MessageType::ExportAuthorization,
            ClassicAction::Convert(_) => MessageType::Conversion,
            ClassicAction::ThirdPartyKey { .. } => MessageType::ThirdPartyKey,
            ClassicAction::Release { .. } => return None,
        },
        _ => return None,
    })
}
