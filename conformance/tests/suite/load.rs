//! Load runs: what was measured, the gates, several shards, and journals that hold only a part.

use std::num::NonZeroU32;

use muster_conformance::{Judge, Judged, Outcome, Results, Verdict};
use muster_journal::load::{GateResult, GateVerdict, GeneratorHealth};
use muster_journal::{
    ContextLimits, Entry, Event, Failures, FailuresKept, Header, LoadSummary, Recorder, Sampled,
    Sink,
};
use proptest::prelude::*;

use crate::journals::{Journal, good, recorded};

const GATE: &str = "p99(report usage) < 250ms";

fn gate(verdict: GateVerdict) -> GateResult {
    let (scenario, actual) = ("conformance/direct".to_owned(), "213 ms".to_owned());
    GateResult { gate: GATE.to_owned(), scenario, line: 9, verdict, actual }
}

fn measured(verdict: GateVerdict, saturated: &[&str]) -> LoadSummary {
    let saturated = saturated.iter().map(|why| (*why).to_owned()).collect();
    LoadSummary {
        instances: 3,
        health: GeneratorHealth { saturated, ..GeneratorHealth::default() },
        gates: vec![gate(verdict)],
        ..LoadSummary::default()
    }
}

/// The good journal of a scenario with a gate, and what was measured, before its last entry.
fn loaded(summary: Option<LoadSummary>) -> Journal {
    let mut journal = good();
    journal.header.scenarios[0].gates = vec![GATE.to_owned()];
    if let Some(summary) = summary {
        let end = journal.entries.len() - 1;
        let last = journal.entries[end].clone();
        let event = Event::LoadMeasured(Box::new(summary));
        journal.entries.insert(end, Entry { event, ..last });
    }
    journal
}

/// Every answer to an honest request is made unreadable.
fn spoilt(mut journal: Journal) -> Journal {
    for entry in &mut journal.entries {
        if let Event::Exchange(exchange) = &mut entry.event
            && let muster_journal::ExchangeOutcome::Answered(answer) = &mut exchange.outcome
        {
            answer.message.body.0 = b"<html>Welcome</html>".to_vec();
        }
    }
    journal
}

fn unmet(mut journal: Journal) -> Journal {
    let text = String::new;
    let event = Event::Expectation {
        step: 1,
        subject: text(),
        expected: text(),
        actual: text(),
        met: false,
    };
    let first = Entry { event, ..journal.entries[1].clone() };
    journal.entries.insert(1, first);
    journal
}

#[test]
fn what_was_measured_is_in_the_results_and_decides_with_the_rest() {
    let doubt = || GateVerdict::Indeterminate { why: "97 samples, p99 needs 100".to_owned() };
    for (verdict, saturated, outcome) in [
        (GateVerdict::Met, &[][..], Outcome::Passed),
        (GateVerdict::Missed, &[], Outcome::GateMissed),
        (doubt(), &[], Outcome::Indeterminate),
        (GateVerdict::Met, &["scheduler lag p99 41 ms"], Outcome::GeneratorSaturated),
        (GateVerdict::Missed, &["scheduler lag p99 41 ms"], Outcome::GeneratorSaturated),
    ] {
        let summary = measured(verdict, saturated);
        let results = loaded(Some(summary.clone())).results();
        assert_eq!(results.exit(), outcome);
        assert_eq!(results.load, Some(summary));
        assert_eq!(results.gates_unjudged, []);
        let json = serde_json::to_string(&results).expect("results serialise");
        assert_eq!(serde_json::from_str::<Results>(&json).expect("and come back"), results);
    }
}

#[test]
fn a_saturated_generator_outranks_failures_and_failures_outrank_gates() {
    let saturated = measured(GateVerdict::Missed, &["one core at 100 %"]);
    let missed = || measured(GateVerdict::Missed, &[]);
    assert_eq!(unmet(loaded(Some(saturated))).results().exit(), Outcome::GeneratorSaturated);
    assert_eq!(unmet(loaded(Some(missed()))).results().exit(), Outcome::ConformanceFailure);
    let mut results = loaded(Some(missed())).results();
    results.expectations.lost_coverage = vec!["trust/dropped_check".to_owned()];
    assert_eq!(results.exit(), Outcome::ExpectationsOutdated);
    results.interrupted = true;
    assert_eq!(results.exit(), Outcome::Interrupted);
    let order = [
        Outcome::Interrupted,
        Outcome::TargetUnreachable,
        Outcome::GeneratorSaturated,
        Outcome::ConformanceFailure,
        Outcome::NothingExecuted,
        Outcome::ExpectationsOutdated,
        Outcome::GateMissed,
        Outcome::Indeterminate,
        Outcome::Passed,
    ];
    assert!(order.is_sorted());
}

#[test]
fn a_gate_that_nobody_judged_is_named_and_leaves_the_run_undecided() {
    let results = loaded(None).results();
    assert_eq!(results.load, None);
    let why = "not judged: the run measured nothing".to_owned();
    let [unjudged] = results.gates_unjudged.as_slice() else { panic!("one gate: {results:?}") };
    assert_eq!((unjudged.gate.as_str(), unjudged.line), (GATE, 0));
    assert_eq!(unjudged.scenario, "conformance/direct");
    assert_eq!(unjudged.verdict, GateVerdict::Indeterminate { why });
    assert_eq!(results.exit(), Outcome::Indeterminate);

    let mut other = measured(GateVerdict::Met, &[]);
    other.gates[0].gate = "rate(errors) == 0".to_owned();
    let results = loaded(Some(other)).results();
    let why = "not judged: the measurement does not name it".to_owned();
    assert_eq!(results.gates_unjudged[0].verdict, GateVerdict::Indeterminate { why });
    assert_eq!(results.gates().count(), 2);
}

#[test]
fn a_journal_of_failures_holds_the_failure_and_recheck_calls_it_partial() {
    let journal = spoilt(good());
    let whole = journal.results();
    let limits = ContextLimits::default();
    let sink = Failures::new(Recorder::new(), limits);
    let mut judged = Judged::new(Judge::for_run(&journal.header), sink);
    journal.entries.iter().for_each(|entry| judged.record(entry));
    let (judge, recorder, kept) = judged.finish();
    assert_eq!(judge.finish(&journal.header), whole);
    assert_eq!(kept, FailuresKept { journeys_failed: 2, ..FailuresKept::default() });
    let written = recorder.into_entries();
    assert!(written.len() < journal.entries.len());

    let header = journal.header.sampled(Failures::<Recorder>::sampling(limits));
    let partial = rechecked(&header, written.iter());
    assert!(partial.run.partial && !whole.run.partial);
    assert_eq!(partial.exit(), Outcome::ConformanceFailure);
    let violated = |results: &Results| {
        let failing = results.checks.iter().filter(|check| check.verdict == Verdict::Violates);
        failing.map(|check| check.check.clone()).collect::<Vec<_>>()
    };
    assert_eq!(violated(&partial), violated(&whole));
    assert_eq!(partial.scenarios[0].outcome, whole.scenarios[0].outcome);
}

#[test]
fn a_journal_without_a_failure_is_no_clean_verdict() {
    let journal = loaded(Some(measured(GateVerdict::Met, &[])));
    let mut judged = Judged::new(
        Judge::for_run(&journal.header),
        Failures::new(Recorder::new(), ContextLimits::default()),
    );
    journal.entries.iter().for_each(|entry| judged.record(entry));
    let (judge, recorder, kept) = judged.finish();
    assert_eq!(judge.finish(&journal.header).exit(), Outcome::Passed);
    assert_eq!(kept, FailuresKept::default());
    let limits = ContextLimits::default();
    let header = journal.header.sampled(Failures::<Recorder>::sampling(limits));
    let partial = rechecked(&header, recorder.entries.iter());
    assert_eq!(partial.exit(), Outcome::Indeterminate);
    assert!(partial.load.is_some());
}

#[test]
fn a_sampled_journal_shows_what_it_holds_and_does_not_pass() {
    let journal = good();
    let every = NonZeroU32::new(2).expect("not zero");
    let mut sampled = Sampled::new(Recorder::new(), every);
    journal.entries.iter().for_each(|entry| sampled.record(entry));
    let written = sampled.into_inner().into_entries();
    let header = journal.header.sampled(Sampled::<Recorder>::sampling(every));
    let results = rechecked(&header, written.iter());
    assert_eq!(results.exit(), Outcome::Indeterminate);
    assert!(results.exchanges > 0 && results.exchanges < journal.results().exchanges);
}

fn rechecked<'a>(header: &Header, entries: impl Iterator<Item = &'a Entry>) -> Results {
    let mut judge = Judge::for_run(header);
    entries.for_each(|entry| judge.record(entry));
    judge.finish(header)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// The shards of a fleet share no journey, and with that no instance.
    #[test]
    fn shards_judge_together_as_one_judge_alone(
        shards in proptest::collection::vec(0_usize..4, 400),
        spoil in any::<bool>(),
    ) {
        for mut journal in recorded().into_iter().chain([good()]) {
            // What a token grants, and what an operator did for all, is learnt across journeys, in
            // the order of the run; a fleet's shards learn it each for themselves.
            journal.entries.iter_mut().for_each(forget_what_is_shared);
            let journal = if spoil { spoilt(journal) } else { journal };
            let alone = rechecked(&journal.header, journal.entries.iter());
            let mut judges: Vec<_> = (0..4).map(|_| Judge::for_run(&journal.header)).collect();
            for entry in &journal.entries {
                let shard = entry.journey.map_or(0, |journey| shards[journey as usize % 400]);
                judges[shard].record(entry);
            }
            let together = judges.into_iter().reduce(|mut all, shard| {
                all.merge(shard);
                all
            });
            prop_assert_eq!(together.expect("four").finish(&journal.header), alone);
        }
    }
}

fn forget_what_is_shared(entry: &mut Entry) {
    match &mut entry.event {
        Event::Exchange(exchange) => exchange.intent.id_token = None,
        Event::HookCalled { hook, .. } if !hook.starts_with("remove_") => hook.clear(),
        _ => {}
    }
}
