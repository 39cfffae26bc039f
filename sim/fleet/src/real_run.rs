//! A run on sockets: exchanges side by side, the wall clock, and the target's clock hook for what
//! nobody wants to wait for.

mod errand;
mod line;
mod shard;

use std::sync::Arc;
use std::time::Duration;

use tokio::task::LocalSet;

use crate::clock::Clock;
use crate::health::ShardProbe;
use crate::log::Log;
use crate::plan::{Counters, Plan, RunError, RunSummary};
use crate::stage::Now;
use crate::transport::{Call, Client, ClientOptions, LoadClient, LoadOptions};
use crate::watch::Watch;

pub use line::Lines;
use shard::Shard;

/// Pauses before each attempt to reach the target.
const REACH_PAUSES_MS: [u64; 4] = [0, 200, 500, 1_000];

/// Runs a plan on sockets from the time of `clock` on. `watch` is asked four times a second.
pub async fn run(
    plan: &Plan,
    lines: &Lines,
    mut clock: Clock,
    log: &mut Log<'_>,
    watch: &dyn Watch,
) -> Result<RunSummary, RunError> {
    let mut summary = RunSummary::default();
    let mut counters = Counters::of(plan);
    let start_ms = clock.now_ms();
    let mut probe = ShardProbe::start();
    let local = LocalSet::new();
    let played = local
        .run_until(async {
            for program in &plan.scenarios {
                if watch.stop() {
                    summary.interrupted = true;
                    break;
                }
                if summary.gone {
                    break;
                }
                let now = Now { ms: clock.now_ms(), us: clock.since_us() };
                let stage = counters.open_stage(plan, program, now, log, &mut summary);
                let Some(stage) = stage else { continue };
                let mut shard = Shard::new(plan, lines, stage, &mut probe);
                shard.play(&mut clock, log, &mut summary, watch).await?;
            }
            if !plan.is_load {
                log.record(clock.now_ms(), None, None, summary.finished());
            }
            summary.logical_ms = clock.now_ms().saturating_sub(start_ms);
            summary.traffic = lines.traffic();
            summary.wall_us = clock.wall_us();
            summary.health.push(probe.health());
            Ok(summary)
        })
        .await;
    if let Some(metronome) = &plan.metronome {
        // Also after an error: the other shards must not wait for this one.
        metronome.done(plan.shard);
    }
    played
}

/// A client for a plan's target.
pub fn client(plan: &Plan, options: ClientOptions) -> Result<Client, RunError> {
    Client::for_target(&plan.target, options).map_err(|error| RunError::Tls {
        target: plan.target.name.clone(),
        reason: error.to_string(),
    })
}

/// The load client of a shard.
pub fn load_client(plan: &Plan, options: LoadOptions) -> Result<LoadClient, RunError> {
    LoadClient::for_target(&plan.target, options).map_err(|error| RunError::Tls {
        target: plan.target.name.clone(),
        reason: error.to_string(),
    })
}

/// Sees whether anything answers at the target, with bounded retries, and gives the clock the run
/// starts with: the wall clock, or the target's own time where the run can move it.
pub async fn reach(plan: &Plan, client: &Client) -> Result<Clock, RunError> {
    let Some((endpoint, url)) = plan.target.first_endpoint() else { return Ok(Clock::wall()) };
    let (mut reason, mut attempts) = (String::new(), 0);
    for pause in REACH_PAUSES_MS {
        tokio::time::sleep(Duration::from_millis(pause)).await;
        attempts += 1;
        // Where the first server is down, one to fail over to is a target that is there.
        for server in 0..plan.target.server_count(endpoint) {
            let Some(call) = probe(plan, endpoint, server) else { continue };
            match client.exchange(&call).await.result {
                Ok(received) if plan.target.hooks.contains_key("clock") => {
                    let mut headers = received.headers.iter();
                    let date = headers.find(|(name, _)| name == "date");
                    return Ok(Clock::wall().with_date_of(date.map(|(_, date)| date.as_str())));
                }
                Ok(_) => return Ok(Clock::wall()),
                Err(lost) => reason = lost.detail,
            }
        }
    }
    let (target, url) = (plan.target.name.clone(), url.text.clone());
    Err(RunError::Unreachable { target, url, attempts, reason })
}

/// A request that asks a server for nothing but a sign of life.
fn probe(plan: &Plan, endpoint: &str, server: usize) -> Option<Call> {
    let (endpoint, url) = plan.target.server(endpoint, server)?;
    let (headers, body) = (Arc::default(), Vec::new());
    Some(Call { endpoint, url, method: "GET".into(), headers, body })
}
