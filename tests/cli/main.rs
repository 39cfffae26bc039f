//! The command line from outside: what is printed, what is written, and the exit code.

mod bad_input;
mod check;
mod control;
mod crash;
mod defects;
mod device;
mod help;
mod live;
mod load;
mod output;
mod recheck;
mod scale;
mod serve;
mod server;
mod walk_through;

use std::path::Path;
use std::process::{Command, Output};

/// Runs `muster` with colours off and returns what it did.
fn muster(arguments: &[&str]) -> Output {
    command(arguments).output().expect("the binary under test was built with this test")
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_muster"));
    command.args(arguments).env("NO_COLOR", "1").env_remove("MUSTER_LOG");
    command
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("muster exits by itself")
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Everything a run printed, for a failed assertion.
fn said(output: &Output) -> String {
    format!("exit {:?}\n{}\n{}", output.status.code(), out(output), err(output))
}

fn json(path: &Path) -> serde_json::Value {
    let text = std::fs::read_to_string(path).expect("the report was asked for");
    serde_json::from_str(&text).expect("the report is JSON")
}

/// Verdict of every requirement, which is what two runs can be compared by.
fn verdicts(results: &serde_json::Value) -> Vec<(String, String)> {
    let requirements = results["requirements"].as_array().expect("a list of requirements");
    requirements.iter().map(|row| (row["id"].to_string(), row["verdict"].to_string())).collect()
}

fn text(path: &Path) -> &str {
    path.to_str().expect("temporary paths are UTF-8")
}
