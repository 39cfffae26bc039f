//! Every check has been seen to conform, and to violate on its tampered twin.

use std::collections::{BTreeMap, BTreeSet};

use muster_conformance::recorded_answer::RecordedAnswer;
use muster_conformance::{Judge, JudgeFn, Judgement, Listed, Verdict, checks};
use muster_journal::{Entry, Event};

use crate::classic::journal::{both_eras, good_classic};
use crate::journals::{Journal, good, recorded};

/// Answers that are tried per check and journal; the first few show the check as well as all.
const ANSWERS_MAX: usize = 2;

/// What else a tamper breaks: check, then the checks that rightly violate with it.
const SIDE_EFFECTS: &[(&str, &[&str])] = &[
    // One 404 is no service, no tenant and no report taken in.
    (
        "trans/cslu_tenant_answers_at_its_path",
        &["rum/tenant_takes_reports_of_unknown_instances", "trans/tenant_path_is_the_account_name"],
    ),
    (
        "trans/tenant_path_is_the_account_name",
        &[
            "rum/tenant_takes_reports_of_unknown_instances",
            "trans/cslu_tenant_answers_at_its_path",
            "trans/cslu_tenant_shows_the_banner",
        ],
    ),
    ("trans/smart_receiver_answers_at_its_path", &["trans/smart_receiver_is_the_single_contact"]),
    ("trans/smart_receiver_is_the_single_contact", &["trans/smart_receiver_answers_at_its_path"]),
    // One answer is judged for its form and for its substance.
    (
        "rum/validating_tenant_answers_not_found",
        &["rum/validating_tenant_refuses_an_unknown_instance"],
    ),
    // COMPLETE without a result is neither an acknowledgement nor the end of a poll.
    ("rum/early_poll_returns_the_acknowledgement", &["rum/poll_turns_from_deferred_to_complete"]),
    // A trust request answered at once, and without the trust code.
    ("trust/trust_sync_is_deferred", &["trust/trust_answer_is_complete"]),
    // One report may be wrong in two ways.
    ("trust/unknown_trust_id_is_refused", &["trust/report_is_not_processed_without_valid_trust"]),
    ("trust/report_is_not_processed_without_valid_trust", &["trust/unknown_trust_id_is_refused"]),
    // All licences of one answer are made short.
    ("pil/silent_instance_is_released", &["auth/use_within_purchase_is_authorized"]),
    // What is said of a whole is said of its only part.
    ("auth/state_follows_from_its_licences", &["auth/use_within_purchase_is_authorized"]),
    // A certificate that says something else than what was signed.
    ("idc/id_certificate_is_valid_for_a_year", &["idc/certificates_are_issued_by_the_sub_ca"]),
    // One quantity is held against what was asked for, what is held, and what the code says.
    (
        "exp/grants_do_not_exceed_holdings",
        &["exp/grant_is_of_what_was_asked_for", "slac/code_is_for_the_instance_that_asked"],
    ),
    ("exp/grant_is_of_what_was_asked_for", &["slac/code_is_for_the_instance_that_asked"]),
    // Who is told no time to come back may come at once, and in vain.
    ("rum/deferred_result_has_a_poll_id_and_interval", &["rum/result_comes_in_the_end"]),
    // Refused as old, and the report after it taken.
    ("trust/new_trust_id_is_not_called_old", &["trust/refused_trust_stops_reports"]),
    // What should not be authorized at all is authorized at once.
    ("exp/licence_without_export_control_is_refused", &["exp/nothing_is_authorized_at_once"]),
    // What is free and not given is not given without a reason either.
    ("exp/what_is_free_is_authorized", &["exp/refusal_gives_a_reason"]),
    // One account is held against the other era, and against the instance before.
    (
        "tok/token_names_one_account",
        &["reg/token_decides_the_account", "trust/token_serves_every_instance_of_its_account"],
    ),
    ("reg/token_decides_the_account", &["tok/token_names_one_account"]),
    ("trust/token_serves_every_instance_of_its_account", &["tok/token_names_one_account"]),
];

/// Whatever is changed in an artefact is not what was signed any more.
const SIGNATURES: [&str; 4] = [
    "pol/policy_is_signed",
    "rum/acknowledgement_is_signed",
    "slac/code_is_signed",
    "trust/trust_code_is_signed_by_the_server",
];

#[test]
fn every_check_conforms_on_the_hand_built_journals() {
    assert_eq!(never_conforming(&[good(), good_classic(), both_eras()]), BTreeSet::new());
}

#[test]
fn every_check_conforms_on_the_recorded_journals() {
    assert_eq!(never_conforming(&recorded()), BTreeSet::new());
}

/// The checks that conform on none of the journals. Fails when one violates, or conforms without
/// an occasion.
fn never_conforming(journals: &[Journal]) -> BTreeSet<&'static str> {
    let mut never: BTreeSet<_> = checks::ALL.iter().map(|listed| listed.id).collect();
    for journal in journals {
        for check in journal.results().checks {
            assert_ne!(check.verdict, Verdict::Violates, "{}: {check:#?}", journal.name);
            let conforms = check.verdict == Verdict::Conforms;
            assert!(!conforms || check.conforming > 0, "{}: {check:#?}", journal.name);
            if conforms {
                never.remove(check.check.as_str());
            }
        }
    }
    never
}

#[test]
fn every_tamper_is_caught_and_breaks_nothing_else() {
    let mut caught = BTreeSet::new();
    let mut stray = BTreeSet::new();
    for journal in &journals() {
        let before = verdicts(journal);
        let conforming = conforming(journal);
        for listed in checks::ALL {
            let Some(places) = conforming.get(listed.id) else { continue };
            for twin in twins(journal, listed, places) {
                let after = verdicts(&twin);
                if after[listed.id] != Verdict::Violates {
                    continue;
                }
                caught.insert(listed.id);
                for also in broken(listed, &before, &after) {
                    stray.insert(format!("{}: {} breaks {also}", twin.name, listed.id));
                }
            }
        }
    }
    let missed: Vec<_> =
        checks::ALL.iter().map(|listed| listed.id).filter(|id| !caught.contains(id)).collect();
    assert!(stray.is_empty(), "{stray:#?}");
    assert!(missed.is_empty(), "no tampered answer turned {missed:?}");
}

fn journals() -> Vec<Journal> {
    let mut journals = recorded();
    journals.extend([good(), good_classic(), both_eras()]);
    journals
}

/// For each check, the entries on which it conforms; for a check over the fleet, every exchange.
fn conforming(journal: &Journal) -> BTreeMap<&'static str, Vec<usize>> {
    let mut places: BTreeMap<&'static str, Vec<usize>> = BTreeMap::new();
    let mut judge = Judge::for_run(&journal.header);
    for (place, entry) in journal.entries.iter().enumerate() {
        judge.record_with(entry, &mut |check, judgement| {
            if *judgement == Judgement::Conforms {
                let listed = checks::by_id(check).expect("it has just judged");
                places.entry(listed.id).or_default().push(place);
            }
        });
    }
    let results = judge.finish(&journal.header);
    for (listed, result) in checks::ALL.iter().zip(&results.checks) {
        if matches!(listed.check.judge, JudgeFn::Fleet(_)) && result.verdict == Verdict::Conforms {
            places.insert(listed.id, (0..journal.entries.len()).collect());
        }
    }
    places
}

/// The journal with one answer tampered; for a check over the fleet, with every answer.
fn twins(journal: &Journal, listed: &'static Listed, places: &[usize]) -> Vec<Journal> {
    let twin = |places: &[usize]| {
        let mut entries = journal.entries.clone();
        places.iter().for_each(|place| tamper(listed, &mut entries[*place]));
        let name = format!("{} at {places:?}", journal.name);
        Journal { name, header: journal.header.clone(), entries }
    };
    match listed.check.judge {
        JudgeFn::Fleet(_) => vec![twin(places)],
        JudgeFn::Exchange(_) => {
            places.iter().take(ANSWERS_MAX).map(|place| twin(&[*place])).collect()
        }
    }
}

fn tamper(listed: &Listed, entry: &mut Entry) {
    if let Event::Exchange(exchange) = &mut entry.event {
        (listed.check.tamper)(&mut RecordedAnswer::new(exchange));
    }
}

fn verdicts(journal: &Journal) -> BTreeMap<String, Verdict> {
    let checks = journal.results().checks;
    checks.into_iter().map(|check| (check.check, check.verdict)).collect()
}

/// Checks that turned from conforming to violating and are not listed as side effects.
fn broken(
    listed: &Listed,
    before: &BTreeMap<String, Verdict>,
    after: &BTreeMap<String, Verdict>,
) -> Vec<String> {
    let known = SIDE_EFFECTS.iter().find(|(check, _)| *check == listed.id);
    let known = known.map_or(&[][..], |(_, also)| also);
    after
        .iter()
        .filter(|(id, verdict)| **verdict == Verdict::Violates && before[*id] == Verdict::Conforms)
        .map(|(id, _)| id.clone())
        .filter(|id| id != listed.id && !known.contains(&id.as_str()))
        .filter(|id| !SIGNATURES.contains(&id.as_str()))
        .collect()
}
