//! A broken rule: where, what, and what to do about it.

use std::fmt;

use crate::exceptions::EXCEPTIONS;

/// One place where one rule does not hold.
#[derive(Debug)]
pub(crate) struct Complaint {
    /// The rule, as the table of exceptions names it.
    pub(crate) rule: &'static str,
    /// Path from the root of the repository.
    pub(crate) path: String,
    /// Line, counted from 1.
    pub(crate) line: usize,
    /// What is wrong.
    pub(crate) what: String,
    /// What to do.
    pub(crate) remedy: &'static str,
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, line, what, remedy, .. } = self;
        write!(f, "{path}:{line}: {what}: {remedy}")
    }
}

/// Fails with every complaint that no exception covers, and with every exception of these rules
/// that covers nothing any more.
pub(crate) fn assert_tidy(rules: &[&str], complaints: &[Complaint]) {
    let stray = complaints.iter().find(|complaint| !rules.contains(&complaint.rule));
    assert!(stray.is_none(), "a rule is missing from the caller's list: {stray:?}");
    let excused = |complaint: &&Complaint| !EXCEPTIONS.iter().any(|one| one.covers(complaint));
    let mut lines: Vec<String> =
        complaints.iter().filter(excused).map(ToString::to_string).collect();
    for exception in EXCEPTIONS.iter().filter(|one| rules.contains(&one.rule)) {
        if !complaints.iter().any(|complaint| exception.covers(complaint)) {
            let (rule, path, what) = (exception.rule, exception.path, exception.what);
            lines.push(format!(
                "tests/tidy/exceptions.rs:1: nothing needs `{rule}` `{path}` `{what}`: drop it"
            ));
        }
    }
    assert!(lines.is_empty(), "{} to tidy up\n{}\n", lines.len(), lines.join("\n"));
}
