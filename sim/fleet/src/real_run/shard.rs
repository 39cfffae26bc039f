//! One shard on sockets: grants wishes, takes results, and lets time pass.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use muster_journal::{Event, JourneyOutcome};
use tokio::task;

use super::errand::{AskedInstance, Done, Tray, collect};
use super::line::{Lines, Travelled};
use crate::clock::Clock;
use crate::health::ShardProbe;
use crate::hook;
use crate::instance_api::InstanceTls;
use crate::journey::{Collected, Ended, Wish};
use crate::log::Log;
use crate::measure::{Sample, StepKind};
use crate::metronome::Turn;
use crate::plan::{Plan, RunError, RunSummary};
use crate::stage::{Now, Stage, Wanted};
use crate::transport::Reply;
use crate::watch::{ShardLive, Watch};

/// Waits longer than this need the target's clock hook; a retry after 10 s and the 30 s of an
/// instance's crypto initialisation do not.
const WAIT_MS_MAX: u64 = 35_000;
/// The same for a load run, which has the time to wait for a poll.
const LOAD_WAIT_MS_MAX: u64 = 15 * 60_000;
/// How late a timer of a large run may fire, so that the clock need not move once per instance.
const COALESCE_MS_MAX: u64 = 600_000;
/// How many instances of a load run should fall due together when its clock is moved. A fleet's
/// polls lie spread over a day: one at a time would take as many calls of the hook as there are
/// instances, and all at once would be a storm that nobody asked for.
const STRIDE_INSTANCES: u32 = 256;
/// Longest stride of a load run's clock beyond what is due next.
const STRIDE_MS_MAX: u64 = 3_600_000;
/// How often a waiting run looks whether the user wants it to stop.
const STOP_CHECK: Duration = Duration::from_millis(50);
/// How often an idle shard looks whether another has moved the clock.
const IDLE_LOOK: Duration = Duration::from_millis(2);
/// Results taken between two looks at what else is due, so that none of them starves.
const RESULTS_PER_TURN: u32 = 64;
/// How often live figures are offered, and whoever watches is asked whether the run is to stop.
const LIVE_EVERY_US: u64 = 250_000;

/// One shard and the fleet of one scenario on it.
pub(super) struct Shard<'a> {
    plan: &'a Plan,
    lines: Rc<Lines>,
    stage: Stage,
    active: usize,
    tray: Tray,
    /// Wall time of the last jump: nothing was meant to be sent before it.
    jumped_at_us: u64,
    live_at_us: u64,
    /// How far beyond what is due next the clock of a load run is moved.
    stride_ms: u64,
    /// When the shard last looked what is due, logical microseconds since the run began.
    turned_at_us: u64,
    /// Whether it told the other shards that it waits.
    is_waiting: bool,
    probe: &'a mut ShardProbe,
}

impl<'a> Shard<'a> {
    pub(super) fn new(
        plan: &'a Plan,
        lines: &Lines,
        stage: Stage,
        probe: &'a mut ShardProbe,
    ) -> Self {
        let tray = Tray::default();
        // Of several shards this one is not counted as busy before it says so.
        let is_waiting = plan.metronome.is_some();
        Self {
            plan,
            lines: Rc::new(lines.clone()),
            stage,
            active: 0,
            tray,
            jumped_at_us: 0,
            live_at_us: 0,
            stride_ms: 1,
            turned_at_us: 0,
            is_waiting,
            probe,
        }
    }

    pub(super) async fn play(
        &mut self,
        clock: &mut Clock,
        log: &mut Log<'_>,
        summary: &mut RunSummary,
        watch: &dyn Watch,
    ) -> Result<(), RunError> {
        loop {
            if self.must_end(clock, log, summary, watch) {
                break;
            }
            if !self.is_awake() {
                tokio::time::sleep(IDLE_LOOK).await;
                continue;
            }
            self.follow(clock);
            for _ in 0..RESULTS_PER_TURN {
                let Some((slot, done)) = self.tray.take() else { break };
                self.active -= usize::from(done.ends_wish());
                self.take(slot, done, clock, log, summary);
            }
            self.note_lag(clock);
            self.stage.turn(now(clock), log)?;
            while self.active < self.plan.in_flight_max.max(1) {
                let Some(wanted) = self.stage.next_wish() else { break };
                self.grant(wanted, now(clock), log);
            }
            for slot in self.stage.take_cut() {
                self.lines.cut(slot);
            }
            if !self.wait(clock, log).await {
                break;
            }
        }
        self.stage.close(clock.now_ms(), log, summary);
        Ok(())
    }

    /// Whether the shard may go on. One that said it waits must not send anything stamped with the
    /// old time while another is moving the target's clock.
    fn is_awake(&mut self) -> bool {
        let Some(metronome) = self.plan.metronome.as_ref().filter(|_| self.is_waiting) else {
            return true;
        };
        self.is_waiting = !metronome.busy(self.plan.shard);
        !self.is_waiting
    }

    /// Moves the shard's clock on by what another shard has moved the target's.
    fn follow(&mut self, clock: &mut Clock) {
        let Some(metronome) = &self.plan.metronome else { return };
        let by_ms = metronome.jumped_ms().saturating_sub(clock.jumped_ms());
        if by_ms > 0 {
            self.jump(by_ms, clock);
        }
    }

    fn jump(&mut self, by_ms: u64, clock: &mut Clock) {
        clock.jump(by_ms);
        // What was jumped over is not late.
        self.turned_at_us = clock.since_us();
        self.jumped_at_us = clock.wall_us();
    }

    /// Takes down how late what fell due since the last turn is looked at.
    fn note_lag(&mut self, clock: &Clock) {
        let now_us = clock.since_us();
        let timer_us = self.stage.next_due_us();
        let due_us = [self.stage.next_arrival_us(), timer_us].into_iter().flatten().min();
        // What was due before the last turn waits for a free slot, not for this thread.
        if let Some(due_us) = due_us.filter(|due_us| (self.turned_at_us..now_us).contains(due_us)) {
            self.probe.lag(now_us - due_us);
        }
        self.turned_at_us = now_us;
    }

    /// Whether the user or the target has ended the run.
    fn must_end(
        &mut self,
        clock: &Clock,
        log: &mut Log<'_>,
        summary: &mut RunSummary,
        watch: &dyn Watch,
    ) -> bool {
        let wall_us = clock.wall_us();
        if wall_us >= self.live_at_us {
            self.live_at_us = wall_us + LIVE_EVERY_US;
            summary.measures.end_slice(wall_us, self.active as u64);
            watch.live(&mut || {
                let (ended, journeys) = self.stage.progress();
                let health = self.probe.health();
                let lag_p99_us = health.lag_p99_us();
                let live = summary.measures.live();
                ShardLive { live, ended, journeys, lag_p99_us, cpu_us: health.cpu_us }
            });
            if watch.stop() {
                self.stage.finish(clock.now_ms(), log, || JourneyOutcome::Interrupted);
                return true;
            }
        }
        if summary.gone {
            let reason = format!(
                "the target stopped answering: {} exchanges in a row without an answer",
                summary.unanswered_in_a_row,
            );
            let outcome = || JourneyOutcome::Broken { reason: reason.clone() };
            self.stage.finish(clock.now_ms(), log, outcome);
            return true;
        }
        false
    }

    fn grant(&mut self, wanted: Wanted, now: Now, log: &mut Log<'_>) {
        let Wanted { slot, wish, intended_us, is_setup } = wanted;
        if self.stage.is_finished(slot) {
            return;
        }
        self.active += 1;
        let (lines, tray) = (Rc::clone(&self.lines), self.tray.clone());
        match wish {
            Wish::Exchange { member, .. } if self.stage.is_cut_off(slot, member) => {
                let travelled = Box::new(Travelled::nowhere());
                tray.put(slot, Done::Exchange { member, travelled, intended_us, is_setup });
            }
            Wish::Exchange { member, call } => {
                self.stage.sent(slot, now, log);
                // Boxed: a task is moved when it is made and twice when it ends, and its memory
                // must be aligned as few blocks of this size are.
                task::spawn_local(Box::pin(async move {
                    let travelled = Box::new(lines.exchange(slot, &call).await);
                    drop(call);
                    tray.put(slot, Done::Exchange { member, travelled, intended_us, is_setup });
                }));
            }
            Wish::Hook { cursor, name, arguments } => {
                let target = Rc::clone(&self.plan.target);
                task::spawn_local(async move {
                    let result = match target.hooks.get(&name) {
                        Some(hook) => hook::call(&lines.single, hook, &arguments).await,
                        None => Err("the target profile does not have it".to_owned()),
                    };
                    tray.put(slot, Done::Hook { cursor, result });
                });
            }
            Wish::Collect { cursor, member, over } => {
                let target = Rc::clone(&self.plan.target);
                let tls = self.instance_tls(now.ms);
                let desk = tray.clone();
                let ask = Rc::new(move |call, reply| {
                    let asked = Box::new(AskedInstance { call, reply });
                    desk.put(slot, Done::Asked { cursor, member, asked });
                });
                task::spawn_local(async move {
                    let result = collect(&lines.single, &target, tls, over, ask).await;
                    tray.put(slot, Done::Collection(Collected { cursor, member, result }));
                });
            }
        }
    }

    /// What instances show to collectors, where the profile asks for it.
    fn instance_tls(&self, now_ms: u64) -> Result<Option<InstanceTls>, String> {
        if !self.plan.target.instance.tls {
            return Ok(None);
        }
        let tls = InstanceTls::new(&self.plan.identity_seed(), now_ms);
        tls.map(Some).map_err(|error| error.to_string())
    }

    fn take(
        &mut self,
        slot: u32,
        done: Done,
        clock: &Clock,
        log: &mut Log<'_>,
        summary: &mut RunSummary,
    ) {
        let now = now(clock);
        match done {
            Done::Exchange { member, travelled, intended_us, is_setup } => {
                let mut sample = self.sample(&travelled, intended_us, is_setup, clock);
                count_exhausted(&travelled.reply, summary);
                let reply = travelled.reply;
                if travelled.sent_at.is_none() && !self.plan.is_load {
                    // Nobody was asked, so nobody was silent.
                    summary.unanswered += 1;
                } else {
                    summary.count_exchange(reply.result.is_ok(), self.plan);
                }
                let ended = self.stage.deliver(slot, now, log, |journey, wishes, log| {
                    journey.answered(member, reply, now.ms, wishes, log)
                });
                if let Some(Ended { kind, failure, is_retry }) = ended.flatten() {
                    if failure.is_none() {
                        self.stage.proved(slot);
                    }
                    (sample.step, sample.failure) = (kind, failure);
                    sample.is_retry |= is_retry;
                    summary.measures.take(&sample);
                }
            }
            Done::Hook { cursor, result } => {
                self.stage.deliver(slot, now, log, |journey, wishes, log| {
                    journey.hook_done(cursor, result, now.ms, wishes, log);
                });
            }
            Done::Asked { cursor, member, asked } => {
                let AskedInstance { call, reply } = *asked;
                let answer = self.stage.deliver(slot, now, log, |journey, wishes, log| {
                    journey.asked(cursor, member, &call, now.ms, wishes, log)
                });
                // Without an answer the listener says that nobody is there; nobody may listen.
                if let Some(answer) = answer.flatten() {
                    let _ = reply.send(answer);
                }
            }
            Done::Collection(collected) => {
                self.stage.deliver(slot, now, log, |journey, wishes, log| {
                    journey.collected(collected, now.ms, wishes, log);
                });
            }
        }
    }

    /// What one exchange adds to the measurements; times are wall time.
    fn sample(
        &self,
        travelled: &Travelled,
        intended_us: u64,
        is_setup: bool,
        clock: &Clock,
    ) -> Sample {
        let small = |bytes: u64| u32::try_from(bytes).unwrap_or(u32::MAX);
        let ended_us = clock.wall_us_at(travelled.ended_at);
        let sent_us = travelled.sent_at.map_or(ended_us, |sent_at| clock.wall_us_at(sent_at));
        let intended_us = intended_us.saturating_sub(clock.jumped_ms().saturating_mul(1_000));
        Sample {
            intended_us: intended_us.max(self.jumped_at_us).min(sent_us),
            sent_us,
            ended_us,
            measured: !is_setup,
            bytes_sent: small(travelled.bytes_sent),
            bytes_received: small(travelled.bytes_received),
            connection: travelled.connection,
            is_retry: travelled.is_resent,
            // What the exchange was is the journey's to say.
            step: StepKind::Raw,
            failure: None,
        }
    }

    /// Waits for whatever comes first; false when nothing ever will.
    async fn wait(&mut self, clock: &mut Clock, log: &mut Log<'_>) -> bool {
        let is_full = self.active >= self.plan.in_flight_max.max(1);
        if self.stage.has_work() && !is_full {
            // Others of this thread get their turn: sockets are read between two looks.
            task::yield_now().await;
            return true;
        }
        let arrival_ms = self.stage.next_arrival_us().map(|at_us| {
            let in_us = at_us.saturating_sub(clock.since_us());
            clock.now_ms().saturating_add(in_us.div_ceil(1_000))
        });
        let timer_ms = self.stage.next_due();
        if self.active > 0 || arrival_ms.is_some() {
            // While everything in flight is taken, only a result makes a difference.
            let held_up = self.stage.has_work();
            let due_ms = [arrival_ms, timer_ms].into_iter().flatten().min().filter(|_| !held_up);
            let until = due_ms.map(|due| Duration::from_millis(due.saturating_sub(clock.now_ms())));
            let pause = until.map_or(STOP_CHECK, |until| until.min(STOP_CHECK));
            // A result wakes at once; so does the time.
            let _ = tokio::time::timeout(pause, self.tray.filled()).await;
            return true;
        }
        match timer_ms {
            Some(due_ms) => self.let_time_pass(due_ms, clock, log).await,
            None => return false,
        }
        true
    }

    /// How far the clock goes beyond what is due next, from how many fell due the last time.
    fn next_stride(&mut self) -> u64 {
        let woken = self.stage.take_woken();
        if woken < STRIDE_INSTANCES / 2 {
            self.stride_ms = self.stride_ms.saturating_mul(2).min(STRIDE_MS_MAX);
        } else if woken > STRIDE_INSTANCES * 2 {
            self.stride_ms = (self.stride_ms / 2).max(1);
        }
        self.stride_ms
    }

    /// What the clocks are to be moved to: with several shards, only once all of them wait, and
    /// to what the first of them waits for.
    async fn first_due(&mut self, due_ms: u64, clock: &Clock) -> Option<u64> {
        let Some(metronome) = &self.plan.metronome else { return Some(due_ms) };
        if due_ms <= clock.now_ms() || !self.plan.target.hooks.contains_key("clock") {
            return Some(due_ms);
        }
        match metronome.idle(self.plan.shard, due_ms) {
            Turn::Move(first_ms) => Some(first_ms.max(clock.now_ms() + 1)),
            Turn::Wait => {
                self.is_waiting = true;
                tokio::time::sleep(IDLE_LOOK).await;
                None
            }
        }
    }

    /// Nothing is under way: waits, or moves the clocks, until something is due.
    async fn let_time_pass(&mut self, due_ms: u64, clock: &mut Clock, log: &mut Log<'_>) {
        let Some(due_ms) = self.first_due(due_ms, clock).await else { return };
        let mut wait_ms = due_ms.saturating_sub(clock.now_ms());
        if let Some(metronome) = self.plan.metronome.as_ref().filter(|_| wait_ms == 0) {
            // The time has come while the shards agreed on it.
            metronome.moved(None);
            return;
        }
        let wait_ms_max = if self.plan.is_load { LOAD_WAIT_MS_MAX } else { WAIT_MS_MAX };
        match self.plan.target.hooks.get("clock").filter(|_| wait_ms > 0) {
            Some(hook) => {
                if self.plan.is_load {
                    wait_ms = wait_ms.saturating_add(self.next_stride());
                } else if self.stage.count() > 1 {
                    // What falls due soon after is done together, late by a fiftieth of the
                    // wait at most.
                    let late_ms = (wait_ms / 50).min(COALESCE_MS_MAX);
                    wait_ms = wait_ms.saturating_add(late_ms);
                }
                let amount = ("advance_ms".to_owned(), wait_ms.to_string());
                let moved = hook::call(&self.lines.single, hook, &BTreeMap::from([amount])).await;
                if let Some(metronome) = &self.plan.metronome {
                    metronome.moved(moved.is_ok().then_some(wait_ms));
                }
                if let Err(reason) = moved {
                    let reason = format!("hook `clock`: {reason}");
                    let outcome = || JourneyOutcome::Broken { reason: reason.clone() };
                    self.stage.finish_waiting(now(clock), log, outcome);
                    return;
                }
                self.jump(wait_ms, clock);
                let event = Event::TimeAdvanced { by_ms: wait_ms, target_moved: true };
                log.record(clock.now_ms(), None, None, event);
            }
            None if wait_ms <= wait_ms_max => {
                tokio::time::sleep(Duration::from_millis(wait_ms).min(STOP_CHECK)).await;
            }
            None => {
                let lacks = || JourneyOutcome::NotRun { lacks: vec!["clock".to_owned()] };
                self.stage.finish_waiting(now(clock), log, lacks);
            }
        }
    }
}

fn now(clock: &Clock) -> Now {
    Now { ms: clock.now_ms(), us: clock.since_us() }
}

/// Counts exchanges that failed because this machine had no descriptor or no port left.
fn count_exhausted(reply: &Reply, summary: &mut RunSummary) {
    let Err(lost) = &reply.result else { return };
    // EMFILE and EADDRNOTAVAIL, as the system words them in every such failure.
    summary.fds_exhausted += u64::from(lost.detail.contains("Too many open files"));
    summary.ports_exhausted += u64::from(lost.detail.contains("Cannot assign requested address"));
}
