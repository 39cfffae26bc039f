//! CSLU-initiated collection: the server asks, the instance answers and takes what is pushed.

use muster_agent::{Command, Effect, Input, UsageSelection};
use muster_journal::{Answer, Body, Event, Exchange, ExchangeOutcome, HttpMessage, Intent};
use serde_json::json;

use super::cursor::Wait;
use super::member::Last;
use super::{Journey, Wish};
use crate::instance_api::{Pushed, imported_file};
use crate::log::Log;

/// Endpoint name of what a server pushes; there it is the server that asks.
pub(super) const COLLECT: &str = "collect";

/// What came of a [`Wish::Collect`].
#[derive(Debug)]
pub struct Collected {
    /// Which strand waits for it.
    pub cursor: usize,
    /// Whose reports were collected.
    pub member: usize,
    /// The hook's result.
    pub result: Result<String, String>,
    /// What the server pushed meanwhile, in order.
    pub pushed: Vec<Pushed>,
}

impl Journey {
    /// Saves the member's usage and asks the driver to have it collected.
    pub(super) fn begin_collection(
        &mut self,
        at: usize,
        member: usize,
        now_ms: u64,
        wishes: &mut Vec<Wish>,
        log: &mut Log<'_>,
    ) {
        let mut saved = None;
        let place = self.cursors[at].place;
        let place = Some(self.step_at(place.0, place.1).0);
        let effects = {
            let input = Input::Command(Command::SaveUsage(UsageSelection::Unreported));
            let common = &mut self.setting.common.borrow_mut();
            self.members[member].input(now_ms, input, log.wants_everything(), common)
        };
        for effect in effects {
            match effect {
                Effect::UsageSaved(file) => saved = Some(file),
                other => self.take_effect(member, place, false, other, now_ms, wishes, log),
            }
        }
        let Some(file) = saved else {
            self.cursors[at].wait = Wait::ToEnd(member);
            return;
        };
        let reports = json!({ "usage": file.reports }).to_string().into_bytes();
        self.cursors[at].wait = Wait::Hook;
        wishes.push(Wish::Collect { cursor: at, member, reports });
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
        let Collected { cursor, member, result, pushed } = collected;
        self.take_hook_result(cursor, result, now_ms, log);
        for item in pushed {
            self.exchanges += 1;
            let (block, node) = self.cursors[cursor].place;
            let (place, _) = self.step_at(block, node);
            let exchange = Exchange {
                id: self.exchanges,
                step: Some(place.number),
                endpoint: COLLECT.to_owned(),
                method: "POST".to_owned(),
                url: item.url,
                intent: Intent::default(),
                request: HttpMessage { headers: item.headers, body: Body(item.body.clone()) },
                sent_at_ms: now_ms,
                outcome: ExchangeOutcome::Answered(Answer {
                    status: 200,
                    message: HttpMessage::default(),
                    received_at_ms: now_ms,
                    elapsed_us: 0,
                }),
                tls: None,
                reading: None,
            };
            let index = Some(self.members[member].index);
            log.record(now_ms, Some(self.id), index, Event::Exchange(Box::new(exchange)));
            // What the server says in a collection is what it pushes.
            let (http, body) = (Some(200), item.body.clone());
            let last = Last { http, body, ..Last::nothing() };
            self.members[member].take(Some(place), last);
            self.members[member].page_mut().has_asked = true;
            let import = Input::Command(Command::Import(imported_file(&item.body)));
            self.with_agent(member, now_ms, wishes, log, import);
        }
        self.run(now_ms, wishes, log);
    }
}
