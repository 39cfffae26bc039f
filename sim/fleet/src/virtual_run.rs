//! A run on a simulated clock: time jumps to whatever is due next, and the peer's clock with it.
//!
//! Everything happens on one thread in one order, so the same seed gives the same journal.

use std::collections::VecDeque;
use std::rc::Rc;

use muster_journal::{Event, JourneyOutcome};

use crate::hook;
use crate::journey::{Collected, Journey, Wish};
use crate::log::Log;
use crate::plan::{Counters, Plan, RunError, RunSummary};
use crate::target::Target;
use crate::transport::{Call, Reply};

/// A server in the same process: answers at once, and its clock can be set.
pub trait Peer {
    /// Answers one request.
    fn exchange(&mut self, call: &Call) -> Reply;
    /// Sets the peer's clock, milliseconds since the epoch.
    fn set_clock(&mut self, now_ms: u64);
}

/// Runs a plan in virtual time from `start_ms`; `stop` is asked between exchanges.
pub fn run(
    plan: &Plan,
    start_ms: u64,
    peer: &mut dyn Peer,
    log: &mut Log<'_>,
    stop: &dyn Fn() -> bool,
) -> Result<RunSummary, RunError> {
    let mut summary = RunSummary::default();
    let mut counters = Counters::default();
    let mut now_ms = start_ms;
    peer.set_clock(now_ms);
    for program in &plan.scenarios {
        if stop() {
            summary.interrupted = true;
            break;
        }
        let stage = counters.open_stage(plan, program, now_ms, log, &mut summary, stop)?;
        let mut shard = Shard {
            target: Rc::clone(&plan.target),
            journeys: stage.journeys,
            due: stage.wishes.into(),
            now_ms,
        };
        shard.play(peer, log, &mut summary, stop);
        now_ms = shard.now_ms;
    }
    log.record(now_ms, None, None, summary.finished());
    Ok(summary)
}

struct Shard {
    target: Rc<Target>,
    journeys: Vec<Journey>,
    due: VecDeque<(usize, Wish)>,
    now_ms: u64,
}

impl Shard {
    fn play(
        &mut self,
        peer: &mut dyn Peer,
        log: &mut Log<'_>,
        summary: &mut RunSummary,
        stop: &dyn Fn() -> bool,
    ) {
        loop {
            while let Some((at, wish)) = self.due.pop_front() {
                if stop() {
                    break;
                }
                self.grant(at, wish, peer, log, summary);
            }
            if stop() {
                self.interrupt(log);
                break;
            }
            let next = self.journeys.iter().filter_map(Journey::next_due).min();
            let Some(next) = next else { break };
            if next > self.now_ms {
                let by_ms = next - self.now_ms;
                self.now_ms = next;
                peer.set_clock(next);
                let moved = Event::TimeAdvanced { by_ms, target_moved: true };
                log.record(self.now_ms, None, None, moved);
            }
            for at in 0..self.journeys.len() {
                if self.journeys[at].next_due().is_some_and(|due| due <= self.now_ms) {
                    let mut wishes = Vec::new();
                    self.journeys[at].run(self.now_ms, &mut wishes, log);
                    self.due.extend(wishes.into_iter().map(|wish| (at, wish)));
                }
            }
        }
        self.journeys.iter().for_each(|journey| summary.count(journey));
    }

    fn interrupt(&mut self, log: &mut Log<'_>) {
        for journey in &mut self.journeys {
            journey.finish(self.now_ms, JourneyOutcome::Interrupted, log);
        }
    }

    fn grant(
        &mut self,
        at: usize,
        wish: Wish,
        peer: &mut dyn Peer,
        log: &mut Log<'_>,
        summary: &mut RunSummary,
    ) {
        let mut wishes = Vec::new();
        let journey = &mut self.journeys[at];
        if journey.is_finished() {
            return;
        }
        match wish {
            Wish::Exchange { member, call } => {
                let reply = peer.exchange(&call);
                match reply.result {
                    Ok(_) => summary.answered += 1,
                    Err(_) => summary.unanswered += 1,
                }
                journey.answered(member, &reply, self.now_ms, &mut wishes, log);
            }
            Wish::Hook { cursor, name, arguments } => {
                let result = match self.target.hooks.get(&name) {
                    Some(hook) => hook::prepare(hook, &arguments)
                        .and_then(|call| hook::outcome(peer.exchange(&call))),
                    None => Err("the target profile does not have it".to_owned()),
                };
                journey.hook_done(cursor, result, self.now_ms, &mut wishes, log);
            }
            Wish::Collect { cursor, member, .. } => {
                let result = Err("collection needs sockets; run in real time".to_owned());
                let collected = Collected { cursor, member, result, pushed: Vec::new() };
                journey.collected(collected, self.now_ms, &mut wishes, log);
            }
        }
        self.due.extend(wishes.into_iter().map(|wish| (at, wish)));
    }
}
