//! Whether what was measured meets the scenario's gates.
//!
//! A gate is met, missed, or cannot be told: a percentile of too few samples is not a verdict, and
//! a figure of something that never happened is none either.

mod shown;

pub use shown::grouped;

use muster_journal::load::{GateResult, GateVerdict, LoadSummary, Percentiles, StepLatency};
use muster_scenarios::model::{Bound, Comparison, Figure, Gate, Latency, Metric};

/// Samples that must lie beyond a percentile before it is believed. With ten, one more slow answer
/// moves the rank by a tenth of the tail; with one it would be the tail.
const TAIL_SAMPLES: u64 = 10;

/// One gate and the scenario it stands in.
#[derive(Clone, Copy, Debug)]
pub struct ScenarioGate<'a> {
    /// Id of the scenario.
    pub scenario: &'a str,
    /// The gate as the scenario has it.
    pub gate: &'a Gate,
}

/// Judges every gate over what was measured, in the order given.
pub fn judge(gates: &[ScenarioGate<'_>], summary: &LoadSummary) -> Vec<GateResult> {
    gates
        .iter()
        .map(|ScenarioGate { scenario, gate }| {
            let Judged { verdict, actual } = judge_one(gate, summary);
            GateResult {
                gate: gate.text.clone(),
                scenario: (*scenario).to_owned(),
                line: gate.line,
                verdict,
                actual,
            }
        })
        .collect()
}

/// Samples of a step that `figure` needs before it is a verdict: `10 / (1 - q)`, so that ten of
/// them lie beyond the percentile. A mean and a maximum say what they say of any number.
pub fn samples_needed(figure: Figure) -> u64 {
    let beyond_per_mille = match figure {
        Figure::Mean | Figure::Max => return 1,
        Figure::P50 => 500,
        Figure::P90 => 100,
        Figure::P95 => 50,
        Figure::P99 => 10,
        Figure::P999 => 1,
    };
    TAIL_SAMPLES * 1_000 / beyond_per_mille
}

/// A verdict with the measured value in words.
struct Judged {
    verdict: GateVerdict,
    actual: String,
}

impl Judged {
    fn of(held: bool, actual: String) -> Self {
        Self { verdict: if held { GateVerdict::Met } else { GateVerdict::Missed }, actual }
    }

    fn unclear(why: impl Into<String>, actual: String) -> Self {
        Self { verdict: GateVerdict::Indeterminate { why: why.into() }, actual }
    }

    /// Nothing was measured that could be compared.
    fn nothing(why: impl Into<String>) -> Self {
        Self::unclear(why, "not measured".to_owned())
    }

    /// The bound is of another kind than the metric; the parser refuses such a gate, a gate made
    /// by hand gets an answer all the same.
    fn mismatch(metric: &str, wanted: &str) -> Self {
        Self::nothing(format!("{metric} is compared with {wanted}"))
    }
}

fn judge_one(gate: &Gate, summary: &LoadSummary) -> Judged {
    match &gate.metric {
        Metric::Latency { which, figure, step } => latency(gate, summary, *which, *figure, step),
        Metric::ErrorShare { of } => error_share(gate, summary, of),
        Metric::Throughput { step } => throughput(gate, summary, step),
        Metric::Count(name) => count(gate, summary, name),
        Metric::Rss => rss(gate, summary),
    }
}

/// The row of a step that took place at least once.
fn happened<'a>(summary: &'a LoadSummary, step: &str) -> Result<&'a StepLatency, Judged> {
    let row = summary.steps.iter().find(|row| row.step == step && row.count > 0);
    row.ok_or_else(|| match step {
        "all" => Judged::nothing("no exchange was measured"),
        step => Judged::nothing(format!("no `{step}` was measured")),
    })
}

fn latency(
    gate: &Gate,
    summary: &LoadSummary,
    which: Latency,
    figure: Figure,
    step: &str,
) -> Judged {
    let Bound::Micros(bound) = gate.bound else {
        return Judged::mismatch("a latency", "a duration, for example 250ms");
    };
    let row = match happened(summary, step) {
        Ok(row) => row,
        Err(judged) => return judged,
    };
    let distribution = match which {
        Latency::Corrected => &row.corrected,
        Latency::Raw => &row.raw,
        Latency::Blocked => &row.blocked,
    };
    let micros = figure_of(distribution, figure);
    let actual = shown::duration(micros, bound, gate);
    let needed = samples_needed(figure);
    if row.count < needed {
        let why = format!(
            "{} needs {} samples, there {} {}",
            figure_name(figure),
            shown::grouped(needed),
            if row.count == 1 { "is" } else { "are" },
            shown::grouped(row.count),
        );
        return Judged::unclear(why, actual);
    }
    Judged::of(holds(micros, gate.comparison, as_float(bound)), actual)
}

/// Microseconds. Every figure but the mean is a whole number below 2^53, so nothing is lost.
fn figure_of(distribution: &Percentiles, figure: Figure) -> f64 {
    as_float(match figure {
        Figure::Mean => return distribution.mean,
        Figure::P50 => distribution.p50,
        Figure::P90 => distribution.p90,
        Figure::P95 => distribution.p95,
        Figure::P99 => distribution.p99,
        Figure::P999 => distribution.p999,
        Figure::Max => distribution.max,
    })
}

fn figure_name(figure: Figure) -> &'static str {
    match figure {
        Figure::Mean => "mean",
        Figure::P50 => "p50",
        Figure::P90 => "p90",
        Figure::P95 => "p95",
        Figure::P99 => "p99",
        Figure::P999 => "p999",
        Figure::Max => "max",
    }
}

fn error_share(gate: &Gate, summary: &LoadSummary, of: &str) -> Judged {
    let Bound::Number(bound) = gate.bound else {
        return Judged::mismatch("a share", "a number or percentage, for example 0.1%");
    };
    let failed = match of {
        "errors" => summary.totals.errors,
        cause => summary.failures.get(cause).copied().unwrap_or(0),
    };
    // An exchange that failed before a byte was sent is a failure of an exchange all the same.
    let exchanges = summary.totals.exchanges.max(failed);
    if exchanges == 0 {
        return Judged::nothing("no exchange was measured");
    }
    let share = as_float(failed) / as_float(exchanges);
    Judged::of(holds(share, gate.comparison, bound), shown::share(share, bound))
}

fn throughput(gate: &Gate, summary: &LoadSummary, step: &str) -> Judged {
    let Bound::Number(bound) = gate.bound else {
        return Judged::mismatch("a throughput", "a number per second");
    };
    let row = match happened(summary, step) {
        Ok(row) => row,
        Err(judged) => return judged,
    };
    if summary.wall_ms == 0 {
        return Judged::nothing("the run took no measurable time");
    }
    let per_s = as_float(row.count) * 1_000.0 / as_float(summary.wall_ms);
    Judged::of(holds(per_s, gate.comparison, bound), shown::rate(per_s, bound))
}

fn count(gate: &Gate, summary: &LoadSummary, name: &str) -> Judged {
    let Some(actual) = count_of(summary, name) else {
        return Judged::nothing(format!("nothing is counted as `{name}`"));
    };
    match &gate.bound {
        Bound::Number(bound) => {
            Judged::of(holds(as_float(actual), gate.comparison, *bound), shown::grouped(actual))
        }
        Bound::Count(other) => {
            let Some(bound) = count_of(summary, other) else {
                return Judged::nothing(format!("nothing is counted as `{other}`"));
            };
            let words = shown::count_against(actual, bound, other, gate.comparison);
            if actual == 0 && bound == 0 && is_vacuous(name, gate.comparison) {
                return Judged::unclear(format!("`{name}` and `{other}` are both 0"), words);
            }
            Judged::of(holds(actual, gate.comparison, bound), words)
        }
        Bound::Micros(_) | Bound::Bytes(_) => Judged::mismatch("a count", "a number"),
    }
}

/// Whether a gate met by zero on both sides would only say that nothing happened: everyone of
/// nobody recovered. `dropped == errors` at zero is a real answer.
fn is_vacuous(name: &str, comparison: Comparison) -> bool {
    let achieved = matches!(
        name,
        "trusted" | "reported" | "acknowledged" | "completed" | "churned" | "recovered"
    );
    achieved && matches!(comparison, Comparison::Equal | Comparison::GreaterOrEqual)
}

fn count_of(summary: &LoadSummary, name: &str) -> Option<u64> {
    let totals = &summary.totals;
    Some(match name {
        "instances" => summary.instances,
        "trusted" => totals.instances_trusted,
        "reported" => totals.instances_reported,
        "acknowledged" => totals.instances_acknowledged,
        "completed" => totals.completed,
        "dropped" => totals.dropped,
        "errors" => totals.errors,
        "retries" => totals.retries,
        "churned" => totals.churned,
        "recovered" => totals.recovered,
        _ => return None,
    })
}

fn rss(gate: &Gate, summary: &LoadSummary) -> Judged {
    let Bound::Bytes(bound) = gate.bound else {
        return Judged::mismatch("memory", "a size, for example 400MB");
    };
    match summary.health.rss_peak_bytes {
        0 => Judged::nothing("this system does not say how much memory a process uses"),
        peak => Judged::of(holds(peak, gate.comparison, bound), shown::size(peak, bound, gate)),
    }
}

fn holds<T: PartialOrd>(actual: T, comparison: Comparison, bound: T) -> bool {
    match comparison {
        Comparison::Less => actual < bound,
        Comparison::LessOrEqual => actual <= bound,
        Comparison::Equal => actual == bound,
        Comparison::GreaterOrEqual => actual >= bound,
        Comparison::Greater => actual > bound,
    }
}

/// Counts, microseconds and bytes of a run are far below 2^53, where every whole number is exact.
fn as_float(value: u64) -> f64 {
    value as f64
}

#[cfg(test)]
mod tests;
