//! Same seed, same journal, byte for byte: below the fleet no clock, no chance and no order that
//! changes from run to run, and nowhere in the simulation a `select!` that tosses a coin.

use crate::complaint::{Complaint, assert_tidy};
use crate::repository;
use crate::source::Source;

const RULES: &[&str] = &["clock", "chance", "order", "select"];

/// Crates that get time, seed and bytes handed in.
const PURE: &[&str] = &[
    "sim/wire/src/",
    "sim/agent/src/",
    "sim/journal/src/",
    "scenarios/src/",
    "conformance/src/",
    "certs/src/",
];

/// Rule, words of the code, what to do.
const WORDS: &[(&str, &[&str], &str)] = &[
    (
        "clock",
        &["SystemTime::now", "Instant::now", "Timestamp::now", "Zoned::now", "thread::sleep"],
        "take `now` as an argument",
    ),
    (
        "chance",
        &["thread_rng", "rand::rng", "OsRng", "getrandom", "SystemRandom", "RandomState"],
        "derive it from the run seed",
    ),
    ("order", &["HashMap", "HashSet"], "use BTreeMap, BTreeSet or IndexMap"),
];

#[test]
fn the_same_seed_gives_the_same_journal() {
    let complaints: Vec<_> =
        repository::rust().flat_map(|(path, text)| judge(path, text)).collect();
    assert_tidy(RULES, &complaints);
}

fn judge(path: &str, text: &str) -> Vec<Complaint> {
    let pure = PURE.iter().any(|folder| path.starts_with(folder));
    let source = Source::new(text);
    let mut complaints = Vec::new();
    for (number, line) in source.code.lines().enumerate() {
        let mut complain = |rule, word: &str, remedy| {
            let (path, what) = (path.to_owned(), format!("`{word}`"));
            complaints.push(Complaint { rule, path, line: number + 1, what, remedy });
        };
        if path.starts_with("sim/") && line.contains("select!") {
            complain("select", "select!", "poll in a fixed order, or use one queue");
        }
        for (rule, words, remedy) in WORDS.iter().filter(|_| pure) {
            for word in words.iter().filter(|word| line.contains(**word)) {
                complain(rule, word, remedy);
            }
        }
    }
    complaints
}

#[test]
fn what_changes_from_run_to_run_is_found() {
    let broken = |path, text| judge(path, text).iter().map(|one| one.rule).collect::<Vec<_>>();
    let pure = "sim/agent/src/agent.rs";
    assert_eq!(broken(pure, "let now = Instant::now();"), ["clock"]);
    assert_eq!(broken(pure, "let chance = rand::rng();"), ["chance"]);
    assert_eq!(broken(pure, "use std::collections::HashMap;"), ["order"]);
    assert_eq!(broken(pure, "// HashMap, Instant::now"), [""; 0]);
    assert_eq!(broken("sim/fleet/src/a.rs", "tokio::select! { }"), ["select"]);
    assert_eq!(broken("sim/fleet/src/a.rs", "Instant::now()"), [""; 0]);
    assert_eq!(broken("src/main.rs", "tokio::select! { }"), [""; 0]);
}
