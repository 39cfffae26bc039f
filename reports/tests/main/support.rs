//! One fixed run with every verdict, every outcome, and answers that try to break out.

use muster_conformance::requirement::{Level, Provenance, RequirementId};
use muster_conformance::results::{
    CheckResult, EntryReport, EntryState, ExpectationOutcome, ExpectationReport, RequirementResult,
    RunInfo, ScenarioOutcome, ScenarioResult, Summary, UnmetExpectation,
};
use muster_conformance::{Evidence, Finding, Results, Verdict};
use muster_journal::TimeMode;
use muster_wire::Udi;
use serde_json::{Value, json};

/// Ends every context it is put into, if that context lets it.
pub(crate) const HOSTILE: &str = "</pre></script><script>alert('x')</script>\
     <img src=x onerror=\"alert(1)\">]]>--> `|` [a](javascript:b) @all \
     \u{1b}[2J\u{202e}\u{0}\u{fffe}";

/// 2026-03-02T06:00:00Z.
const START_MS: u64 = 1_772_431_200_000;

/// The run.
pub(crate) fn results() -> Results {
    let checks = checks();
    let requirements = requirements();
    let mut summary = Summary::default();
    for requirement in &requirements {
        summary.count(&requirement.verdict);
    }
    let scenarios = scenarios();
    Results {
        run: RunInfo {
            muster: "0.1.0".to_owned(),
            seed: 42,
            time: TimeMode::Virtual,
            target: "onprem-lab".to_owned(),
            started_at_ms: START_MS,
            scenarios: scenarios.iter().map(|scenario| scenario.id.clone()).collect(),
            endpoints: [
                ("cslu".to_owned(), "https://127.0.0.1:8443/cslu/v1/pi/Default-1".to_owned()),
                (
                    "smart_receiver".to_owned(),
                    "https://127.0.0.1:8443/licservice/license".to_owned(),
                ),
            ]
            .into(),
            command: vec!["--target".to_owned(), "labs/on prem.toml".to_owned()],
            partial: false,
        },
        requirements,
        checks,
        scenarios,
        summary,
        expectations: expectations(),
        interrupted: false,
        exchanges: 148,
        failed_exchanges: 2,
        load: None,
        gates_unjudged: Vec::new(),
    }
}

/// The same run of a server that does nothing wrong.
pub(crate) fn clean_results() -> Results {
    let mut results = results();
    results.checks.retain(|check| check.verdict == Verdict::Conforms);
    results.checks.iter_mut().for_each(|check| check.expectation = None);
    results.requirements.retain(|requirement| requirement.verdict == Verdict::Conforms);
    results.scenarios.retain(|scenario| {
        scenario.outcome == ScenarioOutcome::Completed && scenario.expectations_unmet_count == 0
    });
    let conforms = u32::try_from(results.requirements.len()).expect("a handful");
    results.summary = Summary { conforms, ..Summary::default() };
    results.expectations = ExpectationReport::default();
    results
}

fn checks() -> Vec<CheckResult> {
    let mut checks = vec![
        conforming(
            "policy/policy_is_supplied_when_missing",
            "A missing policy is supplied",
            "POL-002",
        ),
        known_deviation(),
        conforming(
            "rum/report_is_deferred_with_a_poll_id",
            "A usage report gets a poll id",
            "RUM-041",
        ),
        edited_payload(),
        undecided(),
        unexercised("rum/purged_report_is_not_asked_for", "RUM-060", Verdict::NotExercised),
        unexercised("trust/expired_trust_is_refused", "TRUST-027", lacks("clock")),
        compatibility(),
        stale_trust_id(),
        conforming(
            "trust/trust_answer_is_whole",
            "A trust answer holds all its elements",
            "TRUST-015",
        ),
    ];
    checks[0].expectation = Some(ExpectationOutcome::UnexpectedPass);
    checks
}

fn check(id: &str, title: &str, requirements: &[&'static str], verdict: Verdict) -> CheckResult {
    CheckResult {
        check: id.to_owned(),
        title: title.to_owned(),
        area: id.split('/').next().unwrap_or_default().to_owned(),
        requirements: requirements.iter().map(|id| RequirementId::from_static(id)).collect(),
        level: Level::Must,
        compatibility: false,
        verdict,
        conforming: 0,
        violating: 0,
        inconclusive: 0,
        findings: Vec::new(),
        expectation: None,
    }
}

fn conforming(id: &str, title: &str, requirement: &'static str) -> CheckResult {
    CheckResult { conforming: 12, ..check(id, title, &[requirement], Verdict::Conforms) }
}

fn unexercised(id: &str, requirement: &'static str, verdict: Verdict) -> CheckResult {
    check(id, "What this run could not show", &[requirement], verdict)
}

fn lacks(what: &str) -> Verdict {
    Verdict::Untestable { why: format!("lacks {what}") }
}

fn stale_trust_id() -> CheckResult {
    let request = json!({
        "sender_info": {
            "connect_info": {"name": "C_agent", "version": "5.8.6_rel/15", "production": true},
            "timestamp": START_MS + 61_000,
            "nonce": "4117000000000003",
            "sudi": {"udi_pid": "C9800-L-F-K9", "udi_serial_number": "MUST0000001"},
        },
        "device_list": [{"sudi": {"udi_pid": "C9800-L-F-K9"}}],
        "license_data": [{
            "request_type": "ID_TOKEN_TRUST",
            "request_line_id": 1,
            "smart_license": {"smartLicenseTrustRequest": {"trustId": 1, "id_token": "[id token]"}},
        }],
    });
    let answer = json!({
        "status": "COMPLETE",
        "license_data": [{
            "request_line_id": 1,
            "status": "COMPLETE",
            "smart_license": {"smartLicenseTrust": {"trustCode": {
                "udi": "P:C9800-L-F-K9,S:MUST0000001",
                "trustId": 1,
                "status": {"success": true, "correlationID": "null-null"},
            }}},
        }],
    });
    let mut check = check(
        "trust/stale_trust_id_is_refused",
        "A trust request whose id is not over the last processed one is refused",
        &["TRUST-012", "TRUST-013"],
        Verdict::Violates,
    );
    check.violating = 3;
    check.conforming = 1;
    let expected = "trustCode/status/success false with code OLD_TRUST_ID";
    check.findings = vec![finding(&check, expected, "success true, trustId 1", request, answer)];
    check.findings[0].occurrences = 3;
    check
}

fn edited_payload() -> CheckResult {
    let mut check = check(
        "rum/edited_payload_is_not_processed",
        "A usage report whose payload was edited after signing is not processed",
        &["TRUST-014"],
        Verdict::Violates,
    );
    check.violating = 1;
    let request = json!({"license_data": [{"request_type": "LICENSE_USAGE"}], "note": HOSTILE});
    let first = finding(&check, "a refusal", &format!("answer {HOSTILE}"), request, json!(HOSTILE));
    let mut whole_run = finding(&check, "no new counts", "counts rose by 3", json!({}), json!({}));
    whole_run.evidence = None;
    check.findings = vec![first, whole_run];
    check.expectation = Some(ExpectationOutcome::Expired { expires: "2026-01-31".to_owned() });
    check
}

fn known_deviation() -> CheckResult {
    let mut check = check(
        "rum/conflicting_record_is_refused",
        "A report for an instance on record elsewhere is refused",
        &["RUM-043"],
        Verdict::Violates,
    );
    check.violating = 1;
    let request = json!({"license_data": [{"request_type": "LICENSE_USAGE"}]});
    check.findings = vec![finding(
        &check,
        "message_code ERROR Consuming licenses",
        "line status OK_POLL",
        request,
        json!({"license_data": [{"status": "OK_POLL", "poll_id": 7}]}),
    )];
    check.expectation = Some(ExpectationOutcome::AsExpected {
        reason: "record keeping is being rewritten".to_owned(),
        owner: "licensing team".to_owned(),
        link: "LAB-17".to_owned(),
    });
    check
}

fn compatibility() -> CheckResult {
    let mut check = check(
        "trust/refusal_of_an_unknown_token_has_a_code",
        "A refused token is answered with a code",
        &["TRUST-021"],
        Verdict::Violates,
    );
    check.compatibility = true;
    check.level = Level::Should;
    check.violating = 1;
    let request = json!({"license_data": [{"request_type": "ID_TOKEN_TRUST"}]});
    let mut found = finding(&check, "code INVALID_TOKEN", "no answer", request, Value::Null);
    if let Some(evidence) = &mut found.evidence {
        evidence.http_status = None;
    }
    check.findings = vec![found];
    check
}

fn undecided() -> CheckResult {
    let why = "the acknowledgement has a form no public source shows";
    let verdict = Verdict::Inconclusive { why: why.to_owned() };
    let mut check = check(
        "rum/every_report_is_acknowledged",
        "Every accepted report is acknowledged",
        &["RUM-050"],
        verdict.clone(),
    );
    check.inconclusive = 2;
    let request = json!({"license_data": [{"request_type": "POLL", "poll_id": 7}]});
    let answer = json!({"status": "COMPLETE", "license_data": [{"smart_license": "AAAA"}]});
    let mut found = finding(&check, "", why, request, answer);
    found.verdict = verdict;
    check.findings = vec![found];
    check
}

fn finding(
    check: &CheckResult,
    expected: &str,
    actual: &str,
    request: Value,
    answer: Value,
) -> Finding {
    Finding {
        check: check.check.clone(),
        requirements: check.requirements.clone(),
        verdict: Verdict::Violates,
        expected: expected.to_owned(),
        actual: actual.to_owned(),
        evidence: Some(Evidence {
            seq: 118,
            exchange: 4,
            journey: Some(0),
            scenario: "conformance/trust/stale-trust-id".to_owned(),
            instance: Some(0),
            udi: Some(Udi::new("C9800-L-F-K9", "MUST0000001")),
            at_ms: START_MS + 61_000,
            endpoint: "smart_receiver".to_owned(),
            url: "https://127.0.0.1:8443/licservice/license".to_owned(),
            request,
            answer,
            http_status: Some(200),
        }),
        occurrences: 1,
    }
}

fn requirements() -> Vec<RequirementResult> {
    let doubt =
        || Verdict::Inconclusive { why: "the acknowledgement is of an unknown form".into() };
    let no_check = || Verdict::Untestable { why: "no check judges it yet".to_owned() };
    let rows = [
        ("RUM-041", Verdict::Conforms, "rum/report_is_deferred_with_a_poll_id"),
        ("RUM-043", Verdict::Violates, "rum/conflicting_record_is_refused"),
        ("RUM-050", doubt(), "rum/every_report_is_acknowledged"),
        ("RUM-060", Verdict::NotExercised, "rum/purged_report_is_not_asked_for"),
        ("RUM-061", no_check(), ""),
        ("TRUST-012", Verdict::Violates, "trust/stale_trust_id_is_refused"),
        ("TRUST-013", Verdict::Violates, "trust/stale_trust_id_is_refused"),
        ("TRUST-014", Verdict::Violates, "rum/edited_payload_is_not_processed"),
        ("TRUST-015", Verdict::Conforms, "trust/trust_answer_is_whole"),
        ("TRUST-021", Verdict::Violates, "trust/refusal_of_an_unknown_token_has_a_code"),
        ("TRUST-027", lacks("clock"), "trust/expired_trust_is_refused"),
        ("TRUST-028", lacks("clock"), "trust/expired_trust_is_refused"),
        ("POL-002", Verdict::Conforms, "policy/policy_is_supplied_when_missing"),
    ];
    rows.into_iter()
        .map(|(id, verdict, check)| RequirementResult {
            id: RequirementId::from_static(id),
            verdict,
            checks: if check.is_empty() { Vec::new() } else { vec![check.to_owned()] },
            provenance: match id {
                "TRUST-021" => Provenance::Assumed,
                _ => Provenance::Documented,
            },
            level: Level::Must,
        })
        .collect()
}

fn scenarios() -> Vec<ScenarioResult> {
    let scenario = |id: &str, title: &str, outcome| ScenarioResult {
        id: id.to_owned(),
        title: title.to_owned(),
        file: String::new(),
        outcome,
        expectations_met: 9,
        expectations_unmet: Vec::new(),
        expectations_unmet_count: 0,
        known: false,
        exchanges: 37,
        replicas: 1,
    };
    let mut unmet = scenario(
        "conformance/trust/stale-trust-id",
        "A trust id is used twice",
        ScenarioOutcome::Completed,
    );
    unmet.expectations_unmet = vec![
        unmet_expectation(14, "trust.status.code", "OLD_TRUST_ID", "absent"),
        unmet_expectation(0, "line.status", "COMPLETE", HOSTILE),
    ];
    unmet.expectations_unmet_count = 3;
    let mut known = scenario(
        "conformance/rum/conflicting-record",
        "One instance, two virtual accounts",
        ScenarioOutcome::Completed,
    );
    known.expectations_unmet =
        vec![unmet_expectation(22, "answer.message_code", "ERROR Consuming licenses", "absent")];
    known.expectations_unmet_count = 1;
    known.known = true;
    known.file = "labs/conflicting record.yaml".to_owned();
    let broken = ScenarioOutcome::Broken { reason: "hook clock answered HTTP 500".to_owned() };
    let clock = ScenarioOutcome::NotRun { lacks: vec!["clock".to_owned(), "collect".to_owned()] };
    vec![
        scenario("conformance/trust/first-trust", "First trust", ScenarioOutcome::Completed),
        unmet,
        known,
        scenario("conformance/trust/expiry", "Trust runs out after a year", clock),
        scenario("soak/one-day", "A day of reporting", broken),
        scenario("soak/one-week", "A week of reporting", ScenarioOutcome::Interrupted),
    ]
}

fn unmet_expectation(line: u32, subject: &str, expected: &str, actual: &str) -> UnmetExpectation {
    UnmetExpectation {
        replica: 0,
        step: 3,
        line,
        subject: subject.to_owned(),
        expected: expected.to_owned(),
        actual: actual.to_owned(),
    }
}

fn expectations() -> ExpectationReport {
    let passes = vec!["policy/policy_is_supplied_when_missing".to_owned()];
    let states = [
        ("rum/conflicting_*", EntryState::Held),
        ("policy/*", EntryState::UnexpectedPass { checks: passes }),
        ("rum/purged_*", EntryState::NotExercised),
        ("scenario:classic/*", EntryState::Stale { why: "no scenario has such an id".to_owned() }),
    ];
    let entry = |(index, (pattern, state)): (u32, (&str, EntryState))| EntryReport {
        pattern: pattern.to_owned(),
        line: 4 + index * 6,
        reason: "record keeping is being rewritten".to_owned(),
        state,
    };
    ExpectationReport {
        entries: (0..).zip(states).map(entry).collect(),
        lost_coverage: vec!["rum/purged_report_is_not_asked_for".to_owned()],
    }
}
