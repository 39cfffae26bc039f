//! `muster serve` from outside: what it prints, its configuration file, and an orderly end.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::{code, command, err, muster, out, said, text};

/// A server that printed its line of JSON.
struct Served {
    child: Child,
    line: Value,
}

impl Served {
    fn start(arguments: &[&str]) -> Self {
        let arguments = [&["serve", "--listen", "127.0.0.1:0", "--json"], arguments].concat();
        let mut child = command(&arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary under test was built with this test");
        let mut printed = BufReader::new(child.stdout.take().expect("standard output is a pipe"));
        let mut line = String::new();
        printed.read_line(&mut line).expect("it prints text");
        let line = serde_json::from_str(&line).expect("the line is JSON");
        Self { child, line }
    }

    fn has(&self, name: &str) -> &str {
        self.line[name].as_str().unwrap_or_else(|| panic!("{name}: {}", self.line))
    }

    /// Ends it as a service manager does; its exit code and what it logged.
    fn ended(mut self) -> (Option<i32>, String) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &id]).status();
        assert!(sent.expect("`kill` is part of every Unix").success());
        let code = self.child.wait().expect("it is our child").code();
        let mut log = String::new();
        let mut errors = self.child.stderr.take().expect("standard error is a pipe");
        errors.read_to_string(&mut log).expect("it logs text");
        (code, log)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

fn file(folder: &Path, name: &str, content: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, content).expect("a writable folder");
    text(&path).to_owned()
}

#[test]
fn the_line_for_scripts_says_all_that_is_needed_and_sigterm_ends_it_well() {
    let folder = folder();
    let target = folder.path().join("target.toml");
    let server = Served::start(&["--write-target", text(&target), "--defect", "no-banner"]);
    for (name, start) in [
        ("https", "https://127.0.0.1:"),
        ("http", "http://127.0.0.1:"),
        ("control", "https://127.0.0.1:"),
        ("metrics", "https://127.0.0.1:"),
        ("id_token", "MUSTER-TEST-"),
        ("check", "muster check --target "),
    ] {
        assert!(server.has(name).starts_with(start), "{}", server.line);
    }
    assert!(server.has("healthz").ends_with("/healthz"), "{}", server.line);
    assert_eq!(server.line["defects"], serde_json::json!(["no-banner"]));
    let root = std::fs::read_to_string(server.has("ca")).expect("the certificate was written");
    assert!(root.starts_with("-----BEGIN CERTIFICATE-----"), "{root}");
    let profile = std::fs::read_to_string(&target).expect("the profile was written");
    assert!(profile.contains(server.has("https")), "{profile}");
    let (code, log) = server.ended();
    assert_eq!(code, Some(0), "{log}");
    assert!(log.contains("ending: requests under way may finish"), "{log}");
}

#[test]
fn the_printed_line_checks_the_server() {
    let folder = folder();
    let target = folder.path().join("target.toml");
    let server = Served::start(&["--write-target", text(&target), "--defect", "no-banner"]);
    let words: Vec<&str> = server.has("check").split(' ').collect();
    let run = muster(&[&words[1..], &["--scenario", "conformance/banner-direct"]].concat());
    assert_eq!(code(&run), 1, "{}", said(&run));
    assert!(out(&run).contains("TRANS-007"), "{}", said(&run));
}

#[test]
fn a_file_configures_it_and_arguments_go_first() {
    let folder = folder();
    let target = folder.path().join("by argument.toml");
    let ca = folder.path().join("ca.pem");
    let content = format!(
        "seed = 5\nnames = [\"onprem.lab\"]\ndefects = [\"no-banner\"]\nchaos = \"light\"\n\
         strict = true\nlog = \"info\"\nlog_format = \"json\"\nwrite_ca = {:?}\n\
         write_target = \"/nowhere/target.toml\"\n[limits]\nhead_seconds_max = 0.2\n",
        text(&ca),
    );
    let config = file(folder.path(), "serve.toml", &content);
    let server = Served::start(&[
        "--config",
        &config,
        "--write-target",
        text(&target),
        "--defect",
        "zero-poll-interval",
    ]);
    let listed: Vec<&str> =
        server.line["defects"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    assert_eq!(listed, ["zero-poll-interval", "no-banner"]);
    assert_eq!((server.has("chaos"), &server.line["strict"]), ("light", &Value::Bool(true)));
    assert_eq!(server.has("ca"), text(&ca));
    let quoted = format!("muster check --target '{}'", text(&target));
    assert_eq!(server.has("check"), quoted);
    assert_eq!(server.has("id_token"), muster_token(5));
    server.ended();
}

/// The token of a seed, from a server that was given it as an argument.
fn muster_token(seed: u64) -> String {
    let folder = folder();
    let target = folder.path().join("t.toml");
    let seed = seed.to_string();
    let server = Served::start(&["--seed", &seed, "--write-target", text(&target)]);
    server.has("id_token").to_owned()
}

#[test]
fn what_is_wrong_with_the_file_is_said_with_its_place_and_a_remedy() {
    let folder = folder();
    for (content, said_is) in [
        ("seed = 1\nthread = 2\n", ":2: thread: unknown field `thread`"),
        ("seed = 1\nthread = 2\n", "did you mean `threads`?"),
        ("chaos = \"mild\"\n", ":1: chaos: \"mild\" is not it; give light, proxy"),
        ("listen = \"here\"\n", ":1: listen: "),
    ] {
        let config = file(folder.path(), "serve.toml", content);
        let run = muster(&["serve", "--config", &config]);
        assert_eq!(code(&run), 4, "{}", said(&run));
        assert!(err(&run).contains(said_is), "{}", said(&run));
        assert!(out(&run).is_empty(), "{}", said(&run));
    }
    let missing = muster(&["serve", "--config", "no-such-file.toml"]);
    assert_eq!(code(&missing), 4, "{}", said(&missing));
    let chaos = muster(&["serve", "--chaos", "hevy"]);
    assert!(err(&chaos).contains("did you mean `heavy`?"), "{}", said(&chaos));
    let level = muster(&["serve", "--log", "muster=loud"]);
    assert_eq!(code(&level), 4, "{}", said(&level));
}

#[test]
fn a_handshake_that_fails_is_logged_with_its_reason_in_json() {
    let folder = folder();
    let target = folder.path().join("target.toml");
    let server =
        Served::start(&["--write-target", text(&target), "--log", "warn", "--log-format", "json"]);
    let address = server.has("https").trim_start_matches("https://").to_owned();
    let mut stream = std::net::TcpStream::connect(address).expect("it listens");
    std::io::Write::write_all(&mut stream, b"GET / HTTP/1.1\r\n\r\n").expect("it reads");
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest);
    let (_, log) = server.ended();
    let line = log.lines().find(|line| line.starts_with('{')).expect("a line of JSON");
    let line: Value = serde_json::from_str(line).expect("the line is JSON");
    assert_eq!(
        (&line["level"], &line["message"]),
        (&"WARN".into(), &"TLS handshake failed".into())
    );
    assert!(line["reason"].as_str().is_some_and(|reason| !reason.is_empty()), "{line}");
    assert!(line["peer"].as_str().is_some_and(|peer| peer.starts_with("127.0.0.1:")), "{line}");
}
