//! One violation on the console: the rule, the deviation, the exchange that shows it, the command.

use std::io::{self, Write};

use muster_conformance::catalogue::Catalogue;
use muster_conformance::results::{CheckResult, ExpectationOutcome};
use muster_conformance::{Evidence, Finding, Results, Verdict};
use serde_json::Value;

use super::paint::{Paint, Style};
use super::{ELSEWHERE, WIDTH, write_title, write_wrapped};
use crate::exchange_text::{self, Limits};
use crate::text::{counted, cut, instant, one_line};
use crate::{reproduction, summary};

/// How much is shown in full; further checks and findings stand in the other reports.
#[derive(Clone, Copy, Debug)]
pub(super) struct Extent {
    checks_max: usize,
    findings_max: usize,
}

impl Extent {
    /// A person reads no more at a terminal.
    pub(super) const FULL: Self = Self { checks_max: 20, findings_max: 3 };

    /// Beside what the run measured there is less room.
    pub(super) const OF_A_LOAD_RUN: Self = Self { checks_max: 5, findings_max: 1 };
}

/// What a screen holds of a body; the HTML report shows more.
const LIMITS: Limits =
    Limits { lines_max: 24, text_letters_max: 60, inline_letters_max: 64, folded: true };

pub(super) fn write_all(
    out: &mut impl Write,
    results: &Results,
    catalogue: &Catalogue,
    extent: Extent,
    paint: Paint,
) -> io::Result<()> {
    let violating = summary::violations(results);
    if violating.is_empty() {
        return Ok(());
    }
    write_title(out, &format!("Violations ({})", violating.len()), paint)?;
    let (in_full, by_name) = violating.split_at(violating.len().min(extent.checks_max));
    for check in in_full {
        writeln!(out, "{}", paint.with(Style::Faint, &"─".repeat(WIDTH)))?;
        write_check(out, check, catalogue, paint)?;
        let findings = || check.findings.iter().filter(|found| found.verdict == Verdict::Violates);
        for finding in findings().take(extent.findings_max) {
            write_finding(out, results, finding, paint)?;
        }
        let more = findings().count().saturating_sub(extent.findings_max);
        if more > 0 {
            writeln!(
                out,
                "\n  and {} of this check ({ELSEWHERE})",
                counted(more as u64, "more finding")
            )?;
        }
        writeln!(out)?;
    }
    if by_name.is_empty() {
        return Ok(());
    }
    writeln!(out, "And, without detail here ({ELSEWHERE}):")?;
    for check in by_name {
        write_heading(out, "  ", check, paint)?;
    }
    writeln!(out)
}

fn write_heading(
    out: &mut impl Write,
    lead: &str,
    check: &CheckResult,
    paint: Paint,
) -> io::Result<()> {
    let style = if check.is_failure() { Style::Bad } else { Style::Doubt };
    let id = paint.with(style, &one_line(&check.check)).into_owned();
    let leniency = summary::leniency(check).map(|why| format!(" · {why}")).unwrap_or_default();
    writeln!(out, "{lead}{id}  {}{leniency}", check.level)
}

fn write_check(
    out: &mut impl Write,
    check: &CheckResult,
    catalogue: &Catalogue,
    paint: Paint,
) -> io::Result<()> {
    write_heading(out, "", check, paint)?;
    write_wrapped(out, "  ", &check.title)?;
    for id in &check.requirements {
        let lead = format!("  {:<12}", id.as_str());
        match catalogue.requirement(id) {
            Some(requirement) => {
                write_wrapped(out, &lead, &requirement.statement)?;
                let source = format!("{} ({})", requirement.source, requirement.provenance);
                write_wrapped(out, &" ".repeat(14), &source)?;
            }
            None => writeln!(out, "{lead}not in this Muster's catalogue")?,
        }
    }
    if let Some(ExpectationOutcome::AsExpected { reason, owner, link }) = &check.expectation {
        let link = if link.is_empty() { String::new() } else { format!(", {link}") };
        write_wrapped(out, "  known       ", &format!("{reason} ({owner}{link})"))?;
    }
    if let Some(ExpectationOutcome::Expired { expires }) = &check.expectation {
        write_wrapped(out, "  expired     ", &format!("its expectation ended on {expires}"))?;
    }
    Ok(())
}

fn write_finding(
    out: &mut impl Write,
    results: &Results,
    finding: &Finding,
    paint: Paint,
) -> io::Result<()> {
    writeln!(out)?;
    write_wrapped(out, "  expected    ", &finding.expected)?;
    let lead = paint.with(Style::Bad, "actual").into_owned();
    // The escape sequences take no column, so the lead is written apart from the text.
    for (index, line) in crate::text::wrap(&finding.actual, WIDTH - 14).iter().enumerate() {
        if index == 0 {
            writeln!(out, "  {lead}      {line}")?;
        } else {
            writeln!(out, "{:14}{line}", "")?;
        }
    }
    let Some(evidence) = &finding.evidence else {
        let times = times(finding.occurrences);
        return writeln!(out, "  seen        {times} over the whole run");
    };
    write_place(out, finding, evidence)?;
    write_body(out, "request", &evidence.request, paint)?;
    write_body(out, "answer", &evidence.answer, paint)?;
    if let Some(command) = reproduction::command(results, &evidence.scenario) {
        writeln!(out, "  reproduce   {}", paint.with(Style::Strong, &command))?;
    }
    Ok(())
}

fn write_place(out: &mut impl Write, finding: &Finding, evidence: &Evidence) -> io::Result<()> {
    let first = if finding.occurrences > 1 { ", first" } else { "" };
    let mut place = format!(
        "{}{first} at journal seq {}, exchange {}, {}",
        times(finding.occurrences),
        evidence.seq,
        evidence.exchange,
        instant(evidence.at_ms)
    );
    if let Some(udi) = &evidence.udi {
        place.push_str(&format!(", {udi}"));
    }
    write_wrapped(out, "  seen        ", &place)?;
    let request_type = exchange_text::request_type(&evidence.request).unwrap_or("request");
    let status = match evidence.http_status {
        Some(status) => format!("HTTP {status}"),
        None => "no answer".to_owned(),
    };
    let endpoint = &evidence.endpoint;
    let exchange = format!("{} to {endpoint}, {status}", cut(request_type, 60));
    write_wrapped(out, "  exchange    ", &exchange)
}

fn write_body(out: &mut impl Write, name: &str, body: &Value, paint: Paint) -> io::Result<()> {
    writeln!(out, "  {}", paint.with(Style::Faint, name))?;
    for line in exchange_text::lines(body, LIMITS) {
        writeln!(out, "    {}", cut_line(&line))?;
    }
    Ok(())
}

fn times(occurrences: u64) -> String {
    match occurrences {
        1 => "once".to_owned(),
        many => format!("{many} times"),
    }
}

/// JSON that is nested deep can still be wider than the screen.
fn cut_line(line: &str) -> String {
    let width = WIDTH - 4;
    if line.chars().count() <= width {
        return line.to_owned();
    }
    line.chars().take(width - 1).chain(['…']).collect()
}
