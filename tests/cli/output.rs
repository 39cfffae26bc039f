//! Where results go: links are followed, devices written to, missing folders made.

use crate::{code, json, muster, said, text};

const CHOSEN: &str = "conformance/first-trust-direct";

#[test]
fn a_link_is_followed_and_missing_folders_are_made() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("real.json"), "old").expect("a writable folder");
    std::os::unix::fs::symlink(path("real.json"), path("link.json")).expect("links are possible");
    let (link, journal) = (path("link.json"), path("new/deep/run.journal.zst"));
    let run = muster(&[
        "check",
        "--virtual",
        "--scenario",
        CHOSEN,
        "--json",
        text(&link),
        "--journal",
        text(&journal),
    ]);
    assert_eq!(code(&run), 0, "{}", said(&run));
    assert!(link.is_symlink(), "the link was replaced");
    assert_eq!(json(&path("real.json"))["schema"], "muster.results/1");
    assert!(journal.is_file());
}

#[test]
fn a_device_is_written_to_and_stays_one() {
    let run = muster(&["check", "--virtual", "--scenario", CHOSEN, "--json", "/dev/null"]);
    assert_eq!(code(&run), 0, "{}", said(&run));
    let kind = std::fs::metadata("/dev/null").expect("every system has it").file_type();
    assert!(!kind.is_file(), "the device became a file");
    let run = muster(&["check", "--virtual", "--scenario", CHOSEN, "--journal", "/dev/null"]);
    assert_eq!(code(&run), 4, "{}", said(&run));
    let kind = std::fs::metadata("/dev/null").expect("every system has it").file_type();
    assert!(!kind.is_file(), "the device became a file");
}

#[test]
fn a_cut_journal_is_judged_up_to_the_cut() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let journal = folder.path().join("run.journal.zst");
    let run = muster(&["check", "--virtual", "--seed", "4", "--journal", text(&journal)]);
    assert_eq!(code(&run), 0, "{}", said(&run));
    let whole = std::fs::read(&journal).expect("the journal was written");
    std::fs::write(&journal, &whole[..whole.len() / 2]).expect("a writable folder");
    let again = muster(&["recheck", text(&journal)]);
    assert_eq!(code(&again), 130, "{}", said(&again));
    assert!(said(&again).contains("judged up to there"), "{}", said(&again));
}
