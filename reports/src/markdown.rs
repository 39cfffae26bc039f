//! A short summary for a pull request.
//!
//! Whatever a server may have written stands in code spans, where Markdown, HTML and mentions mean
//! nothing.

mod load;

use std::fmt::{self, Write as _};

use muster_conformance::catalogue::Catalogue;
use muster_conformance::results::{CheckResult, EntryState, Summary};
use muster_conformance::{Results, Verdict};

use crate::text::{counted, cut, one_line};
use crate::{load_text, reproduction, summary};

/// Rows of one table; code hosts limit the length of a comment.
const ROWS_MAX: usize = 25;

/// Characters of one cell.
const CELL_LETTERS_MAX: usize = 160;

/// The summary as GitHub-flavoured Markdown.
#[must_use]
pub fn render(results: &Results, catalogue: &Catalogue) -> String {
    let mut out = String::new();
    write_summary(&mut out, results, catalogue).expect("a String takes everything");
    out
}

fn write_summary(out: &mut String, results: &Results, catalogue: &Catalogue) -> fmt::Result {
    writeln!(out, "## Muster: {}\n", heading(results))?;
    let run = &results.run;
    writeln!(
        out,
        "Target {}, seed {}, Muster {}, {}, {}.\n",
        code(&run.target),
        code(&run.seed.to_string()),
        code(&run.muster),
        counted(results.scenarios.len() as u64, "scenario"),
        load_text::many(results.exchanges, "exchange")
    )?;
    if run.partial {
        writeln!(out, "{}\n", load_text::PARTIAL)?;
    }
    load::write(out, results)?;
    write_violations(out, results)?;
    write_unmet(out, results)?;
    write_expectations(out, results)?;
    write_areas(out, results, catalogue)?;
    write_reasons(out, results)
}

fn write_violations(out: &mut String, results: &Results) -> fmt::Result {
    let violating = summary::violations(results);
    if violating.is_empty() {
        return Ok(());
    }
    writeln!(out, "### Violations\n")?;
    writeln!(out, "| check | requirements | expected | actual | |")?;
    writeln!(out, "|---|---|---|---|---|")?;
    for check in violating.iter().take(ROWS_MAX) {
        write_violation(out, check)?;
    }
    write_more(out, violating.len())?;
    let commands = violating.iter().filter_map(|check| reproduce(results, check));
    let mut commands: Vec<String> = commands.take(ROWS_MAX).collect();
    commands.dedup();
    if !commands.is_empty() {
        // Four spaces keep any text inside a code block; a command is one line.
        writeln!(out, "\nTo reproduce:\n")?;
        for command in commands {
            writeln!(out, "    {command}")?;
        }
    }
    writeln!(out)
}

fn write_violation(out: &mut String, check: &CheckResult) -> fmt::Result {
    let requirements: Vec<&str> = check.requirements.iter().map(|id| id.as_str()).collect();
    let first = check.findings.iter().find(|finding| finding.verdict == Verdict::Violates);
    let (expected, actual) = first.map_or((String::new(), String::new()), |finding| {
        (code(&finding.expected), code(&finding.actual))
    });
    let weight = summary::leniency(check).unwrap_or("**failure**");
    writeln!(
        out,
        "| {} | {} | {expected} | {actual} | {weight} |",
        code(&check.check),
        requirements.join(", ")
    )
}

fn reproduce(results: &Results, check: &CheckResult) -> Option<String> {
    let evidence = check.findings.iter().find_map(|finding| finding.evidence.as_ref())?;
    reproduction::command(results, &evidence.scenario)
}

fn write_unmet(out: &mut String, results: &Results) -> fmt::Result {
    let unmet: Vec<_> = results
        .scenarios
        .iter()
        .filter(|scenario| !scenario.known)
        .flat_map(|scenario| scenario.expectations_unmet.iter().map(move |unmet| (scenario, unmet)))
        .collect();
    if unmet.is_empty() {
        return Ok(());
    }
    writeln!(out, "### Unmet scenario expectations\n")?;
    writeln!(out, "| where | what | expected | actual |")?;
    writeln!(out, "|---|---|---|---|")?;
    for (scenario, unmet) in unmet.iter().take(ROWS_MAX) {
        writeln!(
            out,
            "| {} | {} | {} | {} |",
            code(&reproduction::location(scenario, unmet.line)),
            code(&unmet.subject),
            code(&unmet.expected),
            code(&unmet.actual)
        )?;
    }
    let all: usize = results
        .scenarios
        .iter()
        .filter(|scenario| !scenario.known)
        .map(|scenario| scenario.expectations_unmet_count as usize)
        .sum();
    write_more(out, all)?;
    writeln!(out)
}

/// What has to change in the expectation file or in the run; what holds needs no reader.
fn write_expectations(out: &mut String, results: &Results) -> fmt::Result {
    let report = &results.expectations;
    let entries = report.entries.iter().filter_map(|entry| match &entry.state {
        EntryState::UnexpectedPass { checks } => {
            Some((entry, format!("conforms after all: {}", code(&checks.join(", ")))))
        }
        EntryState::Stale { why } => Some((entry, format!("stale: {}", code(why)))),
        EntryState::Held | EntryState::NotExercised => None,
    });
    let mut lines: Vec<String> = entries
        .map(|(entry, why)| format!("- line {}, {}: {why}", entry.line, code(&entry.pattern)))
        .collect();
    let lost = report.lost_coverage.iter();
    lines.extend(lost.map(|check| format!("- lost coverage: {}", code(check))));
    if lines.is_empty() {
        return Ok(());
    }
    writeln!(out, "### Expectation file\n")?;
    for line in lines.iter().take(ROWS_MAX) {
        writeln!(out, "{line}")?;
    }
    write_more(out, lines.len())?;
    writeln!(out)
}

fn write_areas(out: &mut String, results: &Results, catalogue: &Catalogue) -> fmt::Result {
    writeln!(out, "### Requirements\n")?;
    let titles: Vec<&str> =
        summary::by_verdict(&results.summary).into_iter().map(|(_, words, _)| words).collect();
    writeln!(out, "| area | {} |", titles.join(" | "))?;
    writeln!(out, "|---|--:|--:|--:|--:|--:|")?;
    for area in summary::by_area(results, catalogue) {
        write!(out, "| {} {} ", area.area, area.title)?;
        write_counts(out, &area.counts)?;
    }
    write!(out, "| **all** ")?;
    write_counts(out, &results.summary)
}

fn write_counts(out: &mut String, counts: &Summary) -> fmt::Result {
    for (_, _, count) in summary::by_verdict(counts) {
        write!(out, "| {count} ")?;
    }
    writeln!(out, "|")
}

fn write_reasons(out: &mut String, results: &Results) -> fmt::Result {
    let reasons = summary::untestable(results);
    if reasons.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n### Untestable on this target\n")?;
    for reason in reasons.iter().take(ROWS_MAX) {
        let count = counted(reason.requirements.len() as u64, "requirement");
        writeln!(out, "- {}: {count}", code(&reason.why))?;
    }
    Ok(())
}

fn write_more(out: &mut String, all: usize) -> fmt::Result {
    match all.saturating_sub(ROWS_MAX) {
        0 => Ok(()),
        more => writeln!(out, "\nand {more} more"),
    }
}

/// The verdict line; gates and reasons in it are words of a scenario or a journal.
fn heading(results: &Results) -> String {
    let line = summary::verdict_line(results);
    match line.split_once(": ") {
        Some((word, detail)) if results.load.is_some() || !results.gates_unjudged.is_empty() => {
            format!("{word}: {}", span(detail))
        }
        _ => line,
    }
}

/// A code span fit for a table cell.
fn code(text: &str) -> String {
    let line = one_line(text);
    span(&cut(&line, CELL_LETTERS_MAX).replace('|', "\\|"))
}

/// A code span that its text cannot end.
fn span(text: &str) -> String {
    if text.trim().is_empty() {
        return "*(empty)*".to_owned();
    }
    let longest = text.split(|letter| letter != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let space = if longest > 0 { " " } else { "" };
    format!("{fence}{space}{text}{space}{fence}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_span_holds_any_text() {
        assert_eq!(code("plain"), "`plain`");
        assert_eq!(code("a`b``c|d\n@all"), "``` a`b``c\\|d @all ```");
        assert_eq!(code(" "), "*(empty)*");
    }
}
