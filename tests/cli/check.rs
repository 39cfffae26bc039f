//! `muster check` on the embedded server: the main job.

use crate::{code, json, muster, out, said, text, verdicts};

#[test]
fn the_embedded_server_passes_over_real_tls_with_every_report() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (report, junit, results) =
        (folder.path().join("out"), folder.path().join("j.xml"), folder.path().join("r.json"));
    let arguments =
        ["check", "--report", text(&report), "--junit", text(&junit), "--json", text(&results)];
    let run = muster(&arguments);
    assert_eq!(code(&run), 0, "{}", said(&run));
    let document = json(&results);
    assert_eq!(document["schema"], "muster.results/1");
    let conforms = document["summary"]["conforms"].as_u64().expect("a count");
    assert!(conforms >= 38, "{conforms} requirements conform\n{}", said(&run));
    assert_eq!(document["summary"]["violates"], 0);
    // A verdict without an occasion would be vacuous.
    for check in document["checks"].as_array().expect("a list of checks") {
        let counted = check["conforming"].as_u64().expect("a count");
        assert_eq!(check["verdict"] == "conforms", counted > 0, "{check}");
    }
    for name in [
        "report.html",
        "junit.xml",
        "results.json",
        "report.md",
        "results.sarif",
        "run.journal.zst",
    ] {
        assert!(report.join(name).is_file(), "{name} is missing");
    }
    assert!(junit.is_file());
    assert!(out(&run).contains("seed "), "the seed is in the report\n{}", said(&run));
}

#[test]
fn the_same_seed_in_virtual_time_gives_the_same_bytes() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let journal = |name: &str| folder.path().join(name);
    for name in ["a", "b"] {
        let run = muster(&["check", "--virtual", "--seed", "7", "--journal", text(&journal(name))]);
        assert_eq!(code(&run), 0, "{}", said(&run));
    }
    let bytes = |name: &str| std::fs::read(journal(name)).expect("the journal was written");
    assert!(bytes("a") == bytes("b"), "the two journals differ");
    let run = muster(&["check", "--virtual", "--seed", "8", "--journal", text(&journal("c"))]);
    assert_eq!(code(&run), 0, "{}", said(&run));
    assert!(bytes("a") != bytes("c"), "another seed must give another journal");
}

#[test]
fn virtual_and_real_runs_agree() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (real, simulated) = (folder.path().join("real.json"), folder.path().join("virtual.json"));
    assert_eq!(code(&muster(&["check", "--json", text(&real)])), 0);
    assert_eq!(code(&muster(&["check", "--virtual", "--json", text(&simulated)])), 0);
    let differ: Vec<_> = verdicts(&json(&real))
        .into_iter()
        .zip(verdicts(&json(&simulated)))
        .filter(|(real, simulated)| real != simulated)
        .collect();
    // Only what a TLS connection or a second party on a socket shows may be missing in memory.
    for (real, simulated) in &differ {
        assert_eq!(real.0, simulated.0);
        assert!(
            real.0.contains("CERT-") || real.0 == "\"POL-002\"",
            "{real:?} in real time, {simulated:?} in virtual time"
        );
    }
}

#[test]
fn scenarios_can_be_chosen_by_glob() {
    let run = muster(&["check", "--virtual", "--scenario", "conformance/*trust*"]);
    assert_eq!(code(&run), 0, "{}", said(&run));
    let run = muster(&["check", "--virtual", "--scenario", "conformance/*trsut*"]);
    assert_eq!(code(&run), 4, "{}", said(&run));
}
