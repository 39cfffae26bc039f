//! A load run in every format: what was measured, what became of the gates, and what nobody knows.

use std::collections::BTreeSet;

use muster_conformance::catalogue::Catalogue;
use muster_conformance::results::ScenarioOutcome;
use muster_conformance::{Outcome, Results};
use muster_journal::LoadSummary;
use muster_journal::load::GateVerdict;
use muster_reports::summary::verdict_line;
use muster_reports::{console, html, json, junit, markdown, sarif};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus};
use serde_json::Value;

use crate::load_run::{load_results, passed_results, saturated_results};
use crate::support::HOSTILE;

fn on_console(results: &Results) -> String {
    let mut out = Vec::new();
    console::write(&mut out, results, Catalogue::embedded(), false).expect("a Vec takes all");
    String::from_utf8(out).expect("the report is text")
}

fn page(results: &Results) -> String {
    html::render(results, Catalogue::embedded()).expect("the template fits its view")
}

/// The part of the page that a load run adds.
fn section(page: &str) -> &str {
    let (_, rest) = page.split_once("<section id=\"load\">").expect("a load section");
    rest.split_once("</section>").expect("it ends").0
}

fn changed(change: impl FnOnce(&mut LoadSummary)) -> Results {
    let mut results = load_results();
    change(results.load.as_mut().expect("a load run"));
    results
}

#[test]
fn the_console_of_a_load_run() {
    insta::assert_snapshot!(on_console(&load_results()));
}

#[test]
fn the_console_of_a_saturated_run() {
    insta::assert_snapshot!(on_console(&saturated_results()));
}

#[test]
fn the_section_of_the_page() {
    insta::assert_snapshot!(section(&page(&load_results())));
}

#[test]
fn the_document_of_a_load_run() {
    let document: Value = serde_json::from_str(&json::render(&load_results())).expect("JSON");
    let mut load = document["load"].clone();
    let course = load["course"].as_array_mut().expect("a list");
    assert_eq!(course.len(), 81);
    course.truncate(2);
    let unjudged = &document["gates_unjudged"];
    insta::assert_snapshot!(format!("{load:#}\n{unjudged:#}\n{:#}", document["run"]));
}

#[test]
fn the_junit_report_of_a_saturated_run() {
    insta::assert_snapshot!(junit::render(&saturated_results()).expect("well formed"));
}

#[test]
fn the_summary_of_a_load_run() {
    insta::assert_snapshot!(markdown::render(&load_results(), Catalogue::embedded()));
}

#[test]
fn the_log_of_a_load_run() {
    insta::assert_snapshot!(sarif::render(&load_results(), Catalogue::embedded()));
}

#[test]
fn the_verdict_line_names_the_gate_or_the_reason() {
    let lines = [
        verdict_line(&load_results()),
        verdict_line(&saturated_results()),
        verdict_line(&passed_results()),
    ];
    assert_eq!(
        lines,
        [
            "FAILED: gate p99(report usage) < 250ms missed with 1,688 ms, and 1 more gate",
            "INVALID: the load generator was the bottleneck: shard 1 was busy 99 % of the run \
             (allowed: under 90 %), and 1,204 of 12,000 arrivals (10.03 %) were dropped, and 1 \
             more reason",
            "PASSED: 3 of 3 requirements conform, 2 gates met",
        ]
    );
    let mut doubtful = passed_results();
    doubtful.run.partial = true;
    doubtful.gates_unjudged = load_results().gates_unjudged;
    let expected = "INDETERMINATE: nothing failed, 1 gate that cannot be told, the journal holds a \
                    part of the run only";
    assert_eq!(verdict_line(&doubtful), expected);
    let mut wrong = load_results();
    wrong.scenarios[0].expectations_unmet_count = 1;
    let expected = "FAILED: 1 scenario expectation unmet, gate p99(report usage) < 250ms missed \
                    with 1,688 ms, and 1 more gate";
    assert_eq!(
        (wrong.exit(), verdict_line(&wrong).as_str()),
        (Outcome::ConformanceFailure, expected)
    );
}

#[test]
fn a_load_run_is_read_back_whole() {
    let mut sampled = saturated_results();
    sampled.run.partial = true;
    for results in [load_results(), saturated_results(), passed_results(), sampled] {
        let read = json::from_json(&json::render(&results)).expect("our own document");
        assert_eq!(read, results);
    }
}

#[test]
fn a_document_of_before_has_no_load_and_is_whole() {
    let mut document: Value =
        serde_json::from_str(&json::render(&crate::support::results())).expect("JSON");
    assert!(document.get("load").is_none() && document.get("gates_unjudged").is_none());
    let run = document["run"].as_object_mut().expect("an object");
    assert_eq!(run.remove("partial"), Some(Value::Bool(false)));
    let read = json::from_json(&document.to_string()).expect("an older document");
    assert_eq!(read, crate::support::results());
}

#[test]
fn what_is_no_number_is_written_as_none_measured() {
    let results = changed(|load| {
        load.steps[0].corrected.mean = f64::NAN;
        load.health.cpu_per_shard = vec![f64::INFINITY, 50.0];
    });
    let read = json::from_json(&json::render(&results)).expect("our own document");
    let load = read.load.expect("a load run");
    assert_eq!(load.health.cpu_per_shard, [0.0, 50.0]);
    assert_eq!(load.steps[0].corrected.mean, 0.0);
    on_console(&results);
    page(&results);
}

#[test]
fn no_line_of_a_load_run_is_wider_than_100_columns() {
    let hostile = spoiled();
    let large = changed(|load| {
        load.steps[0].count = u64::MAX;
        load.steps[0].failed = 123_456_789;
        load.steps[1].corrected.p50 = 999_500_000;
        load.groups[0].group = "a group with a name that is far too long".to_owned();
        load.groups[0].dropped = 98_765_432_109;
        load.health.cpu_per_shard = vec![50.0; 500];
    });
    for results in [load_results(), saturated_results(), large, hostile] {
        for line in on_console(&results).lines() {
            assert!(line.chars().count() <= 100, "{line}");
        }
    }
}

#[test]
fn load_comes_before_conformance_and_says_when_it_was_not_whole() {
    let mut results = load_results();
    results.run.partial = true;
    let text = on_console(&results);
    let at = |words: &str| text.find(words).unwrap_or_else(|| panic!("{words} in {text}"));
    assert!(at("The journal leaves entries out") < at("Load: 12,000 instances"));
    assert!(at("Gates (2 met, 2 missed, 2 cannot be told)") < at("Latency "));
    assert!(at("Generator: it kept up") < at("Requirements "));
    assert!(page(&results).contains("<strong>PARTIAL</strong>"));
    let log = sarif::render(&results, Catalogue::embedded());
    assert!(log.contains("\"partial_journal\": true"), "{log}");
    assert!(markdown::render(&results, Catalogue::embedded()).contains("leaves entries out"));
    assert!(junit::render(&results).expect("well formed").contains("value=\"partial\""));
    let whole = on_console(&load_results());
    assert!(!whole.contains("leaves entries out"), "{whole}");
}

#[test]
fn a_scenario_that_a_partial_journal_leaves_out_was_not_interrupted() {
    let mut results = passed_results();
    results.run.partial = true;
    results.scenarios[0].outcome = ScenarioOutcome::Interrupted;
    let all = |results: &Results| {
        let xml = junit::render(results).expect("well formed");
        [on_console(results), page(results), xml].map(|text| text.contains("not in the journal"))
    };
    assert_eq!(all(&results), [true; 3]);
    results.interrupted = true;
    assert_eq!(all(&results), [false; 3]);
}

#[test]
fn dropped_arrivals_are_never_hidden() {
    let text = on_console(&saturated_results());
    assert!(text.contains("1,204 arrivals for which no instance was free"), "{text}");
    let dropped = markdown::render(&saturated_results(), Catalogue::embedded());
    assert!(dropped.contains("1,204 dropped") && dropped.contains("1,204 arrivals"), "{dropped}");
    let coloured = {
        let mut out = Vec::new();
        console::write(&mut out, &saturated_results(), Catalogue::embedded(), true).expect("fits");
        String::from_utf8(out).expect("text")
    };
    assert!(coloured.contains("\u{1b}[1;31m    1,204\u{1b}[0m"), "{coloured}");
}

#[test]
fn a_run_without_an_exchange_is_shown_without_figures() {
    let nothing = LoadSummary { instances: 5, shards: 1, ..LoadSummary::default() };
    let results = changed(|load| *load = nothing);
    let text = on_console(&results);
    assert!(text.contains("0 exchanges; no wall time was measured"), "{text}");
    let page = page(&results);
    assert!(section(&page).contains("there is no course to draw"));
    assert!(!section(&page).contains("class=\"chart\""));
    junit::render(&results).expect("well formed");
    assert_eq!(json::from_json(&json::render(&results)).expect("our own document"), results);
}

#[test]
fn charts_are_drawn_of_what_there_is() {
    let charts = |results: &Results| page(results).matches("<figure class=\"chart\">").count();
    assert_eq!(charts(&load_results()), 5);
    assert_eq!(charts(&changed(|load| load.course.clear())), 1, "the percentiles");
    let short = changed(|load| load.course.truncate(1));
    assert_eq!(charts(&short), 4, "nothing failed in the first slice");
    let idle = changed(|load| {
        load.course.retain(|point| point.exchanges == 0);
        load.steps.clear();
    });
    assert_eq!(charts(&idle), 2, "no latency without an exchange");
    let one = changed(|load| load.steps.truncate(1));
    assert!(page(&one).contains("all: median 7.94 ms, p99 1.41 s, longest 3.05 s."));
    for results in [load_results(), idle, one, short] {
        let page = page(&results);
        for bad in ["NaN", "inf\"", "d=\"\"></path>\n</svg>"] {
            assert!(!section(&page).contains(bad), "{bad}");
        }
    }
}

#[test]
fn a_last_slice_cut_short_does_not_look_like_a_loss() {
    let curve = |wall_ms| {
        let level = changed(|load| {
            load.course.truncate(4);
            load.course.iter_mut().for_each(|point| point.exchanges = 100);
            load.course[3].exchanges = 50;
            load.wall_ms = wall_ms;
        });
        let page = page(&level);
        let (_, rest) = page.split_once("<path class=\"line look-0\" d=\"").expect("a curve");
        rest.split('"').next().expect("a path").to_owned()
    };
    let levels = |path: &str| -> BTreeSet<String> {
        let levels = path.split(['V', 'H', 'M']).filter(|part| !part.is_empty());
        levels.skip(2).step_by(2).map(str::to_owned).collect()
    };
    assert_eq!(levels(&curve(1_750)).len(), 1, "half a slice, half the exchanges");
    assert_eq!(levels(&curve(2_000)).len(), 2, "a whole slice with half the exchanges");
}

#[test]
fn a_stall_leaves_a_gap_in_the_latency_and_none_in_the_throughput() {
    let page = page(&load_results());
    let path = |id: &str, index: usize| -> String {
        let (_, rest) = page.split_once(&format!("<title id=\"{id}-title\">")).expect("the chart");
        let chart = rest.split_once("</svg>").expect("it ends").0;
        let lines = chart.split("<path class=\"line").nth(index + 1).expect("a curve");
        lines.split(" d=\"").nth(1).and_then(|it| it.split('"').next()).expect("d").to_owned()
    };
    assert_eq!(path("chart-latency", 1).matches('M').count(), 2, "before and after the stall");
    assert_eq!(path("chart-rate", 0).matches('M').count(), 1);
    assert!(path("chart-rate", 0).contains("V186H"), "down to the axis");
}

#[test]
fn gates_and_generator_are_test_cases() {
    let xml = junit::render(&saturated_results()).expect("well formed");
    let report = Report::deserialize_from_str(&xml).expect("what we wrote is JUnit");
    let suite = report.test_suites.iter().find(|suite| suite.name.as_str() == "gates");
    let suite = suite.expect("a suite of gates");
    let state = |case: &TestCase| match &case.status {
        TestCaseStatus::Success { .. } => "met".to_owned(),
        TestCaseStatus::Skipped { message, .. } => {
            format!("skipped: {}", message.clone().expect("why").as_str())
        }
        TestCaseStatus::NonSuccess { kind, message, .. } => {
            let kind = if *kind == NonSuccessKind::Error { "error" } else { "failure" };
            let message = message.clone().expect("a message");
            format!("{kind}: {}", message.as_str().split('(').next().unwrap_or_default())
        }
    };
    let states: Vec<String> = suite.test_cases.iter().map(state).collect();
    assert_eq!(
        states,
        [
            "met",
            "failure: expected p99",
            "skipped: cannot be told: 12,000 samples are not enough for p99.99, which takes \
             100,000; actual 3.05 s",
            "failure: expected acknowledged == instances; actual 11,998 of 12,000",
            "met",
            "skipped: cannot be told: not judged: the measurement does not name it",
            "error: Shard 1 was busy 99 % of the run ",
        ]
    );
    let figure = |name: &str| {
        let mut all = suite.properties.iter();
        all.find(|it| it.name.as_str() == name).map(|it| it.value.as_str().to_owned())
    };
    assert_eq!(figure("exchanges_per_s").as_deref(), Some("1193"));
    assert_eq!(figure("blocked_p99_us").as_deref(), Some("861000"));
    let fit = junit::render(&load_results()).expect("well formed");
    let fit = Report::deserialize_from_str(&fit).expect("what we wrote is JUnit");
    let generator = fit.test_suites[0].test_cases.last().expect("the generator's case");
    assert!(matches!(generator.status, TestCaseStatus::Success { .. }));
}

#[test]
fn missed_gates_stand_at_their_line_and_saturation_at_the_run() {
    let log = |results: &Results| -> Value {
        serde_json::from_str(&sarif::render(results, Catalogue::embedded())).expect("JSON")
    };
    let fit = log(&load_results());
    let run = &fit["runs"][0];
    let entries = run["results"].as_array().expect("a list");
    assert_eq!(entries.len(), 2, "what cannot be told is no result");
    let place = &entries[0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "load/night-shift.yaml");
    assert_eq!(place["region"]["startLine"], 32);
    let index = usize::try_from(entries[0]["ruleIndex"].as_u64().expect("a number"));
    let rule = &run["tool"]["driver"]["rules"][index.expect("small")];
    assert_eq!(rule["id"], entries[0]["ruleId"]);
    assert!(run.get("invocations").is_none());
    let invalid = log(&saturated_results());
    let said = &invalid["runs"][0]["invocations"][0]["toolExecutionNotifications"];
    assert_eq!(said.as_array().map(Vec::len), Some(2));
}

#[test]
fn gates_that_nobody_judged_are_shown_without_a_load() {
    let mut results = load_results();
    results.load = None;
    let text = on_console(&results);
    assert!(text.contains("Gates (1 cannot be told)") && !text.contains("Load: "), "{text}");
    assert!(
        text.ends_with("INDETERMINATE: nothing failed, 1 gate that cannot be told\n"),
        "{text}"
    );
    assert!(section(&page(&results)).contains("p99(renewal) &lt; 1s"));
    assert!(
        junit::render(&results).expect("well formed").contains("name=\"p99(renewal) &lt; 1s\"")
    );
}

/// The run with the hostile text wherever a scenario, a profile or a journal has a say.
fn spoiled() -> Results {
    let mut results = saturated_results();
    let spoil = |text: &mut String| *text = format!("{HOSTILE}{text}");
    results.gates_unjudged.iter_mut().for_each(|gate| spoil(&mut gate.actual));
    let load = results.load.as_mut().expect("a load run");
    load.health.saturated.iter_mut().for_each(spoil);
    load.failures =
        load.failures.iter().map(|(cause, n)| (format!("{HOSTILE}{cause}"), *n)).collect();
    // The row of all steps is told from the others by its name.
    load.steps.iter_mut().skip(1).for_each(|step| spoil(&mut step.step));
    for group in &mut load.groups {
        spoil(&mut group.group);
        spoil(&mut group.model);
    }
    for gate in &mut load.gates {
        spoil(&mut gate.gate);
        spoil(&mut gate.scenario);
        spoil(&mut gate.actual);
        if let GateVerdict::Indeterminate { why } = &mut gate.verdict {
            spoil(why);
        }
    }
    results
}

/// A line of Markdown without its code spans: each ends at the next fence of its length.
fn outside_of_code(line: &str) -> String {
    let mut outside = String::new();
    let mut rest = line;
    while let Some(at) = rest.find('`') {
        outside.push_str(&rest[..at]);
        let length = rest[at..].bytes().take_while(|byte| *byte == b'`').count();
        let mut inside = &rest[at + length..];
        loop {
            let next = inside.find('`').unwrap_or_else(|| panic!("a span is open in {line}"));
            let fence = inside[next..].bytes().take_while(|byte| *byte == b'`').count();
            inside = &inside[next + fence..];
            if fence == length {
                break;
            }
        }
        rest = inside;
    }
    outside + rest
}

#[test]
fn a_journal_cannot_break_out_of_a_load_report() {
    let (hostile, honest) = (page(&spoiled()), page(&saturated_results()));
    let tags = |page: &str| section(page).matches('<').count();
    assert!(hostile.contains("&lt;script&gt;alert("), "the text is shown");
    for opening in ["<script", "<img", "<style", "</script", "<meta", "<form"] {
        let count = |page: &str| page.matches(opening).count();
        assert_eq!(count(&hostile), count(&honest), "{opening}");
    }
    assert!(tags(&hostile) == tags(&honest), "texts make no tags");
    assert!(!hostile.contains(['\u{1b}', '\u{202e}', '\0', '\u{fffe}']));
    let steers = |letter: char| letter.is_control() && letter != '\n' || letter == '\u{202e}';
    assert!(!on_console(&spoiled()).contains(steers));
    let text = markdown::render(&spoiled(), Catalogue::embedded());
    let outside: String = text.lines().map(outside_of_code).collect();
    for active in ["<script", "<img", "](javascript", "@all"] {
        assert!(text.contains(active) && !outside.contains(active), "{active} in {outside}");
    }
    assert!(text.starts_with("## Muster: INVALID: `"), "{text}");
    junit::render(&spoiled()).expect("well formed");
    json::from_json(&json::render(&spoiled())).expect("our own document");
}

#[test]
fn a_page_of_the_longest_course_and_many_rows_stays_small() {
    let results = changed(|load| {
        let point = load.course[3];
        load.course = (0..240)
            .map(|at| muster_journal::load::CoursePoint {
                at_ms: at * 500,
                exchanges: point.exchanges + at * 7 % 90,
                p50_us: point.p50_us + at * 131 % 5_000,
                p99_us: point.p99_us + at * 977 % 90_000,
                ..point
            })
            .collect();
        load.groups = vec![load.groups[0].clone(); 5_000];
        load.steps = vec![load.steps[0].clone(); 5_000];
        load.gates = vec![load.gates[0].clone(); 5_000];
    });
    let length = section(&page(&results)).len();
    assert!(length < 250_000, "{length} bytes");
    assert!(page(&results).contains("and 4900 more"));
    let text = markdown::render(&results, Catalogue::embedded());
    assert!(text.len() < 65_536, "{} bytes", text.len());
    assert!(on_console(&results).lines().count() < 300);
}
