//! The walk-through of the admin API, run as it is printed, with the real `curl`.

use std::process::Command;

use crate::server::Server;
use crate::{code, muster, said, text};

/// What ends the output of one command.
const MARK: &str = "=== end of command";

/// A command of the document and what it prints.
struct Step {
    command: String,
    prints: Vec<String>,
}

/// The commands of all console blocks, in order, but for the one that starts the server.
fn steps(document: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut is_console = false;
    for line in document.lines() {
        if line.starts_with("```") {
            is_console = line == "```console";
        } else if let Some(command) = line.strip_prefix("$ ").filter(|_| is_console) {
            steps.push(Step { command: command.to_owned(), prints: Vec::new() });
        } else if is_console {
            steps.last_mut().expect("a command comes first").prints.push(line.to_owned());
        }
    }
    steps.retain(|step| !step.command.starts_with("muster "));
    steps
}

/// Whether a text is as printed, where `...` stands for anything.
fn fits(printed: &str, text: &str) -> bool {
    let parts: Vec<&str> = printed.split("...").collect();
    let [first, middle @ .., last] = &parts[..] else { return printed == text };
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    for part in middle {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[test]
fn a_text_fits_when_only_what_is_left_open_differs() {
    assert!(
        fits("a...c", "abc") && fits("a...", "abc") && fits("abc", "abc") && fits("...c", "bc")
    );
    assert!(!fits("a...c", "abcd") && !fits("ab", "abc") && !fits("a...d", "abc"));
}

#[test]
fn the_walk_through_of_the_admin_api_works_as_printed() {
    if Command::new("curl").arg("--version").output().is_err() {
        assert!(std::env::var_os("MUSTER_REQUIRE_CURL").is_none(), "curl is required and absent");
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (profile, ca) = (folder.path().join("target.toml"), folder.path().join("ca.pem"));
    let more = ["--client", "robot:walk-through", "--write-ca", text(&ca)];
    let _server = Server::start(&profile, &more);
    let profile = std::fs::read_to_string(&profile).expect("the server wrote it");
    let admin = profile.lines().find_map(|line| line.strip_prefix("admin = \"https://"));
    let admin = admin.expect("the profile names it").trim_end_matches(['/', '"']);
    let document = include_str!("../../docs/admin-api.md");
    let steps = steps(document);
    assert!(steps.len() > 20, "{} commands", steps.len());
    let mut script = String::from("set -eu\n");
    for step in &steps {
        let command = step.command.replace("127.0.0.1:8444", admin).replace("ca.pem", text(&ca));
        script.push_str(&format!("{command}\nprintf '\\n{MARK}\\n'\n"));
    }
    // A proxy of the environment is no part of the walk-through.
    let run = Command::new("sh").args(["-c", &script]).env("NO_PROXY", "*").output();
    let run = run.expect("`sh` is part of every Unix");
    let printed = String::from_utf8_lossy(&run.stdout);
    let errors = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{printed}\n{errors}");
    let outputs: Vec<&str> = printed.split(MARK).collect();
    for (step, output) in steps.iter().zip(&outputs) {
        let (expected, output) = (step.prints.join("\n"), output.trim());
        assert!(fits(&expected, output), "$ {}\n{output}\nexpected\n{expected}", step.command);
    }
}

#[test]
fn a_client_or_user_without_a_secret_is_refused_by_the_option_that_names_it() {
    for (option, value) in [("--client", "robot"), ("--client", ":secret"), ("--user", "ada:")] {
        let run = muster(&["serve", option, value]);
        assert_eq!(code(&run), 4, "{}", said(&run));
        let remedy = format!("{option}: give name and secret with a colon between them");
        assert!(said(&run).contains(&remedy), "{}", said(&run));
    }
}
