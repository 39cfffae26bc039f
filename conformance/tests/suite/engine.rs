//! What the engine makes of a run: scenarios, reach, shards, put-off answers.

use muster_conformance::results::{ScenarioOutcome, UnmetExpectation};
use muster_conformance::{Judge, Outcome, Results, Verdict, coverage};
use muster_journal::{Deviation, Event, ExchangeOutcome, FailureCause, JourneyOutcome, Sink};
use muster_wire::RequestType;
use serde_json::json;

use crate::artefacts::{LICENCE, acknowledgement, usage_edited};
use crate::fixture::{Ask, Recorder, Reply};
use crate::journals::{Journal, good};

fn journal(recorder: Recorder) -> Journal {
    Journal { name: "fixture".to_owned(), header: recorder.header, entries: recorder.entries }
}

fn verdict<'a>(results: &'a Results, check: &str) -> &'a Verdict {
    &results.checks.iter().find(|result| result.check == check).expect(check).verdict
}

#[test]
fn a_good_run_passes() {
    let results = good().results();
    assert_eq!(results.exit(), Outcome::Passed, "{:#?}", results.summary);
    assert_eq!(results.failed_exchanges, 0);
    assert!(results.scenarios.iter().all(|run| run.outcome == ScenarioOutcome::Completed));
    assert_eq!(
        results.exchanges,
        results.scenarios.iter().map(|scenario| scenario.exchanges).sum::<u64>()
    );
}

#[test]
fn the_verdicts_of_a_good_run() {
    let results = good().results();
    let lines: Vec<_> = results
        .checks
        .iter()
        .map(|check| format!("{} {} {}", check.check, check.verdict, check.conforming))
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn shards_add_up_to_the_whole() {
    let journal = good();
    let whole = journal.results();
    let [mut left, mut right] = [(); 2].map(|()| Judge::for_run(&journal.header));
    for entry in &journal.entries {
        let shard = if entry.journey == Some(2) { &mut right } else { &mut left };
        shard.record(entry);
    }
    left.merge(right);
    let merged = left.finish(&journal.header);
    assert_eq!(merged.requirements, whole.requirements);
    assert_eq!(merged.scenarios, whole.scenarios);
    assert_eq!(merged.exchanges, whole.exchanges);
    // What a token grants is learnt within a shard, so that check may be exercised less often.
    let learnt = "trust/token_serves_every_instance_of_its_account";
    for (merged, whole) in merged.checks.iter().zip(&whole.checks) {
        assert!(merged == whole || merged.check == learnt, "{merged:#?} instead of {whole:#?}");
    }
}

#[test]
fn a_put_off_answer_is_settled_by_the_poll() {
    for (status, settled) in [("REJECTED", Verdict::Conforms), ("ACKED", Verdict::Violates)] {
        let mut recorder = Recorder::new(&[("conformance/edited", &["RUM-060"])]);
        recorder.begin(1, "conformance/edited");
        let instance = recorder.join("MST0000F301");
        let edited = usage_edited(&instance, 1, LICENCE, |payload| payload + " ");
        let ask = Ask::new(&instance, "cslu", RequestType::LicenseUsage).with(edited);
        let ask = ask.deviating(Deviation::PayloadEdited);
        recorder.exchange(ask, Reply::Deferred { poll: 1, interval: 86_400 });
        let unpolled = Journal {
            name: String::new(),
            header: recorder.header.clone(),
            entries: recorder.entries.clone(),
        };
        let check = "rum/edited_report_is_refused";
        let undecided = unpolled.results();
        assert!(matches!(verdict(&undecided, check), Verdict::Inconclusive { .. }));
        let acknowledged = acknowledgement(&instance, status, Vec::new());
        recorder.exchange(Ask::poll(&instance, "cslu", 1), Reply::Complete(acknowledged));
        assert_eq!(*verdict(&journal(recorder).results(), check), settled);
    }
}

#[test]
fn an_edit_that_left_the_signature_good_is_not_held_against_the_server() {
    let mut recorder = Recorder::new(&[]);
    let instance = recorder.join("MST0000F302");
    let untouched = usage_edited(&instance, 1, LICENCE, |payload| payload);
    let ask = Ask::new(&instance, "cslu", RequestType::LicenseUsage).with(untouched);
    let ask = ask.deviating(Deviation::PayloadEdited);
    recorder.exchange(ask, Reply::Deferred { poll: 1, interval: 86_400 });
    let results = journal(recorder).results();
    assert_eq!(*verdict(&results, "rum/edited_report_is_refused"), Verdict::NotExercised);
}

#[test]
fn what_the_target_lacks_is_untestable() {
    let mut recorder = Recorder::new(&[("conformance/validate", &["RUM-043", "RUM-001"])]);
    recorder.begin(1, "conformance/validate");
    let outcome = JourneyOutcome::NotRun { lacks: vec!["cslu_validating".to_owned()] };
    recorder.push(None, Event::JourneyFinished { outcome });
    let results = journal(recorder).results();
    let why = "lacks cslu_validating".to_owned();
    let check = "rum/validating_tenant_refuses_an_unknown_instance";
    assert_eq!(*verdict(&results, check), Verdict::Untestable { why: why.clone() });
    let requirement = |id: &str| {
        let found = results.requirements.iter().find(|result| result.id.as_str() == id);
        found.expect(id).verdict.clone()
    };
    assert_eq!(requirement("RUM-043"), Verdict::Untestable { why });
    assert!(matches!(requirement("RUM-001"), Verdict::Untestable { .. }));
    assert_eq!(requirement("RUM-060"), Verdict::NotExercised);
    assert_eq!(results.exit(), Outcome::NothingExecuted);
}

#[test]
fn an_unmet_expectation_fails_the_run_and_names_the_line() {
    let mut journal = good();
    let (step, line) = (4, 17);
    let started =
        Event::StepStarted { step, verb: "report".to_owned(), arguments: json!({}), line };
    let unmet = Event::Expectation {
        step,
        subject: "line.status".to_owned(),
        expected: "OK_POLL".to_owned(),
        actual: "FAILED".to_owned(),
        met: false,
    };
    for event in [unmet, started] {
        let entry = muster_journal::Entry { event, ..journal.entries[0].clone() };
        journal.entries.insert(1, entry);
    }
    let results = journal.results();
    assert_eq!(results.exit(), Outcome::ConformanceFailure);
    let expected = UnmetExpectation {
        replica: 0,
        step,
        line,
        subject: "line.status".to_owned(),
        expected: "OK_POLL".to_owned(),
        actual: "FAILED".to_owned(),
    };
    assert_eq!(results.scenarios[0].expectations_unmet, [expected]);
}

#[test]
fn a_target_that_never_answers_is_unreachable() {
    let mut journal = good();
    for entry in &mut journal.entries {
        if let Event::Exchange(exchange) = &mut entry.event {
            let (cause, detail) = (FailureCause::Connect, "refused".to_owned());
            exchange.outcome = ExchangeOutcome::Failed { cause, detail };
        }
    }
    let results = journal.results();
    assert_eq!(results.exit(), Outcome::TargetUnreachable);
    assert_eq!(results.failed_exchanges, results.exchanges);
}

#[test]
fn a_run_that_was_cut_short_says_so() {
    let mut journal = good();
    journal.entries.truncate(journal.entries.len() - 2);
    let event = Event::RunFinished { completed: 1, interrupted: true };
    let last = journal.entries.last().expect("the journal is long").clone();
    journal.entries.push(muster_journal::Entry { event, ..last });
    let results = journal.results();
    assert_eq!(results.exit(), Outcome::Interrupted);
    assert_eq!(results.scenarios[1].outcome, ScenarioOutcome::Interrupted);
}

#[test]
fn lost_coverage_is_seen() {
    let journal = good();
    let mut results = journal.results();
    let baseline = coverage::parse("baseline", &coverage::write(&results)).expect("own list");
    coverage::compare(&mut results, &baseline);
    assert_eq!(results.exit(), Outcome::Passed);
    let more = coverage::parse("baseline", "trust/dropped_check\n").expect("well formed");
    coverage::compare(&mut results, &more);
    assert_eq!(results.expectations.lost_coverage, ["trust/dropped_check"]);
    assert_eq!(results.exit(), Outcome::ExpectationsOutdated);
}

#[test]
fn a_server_that_refuses_by_http_status_is_not_blamed() {
    let mut journal = good();
    for entry in &mut journal.entries {
        let Event::Exchange(exchange) = &mut entry.event else { continue };
        if exchange.intent.is_honest() {
            continue;
        }
        if let ExchangeOutcome::Answered(answer) = &mut exchange.outcome {
            answer.status = 403;
            answer.message.body.0 = b"Forbidden".to_vec();
        }
    }
    let results = journal.results();
    assert_eq!(*verdict(&results, "rum/edited_report_is_refused"), Verdict::Conforms);
    assert_eq!(*verdict(&results, "trust/stale_trust_id_is_refused"), Verdict::Conforms);
    let named = "trust/old_trust_id_is_named_in_the_refusal";
    assert_eq!(*verdict(&results, named), Verdict::Violates);
    // TRUST-013 is about the very form of the refusal.
    assert_eq!(results.summary.violates, 1);
}

#[test]
fn a_report_under_a_strange_name_rests_on_no_trust() {
    for (reply, settled) in [
        (Reply::Http(403, ""), Verdict::Conforms),
        (Reply::Complete("<smartLicense/>".to_owned()), Verdict::Violates),
    ] {
        let mut recorder = Recorder::new(&[]);
        let instance = recorder.join("MST0000F303");
        let report = usage_edited(&instance, 1, LICENCE, |payload| payload);
        let ask = Ask::new(&instance, "cslu", RequestType::LicenseUsage).with(report);
        let pointer = "/sender_info/sudi/udi_serial_number".to_owned();
        let ask = ask.deviating(Deviation::MemberSet { pointer });
        recorder.exchange_as(ask, "MSTNOBODY", reply);
        let results = journal(recorder).results();
        assert_eq!(*verdict(&results, "trust/unknown_trust_id_is_refused"), settled);
    }
}

#[test]
fn one_settled_poll_does_not_settle_another() {
    let mut recorder = Recorder::new(&[]);
    let members = ["MST0000F304", "MST0000F305"].map(|serial| recorder.join(serial));
    for (poll, instance) in (1..).zip(&members) {
        let edited = usage_edited(instance, 1, LICENCE, |payload| payload + " ");
        let ask = Ask::new(instance, "cslu", RequestType::LicenseUsage).with(edited);
        let ask = ask.deviating(Deviation::PayloadEdited);
        recorder.exchange(ask, Reply::Deferred { poll, interval: 86_400 });
    }
    for _ in 0..2 {
        let rejected = acknowledgement(&members[0], "REJECTED", Vec::new());
        recorder.exchange(Ask::poll(&members[0], "cslu", 1), Reply::Complete(rejected));
    }
    let results = journal(recorder).results();
    let undecided = verdict(&results, "rum/edited_report_is_refused");
    assert!(matches!(undecided, Verdict::Inconclusive { .. }), "{undecided:?}");
}

#[test]
fn a_finding_shows_the_exchange_and_no_secret() {
    let mut journal = good();
    let mut tampered = 0;
    for entry in &mut journal.entries {
        let Event::Exchange(exchange) = &mut entry.event else { continue };
        if let ExchangeOutcome::Answered(answer) = &mut exchange.outcome
            && exchange.intent.id_token.as_deref() == Some("valid")
            && exchange.endpoint == "smart_receiver"
        {
            answer.message.body.0 = b"<html>Welcome</html>".to_vec();
            tampered += 1;
        }
    }
    let results = journal.results();
    let check = "trans/answers_are_decodable";
    let result = results.checks.iter().find(|result| result.check == check).expect(check);
    // The two requests of old are not judged: they were not honest.
    assert_eq!((result.violating, result.findings.len()), (tampered - 2, 1));
    let finding = &result.findings[0];
    assert_eq!(finding.occurrences, result.violating);
    let evidence = finding.evidence.as_ref().expect("an exchange showed it");
    assert_eq!((evidence.seq, evidence.exchange), (3, 1));
    assert_eq!(evidence.scenario, "conformance/direct");
    assert_eq!(evidence.answer, json!("<html>Welcome</html>"));
    let request = &evidence.request["license_data"][0]["smart_license"];
    assert_eq!(request["smartLicenseTrustRequest"][0]["trust_id"], json!(1));
    assert_eq!(results.exit(), Outcome::ConformanceFailure);
}

#[test]
fn a_get_elsewhere_or_with_a_body_is_no_connection_test() {
    let banners = [
        "trans/smart_receiver_shows_its_banner",
        "trans/cslu_tenant_shows_the_banner",
        "trans/tenant_path_is_the_account_name",
    ];
    let own = [
        ("smart_receiver", "/licservice/license"),
        ("cslu", "/cslu/v1/pi/Default-1"),
        ("cslu_other", "/cslu/v1/pi/My%20VA-1"),
    ];
    let elsewhere = [
        ("smart_receiver", "/nowhere", ""),
        ("smart_receiver", "/licservice/license", "a body"),
        ("cslu", "/nowhere/a%20b-1", ""),
        ("cslu", "/cslu/v1/pi/No%20body-1", ""),
        ("cslu", "/cslu/v1/pi/Default-1", "a body"),
    ];
    let mut recorder = Recorder::new(&[]);
    for (endpoint, path) in own {
        let url = format!("https://target.test{path}");
        recorder.header.target.endpoints.insert(endpoint.to_owned(), url);
    }
    for (endpoint, path, body) in elsewhere {
        recorder.probe_at(endpoint, path, body);
    }
    let entries = recorder.entries.clone();
    let header = recorder.header.clone();
    let results = journal(recorder).results();
    for check in banners {
        assert_eq!(*verdict(&results, check), Verdict::NotExercised, "{check}");
    }

    let mut recorder = Recorder::new(&[]);
    recorder.header = header;
    recorder.entries = entries;
    for (endpoint, path) in own {
        recorder.probe_at(endpoint, path, "");
    }
    let results = journal(recorder).results();
    for check in banners {
        assert_eq!(*verdict(&results, check), Verdict::Violates, "{check}");
    }
}

#[test]
fn without_a_header_the_documented_path_tells_a_connection_test() {
    for (path, expected) in
        [("/nowhere", Verdict::NotExercised), ("/licservice/license", Verdict::Violates)]
    {
        let mut recorder = Recorder::new(&[]);
        recorder.probe_at("smart_receiver", path, "");
        let mut judge = Judge::new();
        recorder.entries.iter().for_each(|entry| judge.record(entry));
        let results = judge.finish(&recorder.header);
        assert_eq!(*verdict(&results, "trans/smart_receiver_shows_its_banner"), expected, "{path}");
    }
}

#[test]
fn results_say_how_the_run_was_started() {
    let mut journal = good();
    journal.header.command = vec!["--virtual".to_owned()];
    journal.header.scenarios[0].file = "lab/direct.yaml".to_owned();
    let url = "https://target.test/cslu/v1/pi/Default-1".to_owned();
    journal.header.target.endpoints = [("cslu".to_owned(), url)].into();
    let results = journal.results();
    assert_eq!(results.run.command, ["--virtual"]);
    assert_eq!(results.run.endpoints, journal.header.target.endpoints);
    assert_eq!(results.scenarios[0].file, "lab/direct.yaml");
    assert_eq!(results.scenarios[1].file, "");
}
