//! CSLU-initiated collection: the server asks, the instance answers and takes what is pushed.

use muster_agent::pull::{
    Access, Asked, CommandOutcome, InstanceAnswer, InstanceFacts, InstanceInterface,
};
use muster_agent::{Command, Effect, Input};
use muster_journal::{Answer, Body, Event, Exchange, ExchangeOutcome, HttpMessage, Intent};
use muster_scenarios::model::PullInterface;
use muster_wire::transport::instance_service::IMPORT;

use super::cursor::Wait;
use super::member::{Last, StepPlace};
use super::{Journey, Wish};
use crate::instance_api::InstanceCall;
use crate::log::Log;

/// Endpoint name of what a server pushes; there it is the server that asks.
pub(super) const COLLECT: &str = "collect";
/// Endpoint name of everything else a server asks an instance.
const INSTANCE: &str = "instance";

/// Requests written down of one collection; a server that asks without end fills no journal.
const WRITTEN_MAX: u32 = 1_000;

/// An instance while it is collected from.
#[derive(Debug, Default)]
pub(crate) struct Collection {
    interface: InstanceInterface,
    /// Requests so far.
    asked: u32,
}

/// What came of a [`Wish::Collect`].
#[derive(Debug)]
pub struct Collected {
    /// Which strand waits for it.
    pub cursor: usize,
    /// Whose reports were collected.
    pub member: usize,
    /// The hook's result.
    pub result: Result<String, String>,
}

impl Journey {
    /// Closes the member's open reports, for a collector that does not itself, and asks the driver
    /// to have them collected.
    pub(super) fn begin_collection(
        &mut self,
        at: usize,
        member: usize,
        over: PullInterface,
        now_ms: u64,
        wishes: &mut Vec<Wish>,
        log: &mut Log<'_>,
    ) {
        let (block, node) = self.cursors[at].place;
        let place = Some(self.step_at(block, node).0);
        let close = Input::Command(Command::CloseReports);
        self.agent_input(member, place, now_ms, wishes, log, close);
        let target = &self.setting.target;
        let access = target.instance.credentials.as_ref().map(|(user, password)| Access {
            user: user.clone(),
            password: password.reveal().to_owned(),
        });
        let server_url = target.endpoints.get(self.role(member).via.as_str());
        let server_url = server_url.map(|url| url.text.clone());
        let interface = InstanceInterface { access, server_url, ..InstanceInterface::default() };
        self.cursors[at].collection = Some(Box::new(Collection { interface, asked: 0 }));
        self.cursors[at].wait = Wait::Hook;
        wishes.push(Wish::Collect { cursor: at, member, over });
    }

    /// Brings a request that somebody makes to a member while it is collected from. None when
    /// nobody collects from it any more.
    pub fn asked(
        &mut self,
        cursor: usize,
        member: usize,
        call: &InstanceCall,
        now_ms: u64,
        wishes: &mut Vec<Wish>,
        log: &mut Log<'_>,
    ) -> Option<InstanceAnswer> {
        if self.is_finished() || !self.has_network(member) {
            return None;
        }
        let mut collection = self.cursors[cursor].collection.take()?;
        let answer = self.answer_to(&mut collection.interface, member, call, now_ms, wishes, log);
        let (block, node) = self.cursors[cursor].place;
        let (place, _) = self.step_at(block, node);
        collection.asked = collection.asked.saturating_add(1);
        if collection.asked <= WRITTEN_MAX {
            self.write_down(member, place, call, answer.clone(), now_ms, log);
        }
        self.cursors[cursor].collection = Some(collection);
        Some(answer)
    }

    /// Has the agent do what the request asks, and answers it.
    fn answer_to(
        &mut self,
        interface: &mut InstanceInterface,
        member: usize,
        call: &InstanceCall,
        now_ms: u64,
        wishes: &mut Vec<Wish>,
        log: &mut Log<'_>,
    ) -> InstanceAnswer {
        let nothing_there = InstanceAnswer { status: 404, ..InstanceAnswer::default() };
        let platform = self.members[member].agent.platform();
        let Some(view) = self.members[member].policy_view() else { return nothing_there };
        let facts = InstanceFacts { view: &view, platform, log: None, now_ms };
        let (commands, then) = match interface.ask(&call.request(), &facts) {
            Asked::Answered(answer) => return answer,
            Asked::Commanded { commands, then } => (commands, then),
        };
        let mut outcomes = Vec::with_capacity(commands.len());
        for command in commands {
            let effects = {
                let common = &mut self.setting.common.borrow_mut();
                let input = Input::Command(command);
                self.members[member].input(now_ms, input, log.wants_everything(), common)
            };
            outcomes.push(CommandOutcome::of(&effects));
            for effect in effects {
                // What was refused is told to who asked; the step itself stands.
                if !matches!(effect, Effect::CommandRefused { .. }) {
                    self.take_effect(member, None, false, effect, now_ms, wishes, log);
                }
            }
        }
        let Some(view) = self.members[member].policy_view() else { return nothing_there };
        let facts = InstanceFacts { view: &view, platform, log: None, now_ms };
        interface.answer(then, &outcomes, &facts)
    }

    /// The journal's entry; what a server pushes is what it says in a collection.
    fn write_down(
        &mut self,
        member: usize,
        place: StepPlace,
        call: &InstanceCall,
        answer: InstanceAnswer,
        now_ms: u64,
        log: &mut Log<'_>,
    ) {
        let is_push = call.method == "POST" && call.target == IMPORT;
        if is_push {
            let (http, body) = (Some(answer.status), call.body.clone());
            self.members[member].take(Some(place), Last { http, body, ..Last::nothing() });
            self.members[member].page_mut().has_asked = true;
        }
        self.exchanges += 1;
        let headers = answer.headers.into_iter().map(|(name, value)| (name.to_owned(), value));
        let exchange = Exchange {
            id: self.exchanges,
            step: Some(place.number),
            endpoint: if is_push { COLLECT } else { INSTANCE }.to_owned(),
            method: call.method.clone(),
            url: format!("{}{}", call.origin, call.target),
            intent: Intent::default(),
            request: call.message(),
            sent_at_ms: now_ms,
            outcome: ExchangeOutcome::Answered(Answer {
                status: answer.status,
                message: HttpMessage { headers: headers.collect(), body: Body(answer.body) },
                received_at_ms: now_ms,
                elapsed_us: 0,
            }),
            tls: None,
            reading: None,
        };
        let index = Some(self.members[member].index);
        log.record(now_ms, Some(self.id), index, Event::Exchange(Box::new(exchange)));
    }

    /// Brings what came of a [`Wish::Collect`]. A journey that has ended passes it over.
    pub fn collected(
        &mut self,
        collected: Collected,
        now_ms: u64,
        wishes: &mut Vec<Wish>,
        log: &mut Log<'_>,
    ) {
        if self.is_finished() {
            return;
        }
        let Collected { cursor, member: _, result } = collected;
        self.cursors[cursor].collection = None;
        self.take_hook_result(cursor, result, now_ms, log);
        self.run(now_ms, wishes, log);
    }
}
