//! A muster run from its start to its end: wall time, memory on the way, and its load summary.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::counters::Counters;
use crate::error::Error;
use crate::lost_time::{LostTime, is_lossy};
use crate::muster;
use crate::process::{CommandLine, Pinned, cpu_us};
use crate::round::{Bench, micros};
use crate::server_process::ServerProcess;

/// How often memory and counters are looked at.
const LOOK: Duration = Duration::from_millis(50);

/// What a run that went to its end showed.
#[derive(Debug)]
pub(crate) struct WholeRun {
    /// From the start of the process to its end.
    pub(crate) seconds: f64,
    /// Resident memory, seconds after the start and bytes, at every look.
    pub(crate) memory: Vec<(f64, u64)>,
    /// Resident memory at the first look after the server had fetched as many deferred results as
    /// there are instances.
    pub(crate) settled: Option<u64>,
    /// What the server counted; nothing without one.
    pub(crate) counters: Counters,
    /// The run's own load summary.
    pub(crate) summary: Result<Value, String>,
    /// Share of the time that was lost.
    lost: Option<f64>,
    /// What other processes used on the two cores, as a share of one.
    others: f64,
    /// How it was started.
    pub(crate) command: String,
}

impl WholeRun {
    /// Whether too much time was lost for it to count.
    pub(crate) fn is_marked(&self) -> bool {
        is_lossy(self.lost, self.others)
    }
}

impl Bench {
    /// Runs `line` on `cores` to its end, beside the server process `server_id` if there is one.
    /// `users` is how many results make memory settled.
    pub(crate) fn whole_run(
        &mut self,
        server: Option<&ServerProcess>,
        server_id: Option<u32>,
        cores: &str,
        line: &CommandLine,
        users: u32,
        limit: Duration,
    ) -> Result<WholeRun, String> {
        let said = |error: Error| error.to_string();
        let before = self.lost_us()?;
        let server_us = || server_id.map_or(0, cpu_us);
        let (machine_before, server_before, mut client_us) = (self.machine_us(), server_us(), 0);
        let started = Instant::now();
        let mut client = Pinned::start(cores, line, &self.folder).map_err(said)?;
        let (mut memory, mut settled) = (Vec::new(), None);
        let mut looked_s = 0.0;
        let code = loop {
            if let Some(code) = client.ended() {
                break code;
            }
            let elapsed = started.elapsed();
            if elapsed > limit {
                return Err(format!("it is not done after {} s", limit.as_secs()));
            }
            client_us = cpu_us(client.id()).max(client_us);
            let resident = client.resident();
            if resident > 0 {
                memory.push((elapsed.as_secs_f64(), resident));
            }
            // The page is the server's work: less often than one's own look.
            if settled.is_none() && elapsed.as_secs_f64() - looked_s > 0.25 {
                looked_s = elapsed.as_secs_f64();
                let polls = server.and_then(|server| server.counters().ok()).unwrap_or_default();
                settled = (polls.polls >= u64::from(users)).then_some(resident);
            }
            std::thread::sleep(LOOK);
        };
        let wall = started.elapsed();
        let own_us = client_us + (server_us() - server_before);
        let others_us = (self.machine_us() - machine_before).saturating_sub(own_us);
        let lost = before.iter().zip(&self.lost_us()?).map(|(before, after)| after - before).max();
        // 1 is a verdict over the server, 2 one over gates: the run itself went to its end.
        if !matches!(code, 0..=2 | 6 | 8) {
            return Err(format!("it ended with {code}: {}", client.complaint()));
        }
        self.windows += 1;
        let run = WholeRun {
            seconds: wall.as_secs_f64(),
            memory,
            settled,
            counters: server.and_then(|server| server.counters().ok()).unwrap_or_default(),
            summary: muster::load_summary(&self.folder),
            lost: lost.map(|lost_us| micros(lost_us) / 1e6 / wall.as_secs_f64()),
            others: micros(others_us) / 1e6 / wall.as_secs_f64(),
            command: line.shown(),
        };
        self.marked += u32::from(run.is_marked());
        Ok(run)
    }

    fn lost_us(&mut self) -> Result<Vec<u64>, String> {
        let read = self.lost.as_mut().map(LostTime::read).transpose();
        read.map(Option::unwrap_or_default).map_err(|error| error.to_string())
    }
}
