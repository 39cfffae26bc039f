//! What one shard measures, and how shards are added up.
//!
//! - `sample`: one exchange as it is taken
//! - `distribution`: latencies of a whole run; `log_counts`: of a slice or an interval
//! - `course`: the run in slices of wall time
//! - `live`: figures for a display while the run goes on; [`prometheus`]: the same as a page

mod course;
mod distribution;
mod live;
mod log_counts;
mod prometheus;
mod sample;
mod totals;

use muster_journal::LoadSummary;
use muster_journal::load::StepLatency;

use course::Course;
use distribution::Distribution;
use log_counts::LogCounts;

pub use live::{Live, LiveTotals};
pub use prometheus::{Gauges, prometheus};
pub use sample::{ConnectionUse, Failure, Sample, StepKind};
pub use totals::Totals;

/// Name of the row over all kinds of steps.
const ALL: &str = "all";

/// What one shard measured, or several added up; adding is exact and in any order the same.
///
/// Memory: for each kind of step that occurs three histograms of 98 KB, or 188 KB once a latency
/// was over 2 s; and 1 KB for each of at most 240 slices. With the usual three kinds 1.1 MB a shard
/// and never over 3.7 MB, whatever the number of instances and the length of the run.
#[derive(Clone, Debug, Default)]
pub struct Measures {
    totals: Totals,
    /// By kind of step; kinds that do not occur cost nothing.
    steps: [Option<Box<StepMeasures>>; StepKind::COUNT],
    course: Course,
    in_flight: u64,
    /// Exchanges and errors at the last call of `live`.
    shown: (u64, u64),
}

#[derive(Clone, Debug, Default)]
struct StepMeasures {
    failed: u64,
    corrected: Distribution,
    raw: Distribution,
    blocked: Distribution,
    /// Corrected latencies since the last call of `live`.
    interval: LogCounts,
}

impl Measures {
    /// Nothing measured.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes one exchange that ended. A failed one has a latency, too: the time until it failed.
    pub fn take(&mut self, sample: &Sample) {
        self.totals.take(sample);
        let has_failed = sample.failure.is_some();
        let corrected_us = sample.ended_us.saturating_sub(sample.intended_us);
        let measured_us = sample.measured.then_some(corrected_us);
        self.course.take(sample.ended_us, has_failed, measured_us);
        if sample.measured {
            let step = self.steps[sample.step as usize].get_or_insert_default();
            step.failed += u64::from(has_failed);
            step.corrected.take(corrected_us);
            step.raw.take(sample.ended_us.saturating_sub(sample.sent_us));
            step.blocked.take(sample.sent_us.saturating_sub(sample.intended_us));
            step.interval.take(corrected_us);
        }
    }

    /// Notes how many exchanges are under way. To be called about once a second; a slice keeps
    /// what was noted nearest to its end. `now_us` is wall time since the run began, microseconds.
    pub fn end_slice(&mut self, now_us: u64, in_flight: u64) {
        self.in_flight = in_flight;
        self.course.note_in_flight(now_us, in_flight);
    }

    /// Adds what another shard measured in the same run. Slices are added by wall time.
    pub fn merge(&mut self, other: &Self) {
        self.totals.merge(&other.totals);
        self.course.merge(&other.course);
        self.in_flight += other.in_flight;
        self.shown.0 += other.shown.0;
        self.shown.1 += other.shown.1;
        for (step, other) in self.steps.iter_mut().zip(&other.steps) {
            if let Some(other) = other {
                let step = step.get_or_insert_default();
                step.add(other);
                step.interval.merge(&other.interval);
            }
        }
    }

    /// The figures since the last call, and the totals.
    pub fn live(&mut self) -> Live {
        let (exchanges, errors) = (self.totals.exchanges(), self.totals.errors());
        let shown = std::mem::replace(&mut self.shown, (exchanges, errors));
        let mut live = Live {
            totals: self.totals.clone(),
            in_flight: self.in_flight,
            exchanges: exchanges - shown.0,
            failed: errors - shown.1,
            latencies: Vec::new(),
        };
        for (kind, step) in StepKind::ALL.into_iter().zip(&mut self.steps) {
            if let Some(step) = step
                && step.interval.count() > 0
            {
                live.latencies.push((kind, std::mem::take(&mut step.interval)));
            }
        }
        live
    }

    /// Fills in what was measured: the counts of exchanges, errors and retries, the latencies by
    /// kind of step, the failures, the traffic and the course.
    pub fn fill(&self, summary: &mut LoadSummary) {
        summary.totals.exchanges = self.totals.exchanges();
        summary.totals.errors = self.totals.errors();
        summary.totals.retries = self.totals.retries;
        let failures = self.totals.failures().filter(|(_, count)| *count > 0);
        summary.failures =
            failures.map(|(cause, count)| (cause.name().to_owned(), count)).collect();
        summary.traffic = self.totals.traffic.clone();
        summary.course = self.course.points();
        // Adding up once at the end costs less than a fourth distribution for each sample.
        let mut all = StepMeasures::default();
        self.steps.iter().flatten().for_each(|step| all.add(step));
        summary.steps = vec![all.row(ALL)];
        for (kind, step) in StepKind::ALL.into_iter().zip(&self.steps) {
            summary.steps.extend(step.as_ref().map(|step| step.row(kind.name())));
        }
    }
}

impl StepMeasures {
    fn add(&mut self, other: &Self) {
        self.failed += other.failed;
        self.corrected.merge(&other.corrected);
        self.raw.merge(&other.raw);
        self.blocked.merge(&other.blocked);
    }

    fn row(&self, step: &str) -> StepLatency {
        StepLatency {
            step: step.to_owned(),
            count: self.corrected.count(),
            failed: self.failed,
            corrected: self.corrected.percentiles(),
            raw: self.raw.percentiles(),
            blocked: self.blocked.percentiles(),
        }
    }
}

/// How many samples a percentile needs before it says anything: ten beyond it. `quantile` is from
/// 0 to below 1, for example 0.99, which needs 1,000.
pub fn samples_needed(quantile: f64) -> u64 {
    // 1 - 0.9 is a hair above 0.1 or below; a sample more or less must not hang on that.
    (10.0 / (1.0 - quantile) - 1e-6).ceil() as u64
}

#[cfg(test)]
mod tests;
