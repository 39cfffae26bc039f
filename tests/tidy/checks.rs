//! Check files: each is called a sentence and cites the document it judges by.

use crate::complaint::{Complaint, assert_tidy};
use crate::repository;

const RULES: &[&str] = &["check source", "check name"];

/// A sentence has a subject, a verb and something more.
const WORDS_MIN: usize = 3;

#[test]
fn checks_cite_their_document() {
    let complaints: Vec<_> =
        repository::rust().flat_map(|(path, text)| judge(path, text)).collect();
    assert_tidy(RULES, &complaints);
}

fn judge(path: &str, text: &str) -> Vec<Complaint> {
    let Some(id) = path.strip_prefix("conformance/src/checks/") else { return Vec::new() };
    let name = id.rsplit('/').next().expect("a split has a part").trim_end_matches(".rs");
    let complain = |rule, what: &str, remedy| Complaint {
        rule,
        path: path.to_owned(),
        line: 1,
        what: what.to_owned(),
        remedy,
    };
    let mut complaints = Vec::new();
    let mut header = text.lines().take_while(|line| line.starts_with("//!"));
    if !header.any(|line| line.starts_with("//! Source: ")) {
        let remedy = "end the header with `//! Source: <document>, \"<section>\".`";
        complaints.push(complain("check source", "no source", remedy));
    }
    if name.split('_').count() < WORDS_MIN {
        let remedy = "name the file by the behaviour, in one sentence";
        complaints.push(complain("check name", &format!("`{name}`"), remedy));
    }
    complaints
}

#[test]
fn a_check_without_a_source_is_found() {
    let broken = |path, text| judge(path, text).iter().map(|one| one.rule).collect::<Vec<_>>();
    let path = "conformance/src/checks/rum/answer_echoes_the_instance.rs";
    assert_eq!(broken(path, "//! It does.\n//!\n//! Source: A, \"B\".\n"), [""; 0]);
    assert_eq!(broken(path, "//! It does.\n\n//! Source: A, \"B\".\n"), ["check source"]);
    let short = "conformance/src/checks/rum/echo.rs";
    assert_eq!(broken(short, "//! Source: A, \"B\".\n"), ["check name"]);
    assert_eq!(broken("conformance/src/checks.rs", ""), [""; 0]);
}
