//! What a run of one era says about the checks of the other, and about servers that are wrong in
//! the ways the tampers do not show.

use muster_conformance::{Results, Verdict, checks};
use muster_journal::{Deviation, Entry};
use serde_json::json;

use super::journal::good_classic;
use super::lab::{Lab, ON_PREM, Way};
use crate::journals::{Journal, good};

/// Checks of the classic era: those that conform on its journal and have no say in the other.
fn classic_checks(results: &Results) -> Vec<&str> {
    let only = results.checks.iter().filter(|check| check.verdict == Verdict::Conforms);
    let ids = only.map(|check| check.check.as_str());
    ids.filter(|id| !POLICY_TOO.contains(id)).collect()
}

/// Checks of where a service is, whatever it serves.
const POLICY_TOO: [&str; 2] =
    ["cert/on_prem_chain_has_four_tiers", "trans/on_prem_answers_call_home"];

fn verdict<'a>(results: &'a Results, id: &str) -> &'a Verdict {
    let found = results.checks.iter().find(|check| check.check == id);
    &found.expect("a check of that id").verdict
}

fn judged(lab: Lab) -> Results {
    let (header, entries): (_, Vec<Entry>) = lab.finish();
    Journal { name: "lab".to_owned(), header, entries }.results()
}

#[test]
fn a_run_of_the_policy_era_exercises_no_check_of_the_classic_era() {
    let classic = good_classic().results();
    let policy = good().results();
    let ids = classic_checks(&classic);
    assert!(ids.len() >= 56, "{ids:?}");
    for id in ids {
        assert_eq!(verdict(&policy, id), &Verdict::NotExercised, "{id}");
        assert!(checks::by_id(id).is_some());
    }
}

#[test]
fn what_was_never_said_of_an_account_is_not_held_against_a_server() {
    let mut journal = good_classic();
    journal.entries.retain(|entry| {
        !matches!(&entry.event, muster_journal::Event::HookCalled { hook, .. }
            if hook == "entitlements")
    });
    let results = journal.results();
    for id in [
        "auth/use_within_purchase_is_authorized",
        "auth/use_beyond_purchase_is_out_of_compliance",
        "auth/higher_tier_stands_in_for_a_lower_one",
        "aha/standby_shares_the_licence",
        "aha/take_over_is_counted_once",
        "pil/silent_instance_is_released",
        "reg/licences_of_who_left_are_free",
        "exp/grants_do_not_exceed_holdings",
    ] {
        assert_eq!(verdict(&results, id), &Verdict::NotExercised, "{id}");
    }
}

#[test]
fn an_on_prem_that_has_not_synchronized_need_not_know_what_was_purchased() {
    let mut journal = good_classic();
    journal.entries.retain(|entry| {
        !matches!(&entry.event, muster_journal::Event::HookCalled { hook, .. }
            if hook == "synchronize")
    });
    let results = journal.results();
    let id = "auth/use_beyond_purchase_is_out_of_compliance";
    assert_eq!(verdict(&results, id), &Verdict::NotExercised);
}

#[test]
fn two_instances_with_one_identifier_are_found() {
    let mut lab = Lab::new();
    let mut one = lab.join("MST0000D001");
    lab.register(&mut one, ON_PREM, Way::with("valid"));
    let mut other = lab.join("MST0000D002");
    other.pretend(&one);
    lab.register(&mut other, ON_PREM, Way::with("valid"));
    let results = judged(lab);
    assert_eq!(verdict(&results, "reg/identifier_is_given_to_one_instance"), &Verdict::Violates);
}

#[test]
fn a_clock_just_inside_and_just_outside_the_window_is_told_apart() {
    for (minutes, inside) in [(23 * 60 + 58, true), (24 * 60 + 2, false)] {
        let mut lab = Lab::new();
        let mut one = lab.join("MST0000D003");
        let by_ms = minutes * 60_000;
        let skewed = Deviation::ClockSkewed { by_ms: by_ms as i64 };
        let way = Way { token: Some("valid"), ahead_ms: by_ms, ..Way::deviating(skewed) };
        lab.register(&mut one, ON_PREM, way);
        let results = judged(lab);
        let (good, bad) = match inside {
            true => (Verdict::Conforms, Verdict::NotExercised),
            false => (Verdict::NotExercised, Verdict::Violates),
        };
        assert_eq!(verdict(&results, "cert/clock_within_a_day_can_register"), &good);
        assert_eq!(verdict(&results, "cert/wrong_clock_cannot_register"), &bad);
    }
}

#[test]
fn a_removed_instance_that_registers_again_is_known_again() {
    let mut lab = Lab::new();
    let mut one = lab.join("MST0000D004");
    lab.register(&mut one, ON_PREM, Way::with("valid"));
    lab.hook("remove_registration", json!({ "udi": one.udi.to_string() }));
    lab.register(&mut one, ON_PREM, Way::with("valid"));
    lab.refuse(&one, ON_PREM, Way::with("valid"), "the instance is registered already");
    let results = judged(lab);
    let id = "reg/known_instance_needs_the_force_option";
    assert_eq!(verdict(&results, id), &Verdict::Conforms);
}

#[test]
fn evidence_shows_no_id_token() {
    let mut lab = Lab::new();
    let one = lab.join("MST0000D005");
    let way = Way { secret: "s3cret-token", ..Way::with("expired") };
    lab.refuse(&one, ON_PREM, way, "no");
    let one = lab.join("MST0000D006");
    let way = Way { secret: "s3cret-token", ..Way::with("expired") };
    lab.refuse(&one, "call_home", way, "no");
    let results = judged(lab);
    let found = results.checks.iter().find(|check| !check.findings.is_empty());
    assert!(found.is_some_and(|check| check.findings[0].evidence.is_some()));
    let text = serde_json::to_string(&results).expect("results are JSON");
    assert!(!text.contains("s3cret"), "{text}");
}
