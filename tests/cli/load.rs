//! Fleets under load: what is measured, what the gates say, and what is kept between runs.

use std::collections::BTreeMap;
use std::path::Path;
use std::thread;
use std::time::Duration;

use muster_journal::{Entry, Event, Reader};
use serde_json::Value;

use crate::server::Server;
use crate::{code, json, muster, said, text};

/// Everybody is trusted, has reported and is acknowledged after three days.
const STEPS: &str = "steps:
  - sync
  - advance: 3d
";

fn scenario(folder: &Path, load: &str, rest: &str) -> String {
    let path = folder.join("load.yaml");
    let head = "title: A drill under load
instances:
  switch: { platform: catalyst-9300, via: cslu }
";
    std::fs::write(&path, format!("{head}load:\n{load}\n{rest}")).expect("a temporary file");
    text(&path).to_owned()
}

fn step<'a>(results: &'a Value, name: &str) -> &'a Value {
    let steps = results["load"]["steps"].as_array().expect("a list of steps");
    steps.iter().find(|step| step["step"] == name).expect("the step was taken")
}

fn verdict_of<'a>(results: &'a Value, gate: &str) -> &'a Value {
    let gates = results["load"]["gates"].as_array().expect("a list of gates");
    &gates.iter().find(|one| one["gate"] == gate).expect("the gate was judged")["verdict"]
}

#[test]
fn a_frozen_server_cannot_hide_behind_a_generator_that_waits_for_it() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (profile, results) = (folder.path().join("target.toml"), folder.path().join("r.json"));
    let load = "  instances: 4500\n  arrivals: { rate: 500/s }\n  for: 12s";
    let file =
        scenario(folder.path(), load, "steps:\n  - { probe: {}, via: smart_transport_http }\n");
    let server = Server::start(&profile, &[]);
    let frozen = thread::spawn(move || {
        thread::sleep(Duration::from_secs(3));
        server.freeze(true);
        thread::sleep(Duration::from_secs(6));
        server.freeze(false);
        server
    });
    let run = muster(&[
        "run",
        &file,
        "--target",
        text(&profile),
        "--json",
        text(&results),
        "--in-flight",
        "16",
        "--no-checks",
    ]);
    drop(frozen.join());
    // No gate and no check: what was asked for was done.
    assert_eq!(code(&run), 0, "{}", said(&run));
    let document = json(&results);
    let all = step(&document, "all");
    let p99_us = |kind: &str| all[kind]["p99"].as_u64().expect("a number");
    assert!(all["count"].as_u64() > Some(5_000), "{}", said(&run));
    assert!(p99_us("corrected") >= 5_000_000, "{all}");
    // Sixteen requests of six thousand were under way: seen from the send, little happened.
    assert!(p99_us("raw") < 5_000_000, "{all}");
}

#[test]
fn a_missed_gate_is_exit_2_and_one_that_cannot_be_told_is_exit_8() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let results = folder.path().join("r.json");
    let load = "  instances: 40\n  arrivals: { spread: 1s }";
    for (gate, exit, verdict) in [
        ("acknowledged == instances", 0, "met"),
        ("completed < 40", 2, "missed"),
        // In virtual time nothing takes time, so nothing can be said of how long it takes.
        ("p50(report usage) < 3600s", 8, "indeterminate"),
    ] {
        let file = scenario(folder.path(), load, &format!("gates:\n  - {gate}\n{STEPS}"));
        let run = muster(&["run", &file, "--virtual", "--json", text(&results)]);
        assert_eq!(code(&run), exit, "{gate}: {}", said(&run));
        assert_eq!(verdict_of(&json(&results), gate), verdict, "{gate}");
    }
}

#[test]
fn everybody_hit_by_churn_works_again() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let results = folder.path().join("r.json");
    let load = "  instances: 200
  arrivals: { spread: 5s }
  churn:
    - { reload: 20%, from: 1s, over: 5s }
    - { power_loss: 20%, from: 1s, away: 40s, across: poll_due }
    - { network_loss: 20%, from: 1s, away: 30s, across: in_flight }";
    let steps = "gates: [churned > 60, recovered == churned, acknowledged == instances]
steps:
  - sync
  - advance: 3d
";
    let file = scenario(folder.path(), load, steps);
    let run = muster(&["run", &file, "--virtual", "--seed", "3", "--json", text(&results)]);
    assert_eq!(code(&run), 0, "{}", said(&run));
}

#[test]
fn whoever_is_only_set_up_does_not_look_like_a_run_cut_short() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let results = folder.path().join("r.json");
    let load = "  instances: 40\n  arrivals: { rate: 5/s }\n  for: 2s";
    let steps = "setup: [sync]\ngates: [instances == 40, dropped == 0]\nsteps:\n  - advance: 1s\n";
    let file = scenario(folder.path(), load, steps);
    let run = muster(&["run", &file, "--virtual", "--json", text(&results)]);
    assert_eq!(code(&run), 0, "{}", said(&run));
    assert_eq!(json(&results)["load"]["groups"][0]["started"], 10, "{}", said(&run));
}

#[test]
fn what_counts_for_a_load_only_is_not_passed_over_in_silence() {
    for (arguments, said_of) in [
        (vec!["demo/first-report", "--live", "x"], "--live counts for a load only"),
        (vec!["load/storm", "--scale", "1", "--unsigned"], "--unsigned counts for a load only"),
        (vec!["load/storm", "--load-fleet", "x"], "the embedded server is new in each run"),
        (vec!["load/storm", "--virtual", "--save-fleet", "x"], "leave out --virtual"),
        (vec!["load/storm", "--sockets", "9999999"], "leaves room for"),
        (vec!["load/storm", "--source", "127.0.0.1-10"], "--source 127.0.0.1-10"),
        (vec!["load/storm", "--source", "192.0.2.1", "--allow-host", "x"], "no address of this"),
    ] {
        let run = muster(&[&["run"], &arguments[..]].concat());
        assert_eq!(code(&run), 4, "{arguments:?}: {}", said(&run));
        assert!(said(&run).contains(said_of), "{arguments:?}: {}", said(&run));
    }
}

fn joined(journal: &Path) -> BTreeMap<u32, String> {
    let reader = Reader::open(journal).expect("the journal was asked for");
    let entries = reader.collect::<Result<Vec<Entry>, _>>().expect("it is whole");
    let joined = entries.iter().filter_map(|entry| match &entry.event {
        Event::InstanceJoined { udi, .. } => Some((entry.instance?, udi.to_string())),
        _ => None,
    });
    joined.collect()
}

#[test]
fn a_slice_of_a_fleet_has_the_identities_of_the_whole() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (whole, part) = (folder.path().join("whole"), folder.path().join("part"));
    let file = scenario(folder.path(), "  instances: 30\n  arrivals: storm", STEPS);
    let common = ["run", &file, "--virtual", "--seed", "5", "--journal-mode", "full", "--journal"];
    let run = muster(&[&common[..], &[text(&whole)]].concat());
    assert_eq!(code(&run), 0, "{}", said(&run));
    let run = muster(&[&common[..], &[text(&part), "--first", "20", "--scale", "10"]].concat());
    assert_eq!(code(&run), 0, "{}", said(&run));
    let mut whole = joined(&whole);
    assert_eq!(whole.len(), 30);
    assert_eq!(joined(&part), whole.split_off(&20));
}

#[test]
fn the_same_seed_gives_the_same_load_in_virtual_time() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let load = "  instances: 50\n  arrivals: { rate: 20/s, poisson: true }
  churn: [{ power_loss: 30%, from: 1s, over: 2s }]";
    let file = scenario(folder.path(), load, STEPS);
    let play = |name: &str, seed: &str| {
        let path = folder.path().join(name);
        let run = muster(&["run", &file, "--virtual", "--seed", seed, "--json", text(&path)]);
        assert_eq!(code(&run), 0, "{}", said(&run));
        let load = json(&path)["load"].take();
        let figures = ["totals", "steps", "groups", "logical_ms", "failures"];
        figures.map(|figure| load[figure].clone())
    };
    let first = play("a", "11");
    assert_eq!(first, play("b", "11"));
    assert_ne!(first[3], play("c", "12")[3], "arrivals and churn follow from the seed");
}

#[test]
fn a_saved_fleet_goes_on_where_it_was() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = |name: &str| folder.path().join(name);
    let (profile, fleet, results) = (path("target.toml"), path("fleet"), path("r.json"));
    let _server = Server::start(&profile, &[]);
    let target = ["--target", text(&profile), "--json", text(&results)];
    let load = "  instances: 40\n  arrivals: { spread: 1s }";
    let file = scenario(folder.path(), load, STEPS);
    let saving = [&["run", &file, "--save-fleet", text(&fleet)], &target[..]].concat();
    let run = muster(&saving);
    assert_eq!(code(&run), 0, "{}", said(&run));
    assert_eq!(json(&results)["load"]["totals"]["instances_trusted"], 40, "{}", said(&run));
    let steps = "setup: [sync]\nsteps:\n  - report\n  - poll: { until_complete: true }\n";
    let file = scenario(folder.path(), load, steps);
    let run = muster(&[&["run", &file, "--load-fleet", text(&fleet)], &target[..]].concat());
    assert_eq!(code(&run), 0, "{}", said(&run));
    let document = json(&results);
    assert_eq!(step(&document, "report usage")["count"], 40, "{}", said(&run));
    let steps = document["load"]["steps"].as_array().expect("a list of steps");
    assert!(steps.iter().all(|step| step["step"] != "trust"), "they are trusted already");
}

#[test]
fn two_shards_play_the_fleet_of_one() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = |name: &str| folder.path().join(name);
    let (profile, results) = (path("target.toml"), path("r.json"));
    let _server = Server::start(&profile, &[]);
    let steps = "gates: [acknowledged == instances, completed == instances, rate(errors) == 0]
steps:
  - sync
  - advance: 3d
";
    let load = "  instances: 101\n  connections: keep_alive\n  arrivals: { concurrency: 10 }";
    let file = scenario(folder.path(), load, steps);
    let run = muster(&[
        "run",
        &file,
        "--target",
        text(&profile),
        "--shards",
        "2",
        "--json",
        text(&results),
    ]);
    assert_eq!(code(&run), 0, "{}", said(&run));
    let document = json(&results);
    assert_eq!(document["load"]["shards"], 2);
    assert_eq!(document["load"]["instances"], 101);
}
