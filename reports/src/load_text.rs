//! A load run in words and figures, as every report shows it: gates, latencies, counts, traffic and
//! how the generator fared.

use muster_conformance::Results;
use muster_journal::load::{
    GateResult, GateVerdict, GeneratorHealth, GroupArrivals, LoadSummary, Percentiles, StepLatency,
};

use crate::reproduction;
use crate::text::{counted, cut, one_line};
use crate::units::{bytes, duration, grouped, grouped_within, per_second, share, span};

/// Heads of the latency table after the step.
pub(crate) const LATENCY_HEADS: [&str; 10] =
    ["count", "failed", "p50", "p90", "p95", "p99", "p99.9", "max", "raw p99", "blocked p99"];

/// What the latency columns mean.
pub(crate) const LATENCY_LEGEND: &str = "Counted from the intended start; raw from the first byte \
     sent; blocked is the wait before it.";

/// Heads of the arrival table after the group.
pub(crate) const GROUP_HEADS: [&str; 4] = ["instances", "intended", "started", "dropped"];

/// What a cell shows when there is nothing to show.
pub(crate) const NOTHING: &str = "·";

/// A partial journal, said wherever a run is introduced.
pub(crate) const PARTIAL: &str =
    "The journal leaves entries out: what it does not show may have happened all the same.";

/// Characters of a count in a table.
const COUNT_LETTERS_MAX: usize = 10;
const FAILED_LETTERS_MAX: usize = 8;

/// Characters of a text from a scenario or the generator.
const TEXT_LETTERS_MAX: usize = 400;

/// Characters of a gate or a reason in the verdict line.
const LINE_LETTERS_MAX: usize = 160;

/// Shards named one by one.
const SHARDS_NAMED_MAX: usize = 8;

/// One line of a list of figures.
#[derive(Debug)]
pub(crate) struct Fact {
    pub(crate) label: &'static str,
    pub(crate) text: String,
    /// Whether a reader must not overlook it.
    pub(crate) stands_out: bool,
}

/// A gate as a row.
#[derive(Debug)]
pub(crate) struct GateRow {
    /// The class of its state, as of a verdict.
    pub(crate) class: &'static str,
    /// Its state in words.
    pub(crate) state: &'static str,
    pub(crate) gate: String,
    /// Empty when nothing was measured.
    pub(crate) actual: String,
    /// Why it cannot be told; empty otherwise.
    pub(crate) why: String,
    /// Where it stands; empty when the journal does not say.
    pub(crate) place: String,
}

const fn fact(label: &'static str, text: String) -> Fact {
    Fact { label, text, stands_out: false }
}

/// All gates, in the order of the scenarios.
pub(crate) fn gates(results: &Results) -> Vec<GateRow> {
    results.gates().map(|gate| gate_row(gate, results)).collect()
}

fn gate_row(gate: &GateResult, results: &Results) -> GateRow {
    let (class, state, why) = match &gate.verdict {
        GateVerdict::Met => ("conforms", "met", ""),
        GateVerdict::Missed => ("violates", "MISSED", ""),
        GateVerdict::Indeterminate { why } => ("inconclusive", "cannot be told", why.as_str()),
    };
    GateRow {
        class,
        state,
        gate: shown(&gate.gate),
        actual: shown(&gate.actual),
        why: shown(why),
        place: gate_place(gate, results),
    }
}

/// `file:line` of a gate; empty when the journal does not name its scenario.
pub(crate) fn gate_place(gate: &GateResult, results: &Results) -> String {
    if gate.scenario.is_empty() {
        return String::new();
    }
    let file =
        one_line(&reproduction::file(&gate.scenario, scenario_file(&gate.scenario, results)));
    if gate.line == 0 { file } else { format!("{file}:{}", gate.line) }
}

/// The file of a scenario as it was named; empty for one of the library.
pub(crate) fn scenario_file<'a>(scenario: &str, results: &'a Results) -> &'a str {
    let known = results.scenarios.iter().find(|known| known.id == scenario);
    known.map_or("", |known| known.file.as_str())
}

/// The gates by state, for example `3 met, 1 missed`; empty when there are none.
pub(crate) fn gate_counts(results: &Results) -> String {
    let count =
        |fits: fn(&GateVerdict) -> bool| results.gates().filter(|gate| fits(&gate.verdict)).count();
    let states = [
        (count(|verdict| *verdict == GateVerdict::Met), "met"),
        (count(|verdict| *verdict == GateVerdict::Missed), "missed"),
        (count(|verdict| matches!(verdict, GateVerdict::Indeterminate { .. })), "cannot be told"),
    ];
    let parts = states.into_iter().filter(|(count, _)| *count > 0);
    parts.map(|(count, state)| format!("{count} {state}")).collect::<Vec<_>>().join(", ")
}

/// The first gate missed, with its value, and how many more; none when none is.
pub(crate) fn gates_missed(results: &Results) -> Option<String> {
    let mut missed = results.gates().filter(|gate| gate.verdict == GateVerdict::Missed);
    let first = missed.next()?;
    let line = |text: &str| cut(&one_line(text), LINE_LETTERS_MAX).into_owned();
    let mut text = format!("gate {} missed", line(&first.gate));
    if !first.actual.is_empty() {
        text.push_str(&format!(" with {}", line(&first.actual)));
    }
    match missed.count() as u64 {
        0 => {}
        more => text.push_str(&format!(", and {}", counted(more, "more gate"))),
    }
    Some(text)
}

/// Why the generator was the bottleneck, without what to do about it; none when it was not.
pub(crate) fn saturation(results: &Results) -> Option<String> {
    let (first, more) = results.load.as_ref()?.health.saturated.split_first()?;
    let cause = first.split(';').next().unwrap_or_default().trim().trim_end_matches('.');
    let mut text = cut(&one_line(cause), LINE_LETTERS_MAX).into_owned();
    if !more.is_empty() {
        text.push_str(&format!(", and {}", counted(more.len() as u64, "more reason")));
    }
    Some(text)
}

/// Why the generator was the bottleneck, as full sentences.
pub(crate) fn saturated(health: &GeneratorHealth) -> Vec<String> {
    health.saturated.iter().map(|reason| sentence(reason)).collect()
}

/// The cells of a step after its name; a percentile of nothing is not shown as 0.
pub(crate) fn latency_cells(step: &StepLatency) -> [String; 10] {
    let time = |us: u64| if step.count == 0 { NOTHING.to_owned() } else { duration(us) };
    let Percentiles { p50, p90, p95, p99, p999, max, .. } = step.corrected;
    let [p50, p90, p95, p99, p999, max] = [p50, p90, p95, p99, p999, max].map(time);
    let count = grouped_within(step.count, COUNT_LETTERS_MAX);
    let (raw, blocked) = (time(step.raw.p99), time(step.blocked.p99));
    [count, failed_cell(step.failed), p50, p90, p95, p99, p999, max, raw, blocked]
}

fn failed_cell(count: u64) -> String {
    if count == 0 { NOTHING.to_owned() } else { grouped_within(count, FAILED_LETTERS_MAX) }
}

/// The cells of a group after its name.
pub(crate) fn group_cells(group: &GroupArrivals) -> [String; 4] {
    let count = |count| grouped_within(count, COUNT_LETTERS_MAX);
    let GroupArrivals { instances, intended, started, .. } = group;
    [count(*instances), count(*intended), count(*started), failed_cell(group.dropped)]
}

/// Instances, shards and time in one line.
pub(crate) fn extent(load: &LoadSummary) -> String {
    let shards = counted(load.shards.into(), "shard");
    let instances = many(load.instances, "instance");
    format!("{instances} on {shards}, {}", span(load.wall_ms))
}

/// What the run did.
pub(crate) fn totals(load: &LoadSummary) -> Vec<Fact> {
    let totals = &load.totals;
    let mut facts = vec![throughput(load), failed(load)];
    // A tick of either clock is no difference.
    if load.logical_ms > load.wall_ms.saturating_add(load.wall_ms / 100) {
        let passed = format!("{} passed in {}", span(load.logical_ms), span(load.wall_ms));
        facts.push(fact("Logical time", passed));
    }
    let text = format!(
        "{}: {} trusted, {} reported, {} acknowledged",
        grouped(load.instances),
        grouped(totals.instances_trusted),
        grouped(totals.instances_reported),
        grouped(totals.instances_acknowledged)
    );
    facts.push(fact("Instances", text));
    facts.push(fact("RUM reports", format!("{} acknowledged", grouped(totals.acknowledged))));
    facts.push(fact("Journeys", format!("{} completed", grouped(totals.completed))));
    let dropped = format!("{} for which no instance was free", many(totals.dropped, "arrival"));
    facts.push(Fact { label: "Dropped", text: dropped, stands_out: totals.dropped > 0 });
    facts.push(fact("Retries", format!("{} sent again", many(totals.retries, "request"))));
    if totals.churned > 0 || totals.recovered > 0 {
        let text = format!(
            "{} of power, network or run; {} of those hit work again",
            if totals.churned == 1 {
                "1 loss".to_owned()
            } else {
                format!("{} losses", grouped(totals.churned))
            },
            many(totals.recovered, "instance")
        );
        facts.push(fact("Churn", text));
    }
    facts
}

fn throughput(load: &LoadSummary) -> Fact {
    let totals = &load.totals;
    let all = many(totals.exchanges, "exchange");
    let text = match per_second(totals.exchanges, load.wall_ms) {
        Some(rate) => format!("{rate} exchanges/s, {all} in {}", span(load.wall_ms)),
        None => format!("{all}; no wall time was measured"),
    };
    fact("Throughput", text)
}

fn failed(load: &LoadSummary) -> Fact {
    let totals = &load.totals;
    let text = match share(totals.errors, totals.exchanges) {
        None => format!("{} of no exchange", grouped(totals.errors)),
        Some(share) => {
            format!(
                "{} of {} ({share})",
                grouped(totals.errors),
                many(totals.exchanges, "exchange")
            )
        }
    };
    Fact { label: "Failed", text, stands_out: totals.errors > 0 }
}

/// Failed exchanges by cause in words, the most frequent first; what no cause explains is said.
pub(crate) fn failures(load: &LoadSummary) -> Vec<(String, u64)> {
    let mut causes: Vec<(String, u64)> = load
        .failures
        .iter()
        .filter(|(_, count)| **count > 0)
        .map(|(cause, count)| (cause_in_words(cause), *count))
        .collect();
    let known = causes.iter().fold(0_u64, |sum, (_, count)| sum.saturating_add(*count));
    let unexplained = load.totals.errors.saturating_sub(known);
    if unexplained > 0 {
        causes.push(("no cause recorded".to_owned(), unexplained));
    }
    // Stable, so that equally frequent causes stay in alphabetical order.
    causes.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    causes
}

fn cause_in_words(cause: &str) -> String {
    let words = match cause {
        "dns" => "name not resolved (DNS)",
        "connect" => "no connection",
        "tls" => "TLS handshake",
        "timeout" => "no answer in time",
        "closed" => "connection closed",
        "http" => "answer is no HTTP",
        "too_long" => "answer too long",
        "http_status" => "HTTP status",
        "protocol_status" => "protocol status",
        "nonce" => "nonce does not match",
        "signature" => "signature does not verify",
        other => return shown(other),
    };
    words.to_owned()
}

/// Bytes, connections and handshakes.
pub(crate) fn traffic(load: &LoadSummary) -> Vec<Fact> {
    let traffic = &load.traffic;
    let sizes =
        format!("{} sent, {} received", bytes(traffic.bytes_sent), bytes(traffic.bytes_received));
    let connections = format!(
        "{} opened; {} used one kept from before",
        grouped(traffic.connections),
        many(traffic.reused, "exchange")
    );
    let handshakes = format!(
        "{} full, {} resumed",
        grouped(traffic.handshakes_full),
        grouped(traffic.handshakes_resumed)
    );
    vec![
        fact("HTTP bytes", sizes),
        fact("Connections", connections),
        fact("TLS handshakes", handshakes),
    ]
}

/// How the generator fared, beside why it was the bottleneck.
pub(crate) fn health(load: &LoadSummary) -> Vec<Fact> {
    let health = &load.health;
    let unmeasured = || "not measured".to_owned();
    let lag = format!(
        "p99 {}, longest {}",
        duration(health.scheduler_lag_p99_us),
        duration(health.scheduler_lag_max_us)
    );
    let memory = match (health.rss_peak_bytes, load.instances) {
        (0, _) => unmeasured(),
        (rss, 0) => format!("{} resident at most", bytes(rss)),
        (rss, instances) => {
            format!("{} resident at most, {} an instance", bytes(rss), bytes(rss / instances))
        }
    };
    let descriptors = match share(health.fds_peak, health.fds_max) {
        None => unmeasured(),
        Some(share) => format!(
            "{} open at most, of {} allowed ({share})",
            grouped(health.fds_peak),
            grouped(health.fds_max)
        ),
    };
    let sources = match health.source_addresses {
        0 => "none in use".to_owned(),
        1 => format!("1 with {} ports", grouped(health.ports_per_address.into())),
        many => format!("{many} with {} ports each", grouped(health.ports_per_address.into())),
    };
    vec![
        fact("Scheduler lag", lag),
        fact("CPU", cpu(&health.cpu_per_shard)),
        fact("Memory", memory),
        fact("Descriptors", descriptors),
        fact("Source addresses", sources),
    ]
}

fn cpu(shards: &[f64]) -> String {
    if shards.is_empty() {
        return "not measured".to_owned();
    }
    if shards.len() > SHARDS_NAMED_MAX {
        let least = shards.iter().copied().fold(f64::INFINITY, f64::min);
        let most = shards.iter().copied().fold(0.0, f64::max);
        let mean = shards.iter().sum::<f64>() / shards.len() as f64;
        let count = shards.len();
        return format!("{count} shards, {least:.0} % to {most:.0} %, {mean:.0} % on average");
    }
    let named = shards.iter().enumerate();
    let named: Vec<_> = named.map(|(shard, cpu)| format!("shard {shard} {cpu:.0} %")).collect();
    named.join(", ")
}

/// `1 exchange`, `50,000 exchanges`.
pub(crate) fn many(count: u64, noun: &str) -> String {
    format!("{} {noun}{}", grouped(count), if count == 1 { "" } else { "s" })
}

/// A fragment as a sentence.
fn sentence(text: &str) -> String {
    let text = shown(text);
    let mut letters = text.trim().chars();
    let Some(first) = letters.next() else { return String::new() };
    let mut sentence: String = first.to_uppercase().chain(letters).collect();
    if !sentence.ends_with(['.', '!', '?']) {
        sentence.push('.');
    }
    sentence
}

fn shown(text: &str) -> String {
    cut(&one_line(text), TEXT_LETTERS_MAX).into_owned()
}

/// A name of a step, group or cause, for a row.
pub(crate) fn name(text: &str) -> String {
    shown(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_measured_is_not_shown_as_a_figure() {
        let load = LoadSummary::default();
        let texts: Vec<String> = totals(&load).into_iter().map(|fact| fact.text).collect();
        assert_eq!(texts[..2], ["0 exchanges; no wall time was measured", "0 of no exchange"]);
        let health: Vec<String> = health(&load).into_iter().map(|fact| fact.text).collect();
        assert_eq!(health[1..4], ["not measured", "not measured", "not measured"]);
        let cells = latency_cells(&StepLatency::default());
        assert_eq!(cells, ["0", "·", "·", "·", "·", "·", "·", "·", "·", "·"]);
    }

    #[test]
    fn what_no_cause_explains_is_said() {
        let mut load = LoadSummary::default();
        load.totals.errors = 9;
        load.failures =
            [("timeout".to_owned(), 2), ("tls".to_owned(), 0), ("new".to_owned(), 2)].into();
        let named: Vec<(String, u64)> = failures(&load);
        let named: Vec<(&str, u64)> = named.iter().map(|(cause, n)| (cause.as_str(), *n)).collect();
        assert_eq!(named, [("no cause recorded", 5), ("new", 2), ("no answer in time", 2)]);
    }

    #[test]
    fn many_shards_are_summed_up() {
        assert_eq!(cpu(&[61.4, 58.0]), "shard 0 61 %, shard 1 58 %");
        let many: Vec<f64> = (1..=64).map(f64::from).collect();
        assert_eq!(cpu(&many), "64 shards, 1 % to 64 %, 32 % on average");
    }

    #[test]
    fn a_reason_becomes_a_sentence() {
        assert_eq!(sentence("no port was free; add sources"), "No port was free; add sources.");
        assert_eq!(sentence("shard 0 was busy."), "Shard 0 was busy.");
        assert_eq!(sentence(" "), "");
    }
}
