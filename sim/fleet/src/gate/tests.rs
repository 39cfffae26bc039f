//! Gates of every kind over one summary: met, missed, on the bound, and not to be told.

use std::collections::BTreeMap;

use muster_journal::load::{GeneratorHealth, LoadTotals};

use super::*;

fn summary() -> LoadSummary {
    let row = |step: &str, count| StepLatency {
        step: step.to_owned(),
        count,
        failed: 0,
        corrected: Percentiles {
            min: 900,
            mean: 41_500.5,
            p50: 30_000,
            p90: 90_000,
            p95: 120_000,
            p99: 213_247,
            p999: 900_000,
            max: 1_500_000,
        },
        raw: Percentiles { p99: 80_000, ..Percentiles::default() },
        blocked: Percentiles { p99: 133_000, ..Percentiles::default() },
    };
    LoadSummary {
        instances: 50_000,
        wall_ms: 100_000,
        totals: LoadTotals {
            exchanges: 50_000,
            errors: 10,
            retries: 12,
            acknowledged: 60_000,
            instances_acknowledged: 49_998,
            instances_trusted: 50_000,
            instances_reported: 49_999,
            completed: 49_990,
            dropped: 3,
            churned: 0,
            recovered: 0,
        },
        steps: vec![row("all", 50_000), row("report usage", 20_000), row("poll", 412)],
        failures: BTreeMap::from([("timeout".to_owned(), 1)]),
        health: GeneratorHealth { rss_peak_bytes: 311_600_000, ..GeneratorHealth::default() },
        ..LoadSummary::default()
    }
}

fn latency_of(which: Latency, figure: Figure, step: &str) -> Metric {
    Metric::Latency { which, figure, step: step.to_owned() }
}

fn p99(step: &str) -> Metric {
    latency_of(Latency::Corrected, Figure::P99, step)
}

fn counted(name: &str) -> Metric {
    Metric::Count(name.to_owned())
}

/// Judges one gate; `text` is only looked at for its unit.
fn told(text: &str, metric: Metric, comparison: Comparison, bound: Bound) -> (String, String) {
    told_of(&summary(), text, metric, comparison, bound)
}

fn told_of(
    summary: &LoadSummary,
    text: &str,
    metric: Metric,
    comparison: Comparison,
    bound: Bound,
) -> (String, String) {
    let gate = Gate { text: text.to_owned(), line: 7, metric, comparison, bound };
    let mut results = judge(&[ScenarioGate { scenario: "load/x", gate: &gate }], summary);
    let result = results.pop().expect("one gate in, one result out");
    assert_eq!((result.line, result.scenario.as_str()), (7, "load/x"));
    assert_eq!(result.gate, text);
    let verdict = match result.verdict {
        GateVerdict::Met => "met".to_owned(),
        GateVerdict::Missed => "missed".to_owned(),
        GateVerdict::Indeterminate { why } => why,
    };
    (verdict, result.actual)
}

fn says(verdict: &str, actual: &str) -> (String, String) {
    (verdict.to_owned(), actual.to_owned())
}

#[test]
fn a_percentile_is_compared_and_shown_in_the_unit_of_the_gate() {
    use Comparison::{Greater, Less};
    let bound = Bound::Micros(250_000);
    let gate = |text, comparison| told(text, p99("report usage"), comparison, bound.clone());
    assert_eq!(gate("p99(report usage) < 250ms", Less), says("met", "213 ms"));
    assert_eq!(gate("p99(report usage) < 0.25s", Less), says("met", "0.213 s"));
    assert_eq!(gate("p99(report usage) < 250000us", Less), says("met", "213,247 us"));
    assert_eq!(gate("p99(report usage) > 250ms", Greater), says("missed", "213 ms"));
    assert_eq!(gate("two units: 0m0.25s", Less), says("met", "213 ms"));
}

#[test]
fn each_figure_of_each_latency_is_its_own() {
    let actual = |which, figure| {
        let metric = latency_of(which, figure, "all");
        told("x < 9000ms", metric, Comparison::Less, Bound::Micros(9_000_000)).1
    };
    use Latency::{Blocked, Corrected, Raw};
    assert_eq!(actual(Corrected, Figure::Mean), "41.5 ms");
    assert_eq!(actual(Corrected, Figure::P50), "30 ms");
    assert_eq!(actual(Corrected, Figure::P90), "90 ms");
    assert_eq!(actual(Corrected, Figure::P95), "120 ms");
    assert_eq!(actual(Corrected, Figure::P99), "213 ms");
    assert_eq!(actual(Corrected, Figure::P999), "900 ms");
    assert_eq!(actual(Corrected, Figure::Max), "1,500 ms");
    assert_eq!(actual(Raw, Figure::P99), "80 ms");
    assert_eq!(actual(Blocked, Figure::P99), "133 ms");
}

#[test]
fn a_value_on_the_bound_is_less_or_equal_but_not_less() {
    let on = Bound::Micros(213_247);
    let verdict = |comparison| told("x 213.247ms", p99("all"), comparison, on.clone()).0;
    assert_eq!(verdict(Comparison::Less), "missed");
    assert_eq!(verdict(Comparison::LessOrEqual), "met");
    assert_eq!(verdict(Comparison::Equal), "met");
    assert_eq!(verdict(Comparison::GreaterOrEqual), "met");
    assert_eq!(verdict(Comparison::Greater), "missed");
    let above = Bound::Micros(213_248);
    assert_eq!(told("x", p99("all"), Comparison::Equal, above).0, "missed");
}

#[test]
fn a_value_is_never_rounded_onto_or_across_the_bound() {
    let gate = |bound| told("x < 213.2ms", p99("all"), Comparison::Less, Bound::Micros(bound));
    assert_eq!(gate(213_247), says("missed", "213.247 ms"));
    assert_eq!(gate(213_248), says("met", "213 ms"));
    assert_eq!(gate(213_200), says("missed", "213.25 ms"));
    assert_eq!(gate(213_000), says("missed", "213.2 ms"));
}

#[test]
fn a_percentile_of_too_few_samples_is_no_verdict_but_is_shown() {
    let bound = Bound::Micros(250_000);
    let gate = |figure, count| {
        let mut summary = summary();
        summary.steps[2].count = count;
        let metric = latency_of(Latency::Corrected, figure, "poll");
        told_of(&summary, "x < 250ms", metric, Comparison::Less, bound.clone()).0
    };
    assert_eq!(gate(Figure::P99, 412), "p99 needs 1,000 samples, there are 412");
    assert_eq!(gate(Figure::P999, 9_999), "p999 needs 10,000 samples, there are 9,999");
    assert_eq!(gate(Figure::P50, 1), "p50 needs 20 samples, there is 1");
    assert_eq!(gate(Figure::P99, 1_000), "met");
    assert_eq!(gate(Figure::P95, 200), "met");
    assert_eq!(gate(Figure::P90, 100), "met");
    assert_eq!(gate(Figure::Mean, 1), "met");
    assert_eq!(gate(Figure::Max, 1), "missed");
    let shown = told("x < 250ms", p99("poll"), Comparison::Less, bound);
    assert_eq!(shown.1, "213 ms");
}

#[test]
fn a_step_that_never_happened_has_no_latency_and_no_throughput() {
    let bound = Bound::Micros(250_000);
    let none = told("x < 250ms", p99("trust"), Comparison::Less, bound.clone());
    assert_eq!(none, says("no `trust` was measured", "not measured"));
    let trust = Metric::Throughput { step: "trust".to_owned() };
    let none = told("x > 1", trust, Comparison::Greater, Bound::Number(1.0));
    assert_eq!(none.0, "no `trust` was measured");
    let nothing = LoadSummary::default();
    let none = told_of(&nothing, "x", p99("all"), Comparison::Less, bound);
    assert_eq!(none.0, "no exchange was measured");
}

#[test]
fn shares_are_told_in_percent() {
    let share = |of: &str, comparison, bound| {
        let metric = Metric::ErrorShare { of: of.to_owned() };
        told("rate", metric, comparison, Bound::Number(bound))
    };
    use Comparison::{Equal, Less, LessOrEqual};
    assert_eq!(share("errors", Equal, 0.0), says("missed", "0.02 %"));
    assert_eq!(share("errors", Less, 0.001), says("met", "0.02 %"));
    assert_eq!(share("errors", LessOrEqual, 0.0002), says("met", "0.02 %"));
    assert_eq!(share("errors", Less, 0.0002), says("missed", "0.02 %"));
    assert_eq!(share("timeout", Less, 0.0001), says("met", "0.002 %"));
    assert_eq!(share("dns", Equal, 0.0), says("met", "0 %"));
}

#[test]
fn a_share_of_nothing_is_no_verdict_and_a_share_of_failures_alone_is_all() {
    let metric = Metric::ErrorShare { of: "errors".to_owned() };
    let share = |summary: &LoadSummary| {
        told_of(summary, "rate", metric.clone(), Comparison::Equal, Bound::Number(0.0))
    };
    assert_eq!(share(&LoadSummary::default()).0, "no exchange was measured");
    let mut unsent = LoadSummary::default();
    unsent.totals.errors = 5;
    assert_eq!(share(&unsent), says("missed", "100 %"));
}

#[test]
fn throughput_is_exchanges_of_the_step_per_second_of_wall_time() {
    let of = |step: &str, comparison, bound| {
        let metric = Metric::Throughput { step: step.to_owned() };
        told("x", metric, comparison, Bound::Number(bound))
    };
    use Comparison::{Equal, Greater, GreaterOrEqual};
    assert_eq!(of("all", GreaterOrEqual, 500.0), says("met", "500/s"));
    assert_eq!(of("all", Greater, 500.0), says("missed", "500/s"));
    assert_eq!(of("report usage", Equal, 200.0), says("met", "200/s"));
    assert_eq!(of("poll", Greater, 1.0), says("met", "4.12/s"));
    let mut quick = summary();
    quick.wall_ms = 0;
    let metric = Metric::Throughput { step: "all".to_owned() };
    let none = told_of(&quick, "x", metric.clone(), Greater, Bound::Number(1.0));
    assert_eq!(none.0, "the run took no measurable time");
    quick.wall_ms = 41_563;
    let many = told_of(&quick, "x", metric, Greater, Bound::Number(1.0));
    assert_eq!(many.1, "1,203/s");
}

#[test]
fn counts_compare_exactly_with_numbers_and_with_each_other() {
    use Comparison::{Equal, GreaterOrEqual, Less};
    let instances = || Bound::Count("instances".to_owned());
    let number = Bound::Number;
    let gate = |name: &str, comparison, bound| told("x", counted(name), comparison, bound);
    assert_eq!(gate("acknowledged", Equal, instances()), says("missed", "49,998 of 50,000"));
    assert_eq!(gate("trusted", Equal, instances()), says("met", "50,000 of 50,000"));
    assert_eq!(gate("acknowledged", GreaterOrEqual, number(49_998.0)), says("met", "49,998"));
    assert_eq!(gate("acknowledged", GreaterOrEqual, number(49_998.5)), says("missed", "49,998"));
    assert_eq!(gate("dropped", Equal, number(0.0)), says("missed", "3"));
    let below = gate("errors", Less, Bound::Count("retries".to_owned()));
    assert_eq!(below, says("met", "10 (retries: 12)"));
}

#[test]
fn every_count_of_the_language_is_known() {
    let seen: Vec<_> = [
        "instances",
        "trusted",
        "reported",
        "acknowledged",
        "completed",
        "dropped",
        "errors",
        "retries",
        "churned",
        "recovered",
    ]
    .map(|name| told("x", counted(name), Comparison::Less, Bound::Number(1.0)).1)
    .into();
    let expected = ["50,000", "50,000", "49,999", "49,998", "49,990", "3", "10", "12", "0", "0"];
    assert_eq!(seen, expected);
    let unknown = told("x", counted("sheep"), Comparison::Less, Bound::Number(1.0));
    assert_eq!(unknown, says("nothing is counted as `sheep`", "not measured"));
}

#[test]
fn all_of_nobody_is_no_verdict() {
    let churned = || Bound::Count("churned".to_owned());
    let gate = |name: &str, comparison, bound| told("x", counted(name), comparison, bound);
    let none = gate("recovered", Comparison::Equal, churned());
    assert_eq!(none, says("`recovered` and `churned` are both 0", "0 of 0"));
    assert_eq!(gate("recovered", Comparison::Equal, Bound::Number(0.0)), says("met", "0"));
    let mut quiet = summary();
    (quiet.totals.dropped, quiet.totals.errors) = (0, 0);
    let bound = Bound::Count("errors".to_owned());
    assert_eq!(told_of(&quiet, "x", counted("dropped"), Comparison::Equal, bound).0, "met");
}

#[test]
fn memory_is_compared_in_bytes_and_told_in_the_unit_of_the_gate() {
    let gate = |text, bytes| told(text, Metric::Rss, Comparison::Less, Bound::Bytes(bytes));
    assert_eq!(gate("rss < 400MB", 400_000_000), says("met", "312 MB"));
    assert_eq!(gate("rss < 312MB", 312_000_000), says("met", "311.6 MB"));
    assert_eq!(gate("rss < 256MiB", 256 << 20), says("missed", "297 MiB"));
    assert_eq!(gate("rss < 1GB", 1_000_000_000), says("met", "0.312 GB"));
    let blind = LoadSummary { instances: 1, ..LoadSummary::default() };
    let none = told_of(&blind, "x", Metric::Rss, Comparison::Less, Bound::Bytes(1));
    assert_eq!(none.0, "this system does not say how much memory a process uses");
}

#[test]
fn a_bound_of_another_kind_is_no_verdict() {
    let clash = |metric, bound| told("x", metric, Comparison::Less, bound).0;
    let number = || Bound::Number(1.0);
    assert!(clash(p99("all"), number()).starts_with("a latency is compared with a duration"));
    assert!(clash(Metric::Rss, number()).starts_with("memory is compared with a size"));
    let errors = Metric::ErrorShare { of: "errors".to_owned() };
    assert!(clash(errors, Bound::Micros(1)).starts_with("a share is compared"));
    let all = Metric::Throughput { step: "all".to_owned() };
    assert!(clash(all, Bound::Bytes(1)).starts_with("a throughput is compared"));
    assert!(clash(counted("errors"), Bound::Bytes(1)).starts_with("a count is compared"));
}
