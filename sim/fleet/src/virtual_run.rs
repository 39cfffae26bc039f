//! A run on a simulated clock: time jumps to whatever is due next, and the peer's clock with it.
//!
//! Everything happens on one thread in one order, so the same seed gives the same journal.

use std::collections::BTreeMap;
use std::rc::Rc;

use muster_agent::pull::InstanceAnswer;
use muster_journal::{Event, FailureCause, JourneyOutcome};
use muster_scenarios::model::PullInterface;

use crate::hook;
use crate::instance_api::InstanceCall;
use crate::journey::{Collected, Wish};
use crate::log::Log;
use crate::measure::{ConnectionUse, Sample};
use crate::plan::{Counters, Plan, RunError, RunSummary};
use crate::stage::{Now, Stage, Wanted};
use crate::target::{Hook, Target};
use crate::transport::{Call, Reply, Undelivered};
use crate::watch::{ShardLive, Watch};

/// A server in the same process: answers at once, and its clock can be set.
pub trait Peer {
    /// Answers one request.
    fn exchange(&mut self, call: &Call) -> Reply;
    /// Sets the peer's clock, milliseconds since the epoch.
    fn set_clock(&mut self, now_ms: u64);
    /// Collects from a product instance, as `hook` says; `ask` carries a request to it and brings
    /// the answer, none when it is there no more.
    fn collect(
        &mut self,
        hook: &Hook,
        arguments: &BTreeMap<String, String>,
        ask: &mut dyn FnMut(InstanceCall) -> Option<InstanceAnswer>,
    ) -> Result<String, String> {
        let _ = (hook, arguments, ask);
        Err("collection needs sockets; run in real time".to_owned())
    }
}

/// Where an instance can be reached by a peer in the same process; the name exists nowhere.
const INSTANCE_URL: &str = "http://instance.test";

/// Exchanges between two live figures.
const LIVE_EVERY: u64 = 4_096;

/// Runs a plan in virtual time from `start_ms`; `watch` is asked between exchanges.
pub fn run(
    plan: &Plan,
    start_ms: u64,
    peer: &mut dyn Peer,
    log: &mut Log<'_>,
    watch: &dyn Watch,
) -> Result<RunSummary, RunError> {
    let mut summary = RunSummary::default();
    let mut counters = Counters::of(plan);
    let mut now_ms = start_ms;
    peer.set_clock(now_ms);
    for program in &plan.scenarios {
        if watch.stop() {
            summary.interrupted = true;
            break;
        }
        let now = Now { ms: now_ms, us: (now_ms - start_ms) * 1_000 };
        let Some(stage) = counters.open_stage(plan, program, now, log, &mut summary) else {
            continue;
        };
        let target = Rc::clone(&plan.target);
        let mut shard = Shard { target, stage, start_ms, now_ms, turns: 0 };
        shard.play(peer, log, &mut summary, watch)?;
        now_ms = shard.now_ms;
    }
    summary.logical_ms = now_ms - start_ms;
    if !plan.is_load {
        log.record(now_ms, None, None, summary.finished());
    }
    Ok(summary)
}

struct Shard {
    target: Rc<Target>,
    stage: Stage,
    start_ms: u64,
    now_ms: u64,
    turns: u64,
}

impl Shard {
    fn now(&self) -> Now {
        Now { ms: self.now_ms, us: (self.now_ms - self.start_ms) * 1_000 }
    }

    fn play(
        &mut self,
        peer: &mut dyn Peer,
        log: &mut Log<'_>,
        summary: &mut RunSummary,
        watch: &dyn Watch,
    ) -> Result<(), RunError> {
        loop {
            self.stage.turn(self.now(), log)?;
            // In memory there are no connections to lose.
            self.stage.take_cut();
            if self.is_stopped(summary, watch) {
                self.stage.finish(self.now_ms, log, || JourneyOutcome::Interrupted);
                break;
            }
            if let Some(wanted) = self.stage.next_wish() {
                self.grant(wanted, peer, log, summary);
                continue;
            }
            let arrival = self.stage.next_arrival_us();
            let arrival = arrival.map(|at_us| self.start_ms.saturating_add(at_us.div_ceil(1_000)));
            let next = match (self.stage.next_due(), arrival) {
                (Some(due), Some(arrival)) => due.min(arrival),
                (due, arrival) => match due.or(arrival) {
                    Some(next) => next,
                    None => break,
                },
            };
            if next > self.now_ms {
                let by_ms = next - self.now_ms;
                self.now_ms = next;
                peer.set_clock(next);
                let moved = Event::TimeAdvanced { by_ms, target_moved: true };
                log.record(self.now_ms, None, None, moved);
            }
        }
        self.stage.close(self.now_ms, log, summary);
        Ok(())
    }

    /// Looks whether the run is to stop, and shows how far it is.
    fn is_stopped(&mut self, summary: &mut RunSummary, watch: &dyn Watch) -> bool {
        self.turns += 1;
        if self.turns.is_multiple_of(LIVE_EVERY) {
            watch.live(&mut || {
                let (ended, journeys) = self.stage.progress();
                let live = summary.measures.live();
                // A simulated clock is never late.
                ShardLive { live, ended, journeys, lag_p99_us: 0, cpu_us: None }
            });
        }
        watch.stop()
    }

    fn grant(
        &mut self,
        wanted: Wanted,
        peer: &mut dyn Peer,
        log: &mut Log<'_>,
        summary: &mut RunSummary,
    ) {
        let Wanted { slot, wish, intended_us, is_setup } = wanted;
        if self.stage.is_finished(slot) {
            return;
        }
        let now = self.now();
        match wish {
            Wish::Exchange { member, call } => {
                let reply = self.exchange((slot, member), &call, now, peer, log);
                let bytes_sent = bytes(call.body.len());
                drop(call);
                let (answered, bytes_received) = match &reply.result {
                    Ok(received) => (true, bytes(received.body.len())),
                    Err(_) => (false, 0),
                };
                summary.answered += u64::from(answered);
                summary.unanswered += u64::from(!answered);
                let ended = self.stage.deliver(slot, now, log, |journey, wishes, log| {
                    journey.answered(member, reply, now.ms, wishes, log)
                });
                if let Some(ended) = ended.flatten() {
                    if ended.failure.is_none() {
                        self.stage.proved(slot);
                    }
                    summary.measures.take(&Sample {
                        step: ended.kind,
                        intended_us,
                        sent_us: now.us,
                        ended_us: now.us,
                        failure: ended.failure,
                        measured: !is_setup,
                        bytes_sent,
                        bytes_received,
                        connection: ConnectionUse::None,
                        is_retry: ended.is_retry,
                    });
                }
            }
            Wish::Hook { cursor, name, arguments } => {
                let result = match self.target.hooks.get(&name) {
                    Some(hook) => hook::prepare(hook, &arguments)
                        .and_then(|call| hook::outcome(peer.exchange(&call))),
                    None => Err("the target profile does not have it".to_owned()),
                };
                self.stage.deliver(slot, now, log, |journey, wishes, log| {
                    journey.hook_done(cursor, result, now.ms, wishes, log);
                });
            }
            Wish::Collect { cursor, member, over } => {
                let result = self.collect(slot, (cursor, member), over, peer, log);
                let collected = Collected { cursor, member, result };
                self.stage.deliver(slot, now, log, |journey, wishes, log| {
                    journey.collected(collected, now.ms, wishes, log);
                });
            }
        }
    }

    /// Lets the peer collect from a member.
    fn collect(
        &mut self,
        slot: u32,
        (cursor, member): (usize, usize),
        over: PullInterface,
        peer: &mut dyn Peer,
        log: &mut Log<'_>,
    ) -> Result<String, String> {
        let target = Rc::clone(&self.target);
        let hook = target.hooks.get("collect");
        let hook = hook.ok_or_else(|| "the target profile does not have it".to_owned())?;
        let arguments = target.instance.arguments(INSTANCE_URL, None, over);
        let now = self.now();
        peer.collect(hook, &arguments, &mut |call| {
            let asked = self.stage.deliver(slot, now, log, |journey, wishes, log| {
                journey.asked(cursor, member, &call, now.ms, wishes, log)
            });
            asked.flatten()
        })
    }

    /// Asks the peer, unless the instance has no network; one that loses it now has asked, and
    /// never hears the answer.
    fn exchange(
        &mut self,
        (slot, member): (u32, usize),
        call: &Call,
        now: Now,
        peer: &mut dyn Peer,
        log: &mut Log<'_>,
    ) -> Reply {
        let lost = |cause, why| Err(Undelivered::new(cause, why));
        let result = if self.stage.is_cut_off(slot, member) {
            lost(FailureCause::Connect, "the instance has no network")
        } else {
            let reply = peer.exchange(call);
            if !self.stage.sent(slot, now, log) {
                return reply;
            }
            lost(FailureCause::Closed, "the connection was lost before the answer")
        };
        Reply { result, tls: None, elapsed_us: 0 }
    }
}

fn bytes(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
