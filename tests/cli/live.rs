//! Two processes: a server that serves and a harness that checks it; and Ctrl-C.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use crate::server::Server;
use crate::{code, command, json, muster, said, text, verdicts};

#[test]
fn a_separate_server_gets_the_same_verdicts_as_the_embedded_one() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = |name: &str| folder.path().join(name);
    let _server = Server::start(&path("target.toml"), &[]);
    let run =
        muster(&["check", "--target", text(&path("target.toml")), "--json", text(&path("a"))]);
    assert_eq!(code(&run), 0, "{}", said(&run));
    let run = muster(&["check", "--json", text(&path("b"))]);
    assert_eq!(code(&run), 0, "{}", said(&run));
    assert_eq!(verdicts(&json(&path("a"))), verdicts(&json(&path("b"))));
    // A server keeps what it has seen: a second run brings new instances.
    let run = muster(&["check", "--target", text(&path("target.toml"))]);
    assert_eq!(code(&run), 0, "{}", said(&run));
}

#[test]
fn a_separate_server_with_a_defect_is_caught() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let profile = folder.path().join("target.toml");
    let _server = Server::start(&profile, &["--defect", "accepts-old-trust-id"]);
    let run = muster(&["check", "--target", text(&profile)]);
    assert_eq!(code(&run), 1, "{}", said(&run));
    assert!(said(&run).contains("TRUST-012"), "{}", said(&run));
}

#[test]
fn ctrl_c_gives_a_partial_report_and_exit_130() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let results = folder.path().join("r.json");
    // Enough work that it is still going on when the signal comes.
    let arguments =
        ["run", "demo/first-report", "--scale", "5000", "--json", text(&results), "--quiet"];
    let mut child =
        command(&arguments).stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    let errors = BufReader::new(child.stderr.take().unwrap());
    let started = errors.lines().map_while(Result::ok).any(|line| line.contains("seed"));
    assert!(started, "the run announces its seed first");
    std::thread::sleep(std::time::Duration::from_millis(700));
    let kill = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(kill.expect("kill is everywhere").success());
    assert_eq!(child.wait().expect("the run ends").code(), Some(130));
    assert_eq!(json(&results)["run"]["interrupted"], true);
}

#[test]
fn bytes_that_are_no_http_and_closed_connections_are_facts_not_panics() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let scenario = folder.path().join("garbage.yaml");
    let steps = "title: A server that is out of its mind for a moment\n\
        instances:\n  wlc: { platform: c9800-l, via: cslu }\n\
        steps:\n\
        \x20 - hook: { name: fail_next, with: { kind: garbage, count: 1 } }\n\
        \x20 - sync:\n    expect: { failure: http }\n\
        \x20 - hook: { name: fail_next, with: { kind: close, count: 1 } }\n\
        \x20 - sync:\n    expect: { failure: closed }\n\
        \x20 - sync:\n    expect: { status: OK_POLL }\n";
    std::fs::write(&scenario, steps).expect("a writable folder");
    let run = muster(&["run", text(&scenario)]);
    assert_eq!(code(&run), 0, "{}", said(&run));
}
