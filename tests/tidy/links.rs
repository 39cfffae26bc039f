//! Links: what a Markdown file of the repository points at exists, heading included, and so do the
//! documents that code and data name.

use crate::complaint::{Complaint, assert_tidy};
use crate::folders;
use crate::repository::{self, Files};

const RULES: &[&str] = &["link"];
const CODE_RULES: &[&str] = &["document"];

/// The texts in which these tests make up documents.
const MADE_UP: &str = "tests/tidy/";

#[test]
fn relative_links_of_documents_resolve() {
    let files = repository::files();
    let documents = files.iter().filter(|(path, _)| path.ends_with(".md"));
    let complaints: Vec<_> = documents.flat_map(|(path, text)| judge(path, text, files)).collect();
    assert_tidy(RULES, &complaints);
}

#[test]
fn documents_named_in_code_exist() {
    let files = repository::files();
    let named =
        files.iter().filter(|(path, _)| !path.ends_with(".md") && !path.starts_with(MADE_UP));
    let complaints: Vec<_> = named.flat_map(|(path, text)| mentions(path, text, files)).collect();
    assert_tidy(CODE_RULES, &complaints);
}

/// Complains about each `docs/<name>.md` that is not there.
fn mentions(path: &str, text: &str, files: &Files) -> Vec<Complaint> {
    let ends = |c: char| !(c.is_ascii_alphanumeric() || "/-_.".contains(c));
    let named = text.lines().enumerate().flat_map(|(number, line)| {
        let words = line.split(ends).filter(|word| word.starts_with("docs/"));
        words.map(move |word| (number + 1, word.trim_end_matches('.')))
    });
    named
        .filter(|(_, word)| word.ends_with(".md") && !files.contains_key(*word))
        .map(|(line, word)| Complaint {
            rule: "document",
            path: path.to_owned(),
            line,
            what: format!("`{word}` is not there"),
            remedy: "write the document or mend its name",
        })
        .collect()
}

fn judge(path: &str, text: &str, files: &Files) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for (number, line) in prose_lines(text) {
        for target in targets(line) {
            if is_elsewhere(target) || resolves(path, text, target, files) {
                continue;
            }
            complaints.push(Complaint {
                rule: "link",
                path: path.to_owned(),
                line: number,
                what: format!("`{target}` leads nowhere"),
                remedy: "mend the path or the heading",
            });
        }
    }
    complaints
}

/// Lines outside code fences, counted from 1.
fn prose_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fenced = false;
    text.lines().enumerate().filter_map(move |(number, line)| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        (!fenced && !fence).then_some((number + 1, line))
    })
}

/// What stands in `](...)`, without a title, code spans left out.
fn targets(line: &str) -> Vec<&str> {
    let prose = line.split('`').step_by(2);
    let starts = prose.flat_map(|part| part.split("](").skip(1));
    starts.filter_map(|rest| rest.split([')', ' ']).next()).collect()
}

fn is_elsewhere(target: &str) -> bool {
    ["https://", "http://", "mailto:"].iter().any(|scheme| target.starts_with(scheme))
}

fn resolves(path: &str, own: &str, target: &str, files: &Files) -> bool {
    let (file, heading) = target.split_once('#').unwrap_or((target, ""));
    let resolved = folders::join(&folders::parent(path), file);
    let text = if file.is_empty() { Some(own) } else { files.get(&resolved).map(String::as_str) };
    let Some(text) = text else {
        let folder = format!("{resolved}/");
        return heading.is_empty() && files.keys().any(|path| path.starts_with(&folder));
    };
    heading.is_empty() || prose_lines(text).any(|(_, line)| slug(line).as_deref() == Some(heading))
}

/// The anchor that a heading gets on the usual forges.
fn slug(line: &str) -> Option<String> {
    let title = line.trim_start_matches('#');
    let title = title.strip_prefix(' ').filter(|_| title.len() < line.len())?;
    let kept = title.trim().chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    Some(kept.collect::<String>().to_lowercase().replace(' ', "-"))
}

#[test]
fn links_that_lead_nowhere_are_found() {
    let files = [("docs/a.md", "# First part\n"), ("src/main.rs", "")]
        .map(|(path, text)| (path.to_owned(), text.to_owned()))
        .into();
    let broken = |text| judge("docs/b.md", text, &files).len();
    assert_eq!(broken("[a](a.md) [b](a.md#first-part) [c](../src/main.rs) [d](../src)"), 0);
    assert_eq!(broken("# Own part\n[e](#own-part) [f](https://example.org/x) `[g](h)`"), 0);
    assert_eq!(broken("```\n[i](lost.md)\n```"), 0);
    assert_eq!(broken("[j](lost.md)"), 1);
    assert_eq!(broken("[k](a.md#lost)"), 1);
    let code = "//! See `docs/a.md`, (docs/lost.md).";
    assert_eq!(mentions("src/main.rs", code, &files).len(), 1);
    assert_eq!(broken("[l](#lost) [m](../../outside.md)"), 2);
}
