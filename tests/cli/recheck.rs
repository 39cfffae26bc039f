//! `muster recheck`: the same verdicts from the recording, and one edited byte fails one check.

use std::path::Path;

use crate::{code, json, muster, said, text, verdicts};

fn lines(journal: &Path) -> Vec<String> {
    let bytes = std::fs::read(journal).expect("the journal was written");
    let plain = zstd::decode_all(bytes.as_slice()).expect("zstd");
    String::from_utf8(plain).expect("JSON Lines").lines().map(str::to_owned).collect()
}

#[test]
fn a_journal_gives_the_verdicts_of_its_run() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = |name: &str| folder.path().join(name);
    let run = muster(&["check", "--report", text(&path("out")), "--json", text(&path("a"))]);
    assert_eq!(code(&run), 0, "{}", said(&run));
    let journal = path("out").join("run.journal.zst");
    let again = muster(&["recheck", text(&journal), "--json", text(&path("b"))]);
    assert_eq!(code(&again), 0, "{}", said(&again));
    assert_eq!(verdicts(&json(&path("a"))), verdicts(&json(&path("b"))));
    assert_eq!(json(&path("a"))["summary"], json(&path("b"))["summary"]);
}

#[test]
fn no_secret_is_in_the_journal() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let journal = folder.path().join("run.journal.zst");
    let run = muster(&["check", "--virtual", "--seed", "5", "--journal", text(&journal)]);
    assert_eq!(code(&run), 0, "{}", said(&run));
    let secret = muster_server::id_token(5, "valid").expect("the embedded server has this token");
    assert!(!lines(&journal).iter().any(|line| line.contains(&secret)));
}

#[test]
fn one_flipped_byte_in_an_answer_turns_exactly_the_check_that_judges_it() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = |name: &str| folder.path().join(name);
    let journal = path("run.journal.zst");
    let run = muster(&["check", "--virtual", "--seed", "5", "--journal", text(&journal)]);
    assert_eq!(code(&run), 0, "{}", said(&run));
    // The serial number in the `sudi` an accepted LICENSE_USAGE answer echoes.
    let mut lines = lines(&journal);
    let at = lines.iter().position(|line| is_accepted_usage(line)).expect("the run reports usage");
    lines[at] = flip_echoed_serial(&lines[at]);
    std::fs::write(path("flipped.jsonl"), lines.join("\n") + "\n").expect("a writable folder");
    let again = muster(&["recheck", text(&path("flipped.jsonl")), "--json", text(&path("r.json"))]);
    assert_eq!(code(&again), 1, "{}", said(&again));
    let document = json(&path("r.json"));
    let failing: Vec<_> = document["checks"]
        .as_array()
        .expect("a list of checks")
        .iter()
        .filter(|check| check["violating"].as_u64() > Some(0))
        .flat_map(|check| check["requirements"].as_array().expect("requirements").clone())
        .collect();
    assert_eq!(failing, ["RUM-033"], "{}", said(&again));
}

fn is_accepted_usage(line: &str) -> bool {
    let entry: serde_json::Value = serde_json::from_str(line).expect("a journal line");
    let honest = entry["intent"]["deviations"].is_null();
    entry["intent"]["request_type"] == "LICENSE_USAGE"
        && honest
        && entry["outcome"]["body"]["text"].as_str().is_some_and(|body| body.contains("OK_POLL"))
}

fn flip_echoed_serial(line: &str) -> String {
    let mut entry: serde_json::Value = serde_json::from_str(line).expect("a journal line");
    let body = entry["outcome"]["body"]["text"].as_str().expect("a text body");
    let mut answer: serde_json::Value = serde_json::from_str(body).expect("an answer");
    let serial = answer["sender_info"]["sudi"]["udi_serial_number"].as_str().expect("a serial");
    let mut bytes = serial.as_bytes().to_vec();
    let last = bytes.last_mut().expect("a serial is not empty");
    *last = if *last == b'0' { b'1' } else { b'0' };
    let flipped = String::from_utf8(bytes).expect("ASCII");
    answer["sender_info"]["sudi"]["udi_serial_number"] = flipped.into();
    entry["outcome"]["body"]["text"] = answer.to_string().into();
    entry.to_string()
}
