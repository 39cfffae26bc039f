//! A run on sockets: exchanges side by side, the wall clock, and the target's clock hook for what
//! nobody wants to wait for.

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;
use std::time::Duration;

use muster_journal::{Event, JourneyOutcome};
use tokio::sync::mpsc;
use tokio::task::LocalSet;

use crate::clock::Clock;
use crate::hook;
use crate::instance_api::{InstanceApi, Pushed};
use crate::journey::{Collected, Journey, Wish};
use crate::log::Log;
use crate::plan::{Counters, Plan, RunError, RunSummary};
use crate::target::Target;
use crate::transport::{Call, Client, ClientOptions, Reply};

/// Waits longer than this need the target's clock hook; a retry after 10 s and the 30 s of an
/// instance's crypto initialisation do not.
const WAIT_MS_MAX: u64 = 35_000;
/// How late a timer of a large run may fire, so that the clock need not move once per instance.
const COALESCE_MS_MAX: u64 = 600_000;
/// How often a waiting run looks whether the user wants it to stop.
const STOP_CHECK: Duration = Duration::from_millis(50);
/// Pauses before each attempt to reach the target.
const REACH_PAUSES_MS: [u64; 4] = [0, 200, 500, 1_000];

/// Runs a plan on sockets from the time of `clock` on. `stop` is asked about every 50 ms.
pub async fn run(
    plan: &Plan,
    client: &Client,
    mut clock: Clock,
    log: &mut Log<'_>,
    stop: &dyn Fn() -> bool,
) -> Result<RunSummary, RunError> {
    let mut summary = RunSummary::default();
    let mut counters = Counters::default();
    let local = LocalSet::new();
    local
        .run_until(async {
            for program in &plan.scenarios {
                if stop() {
                    summary.interrupted = true;
                    break;
                }
                if summary.gone {
                    break;
                }
                let now_ms = clock.now_ms();
                let stage = counters.open_stage(plan, program, now_ms, log, &mut summary, stop)?;
                let (done, results) = mpsc::unbounded_channel();
                let mut shard = Shard {
                    plan,
                    client: client.clone(),
                    journeys: stage.journeys,
                    queue: stage.wishes.into(),
                    active: 0,
                    done,
                    results,
                };
                shard.play(&mut clock, log, &mut summary, stop).await;
            }
            log.record(clock.now_ms(), None, None, summary.finished());
            Ok(summary)
        })
        .await
}

/// A client for a plan's target.
pub fn client(plan: &Plan, options: ClientOptions) -> Result<Client, RunError> {
    Client::new(&plan.target.roots, options).map_err(|error| RunError::Tls {
        target: plan.target.name.clone(),
        reason: error.to_string(),
    })
}

/// Sees whether anything answers at the target, with bounded retries, and gives the clock the run
/// starts with: the wall clock, or the target's own time where the run can move it.
pub async fn reach(plan: &Plan, client: &Client) -> Result<Clock, RunError> {
    let Some((endpoint, url)) = plan.target.first_endpoint() else { return Ok(Clock::wall()) };
    let call = Call {
        endpoint: endpoint.to_owned(),
        url: url.clone(),
        method: "GET".to_owned(),
        headers: Vec::new(),
        body: Vec::new(),
    };
    let mut reason = String::new();
    let mut attempts = 0;
    for pause in REACH_PAUSES_MS {
        tokio::time::sleep(Duration::from_millis(pause)).await;
        attempts += 1;
        match client.exchange(&call).await.result {
            Ok(received) if plan.target.hooks.contains_key("clock") => {
                let mut headers = received.headers.iter();
                let date = headers.find(|(name, _)| name == "date").map(|(_, date)| date.as_str());
                return Ok(Clock::wall().with_date_of(date));
            }
            Ok(_) => return Ok(Clock::wall()),
            Err(lost) => reason = lost.detail,
        }
    }
    let (target, url) = (plan.target.name.clone(), url.text.clone());
    Err(RunError::Unreachable { target, url, attempts, reason })
}

enum Done {
    Exchange { member: usize, reply: Reply },
    Hook { cursor: usize, result: Result<String, String> },
    Collection(Collected),
}

/// Has the server collect `reports` from a listener of the instance's own.
async fn collect(
    client: &Client,
    target: &Target,
    reports: Vec<u8>,
) -> (Result<String, String>, Vec<Pushed>) {
    let Some(hook) = target.hooks.get("collect") else {
        return (Err("the target profile does not have it".to_owned()), Vec::new());
    };
    let api = match InstanceApi::open(reports).await {
        Ok(api) => api,
        Err(error) => return (Err(format!("no listener: {error}")), Vec::new()),
    };
    let arguments = BTreeMap::from([("url".to_owned(), api.url.clone())]);
    let result = hook::call(client, hook, &arguments).await;
    (result, api.pushed())
}

struct Shard<'a> {
    plan: &'a Plan,
    client: Client,
    journeys: Vec<Journey>,
    queue: VecDeque<(usize, Wish)>,
    active: usize,
    done: mpsc::UnboundedSender<(usize, Done)>,
    results: mpsc::UnboundedReceiver<(usize, Done)>,
}

impl Shard<'_> {
    async fn play(
        &mut self,
        clock: &mut Clock,
        log: &mut Log<'_>,
        summary: &mut RunSummary,
        stop: &dyn Fn() -> bool,
    ) {
        loop {
            if stop() {
                let now_ms = clock.now_ms();
                for journey in &mut self.journeys {
                    journey.finish(now_ms, JourneyOutcome::Interrupted, log);
                }
                break;
            }
            if summary.gone {
                let reason = format!(
                    "the target stopped answering: {} exchanges in a row without an answer",
                    summary.unanswered_in_a_row,
                );
                for journey in &mut self.journeys {
                    let outcome = JourneyOutcome::Broken { reason: reason.clone() };
                    journey.finish(clock.now_ms(), outcome, log);
                }
                break;
            }
            while self.active < self.plan.in_flight_max.max(1) {
                let Some((at, wish)) = self.queue.pop_front() else { break };
                self.grant(at, wish);
            }
            if self.active > 0 {
                let result = tokio::time::timeout(STOP_CHECK, self.results.recv()).await;
                if let Ok(Some((at, done))) = result {
                    self.active -= 1;
                    self.take(at, done, clock.now_ms(), log, summary);
                }
            } else if !self.let_time_pass(clock, log).await {
                break;
            }
        }
        self.journeys.iter().for_each(|journey| summary.count(journey));
    }

    fn grant(&mut self, at: usize, wish: Wish) {
        if self.journeys[at].is_finished() {
            return;
        }
        self.active += 1;
        let (client, done) = (self.client.clone(), self.done.clone());
        // The receiver outlives every task unless the run is over; then nobody wants the result.
        match wish {
            Wish::Exchange { member, call } => {
                tokio::task::spawn_local(async move {
                    let reply = client.exchange(&call).await;
                    let _ = done.send((at, Done::Exchange { member, reply }));
                });
            }
            Wish::Hook { cursor, name, arguments } => {
                let target = Rc::clone(&self.plan.target);
                tokio::task::spawn_local(async move {
                    let result = match target.hooks.get(&name) {
                        Some(hook) => hook::call(&client, hook, &arguments).await,
                        None => Err("the target profile does not have it".to_owned()),
                    };
                    let _ = done.send((at, Done::Hook { cursor, result }));
                });
            }
            Wish::Collect { cursor, member, reports } => {
                let target = Rc::clone(&self.plan.target);
                tokio::task::spawn_local(async move {
                    let (result, pushed) = collect(&client, &target, reports).await;
                    let collected = Collected { cursor, member, result, pushed };
                    let _ = done.send((at, Done::Collection(collected)));
                });
            }
        }
    }

    fn take(
        &mut self,
        at: usize,
        done: Done,
        now_ms: u64,
        log: &mut Log<'_>,
        summary: &mut RunSummary,
    ) {
        let mut wishes = Vec::new();
        match done {
            Done::Exchange { member, reply } => {
                summary.count_exchange(reply.result.is_ok(), self.plan);
                self.journeys[at].answered(member, &reply, now_ms, &mut wishes, log);
            }
            Done::Hook { cursor, result } => {
                self.journeys[at].hook_done(cursor, result, now_ms, &mut wishes, log);
            }
            Done::Collection(collected) => {
                self.journeys[at].collected(collected, now_ms, &mut wishes, log);
            }
        }
        self.queue.extend(wishes.into_iter().map(|wish| (at, wish)));
    }

    /// Nothing is under way: waits, or moves the clocks, until something is due. False when
    /// nothing ever will be.
    async fn let_time_pass(&mut self, clock: &mut Clock, log: &mut Log<'_>) -> bool {
        let Some(due) = self.journeys.iter().filter_map(Journey::next_due).min() else {
            return false;
        };
        let mut wait_ms = due.saturating_sub(clock.now_ms());
        if wait_ms > 0 {
            match self.plan.target.hooks.get("clock") {
                Some(hook) => {
                    if self.journeys.len() > 1 {
                        // What falls due soon after is done together, late by a fiftieth of the
                        // wait at most.
                        let late_ms = (wait_ms / 50).min(COALESCE_MS_MAX);
                        wait_ms = wait_ms.saturating_add(late_ms);
                    }
                    let amount = ("advance_ms".to_owned(), wait_ms.to_string());
                    let moved = hook::call(&self.client, hook, &BTreeMap::from([amount])).await;
                    if let Err(reason) = moved {
                        let reason = format!("hook `clock`: {reason}");
                        self.finish_waiting(clock.now_ms(), log, |_| JourneyOutcome::Broken {
                            reason: reason.clone(),
                        });
                        return true;
                    }
                    clock.jump(wait_ms);
                    let event = Event::TimeAdvanced { by_ms: wait_ms, target_moved: true };
                    log.record(clock.now_ms(), None, None, event);
                }
                None if wait_ms <= WAIT_MS_MAX => {
                    let pause = Duration::from_millis(wait_ms).min(STOP_CHECK);
                    tokio::time::sleep(pause).await;
                }
                None => {
                    self.finish_waiting(clock.now_ms(), log, |_| JourneyOutcome::NotRun {
                        lacks: vec!["clock".to_owned()],
                    });
                    return true;
                }
            }
        }
        let now_ms = clock.now_ms();
        for at in 0..self.journeys.len() {
            if self.journeys[at].next_due().is_some_and(|due| due <= now_ms) {
                let mut wishes = Vec::new();
                self.journeys[at].run(now_ms, &mut wishes, log);
                self.queue.extend(wishes.into_iter().map(|wish| (at, wish)));
            }
        }
        true
    }

    fn finish_waiting(
        &mut self,
        now_ms: u64,
        log: &mut Log<'_>,
        outcome: impl Fn(&Journey) -> JourneyOutcome,
    ) {
        for journey in &mut self.journeys {
            if journey.next_due().is_some() {
                let outcome = outcome(journey);
                journey.finish(now_ms, outcome, log);
            }
        }
    }
}
