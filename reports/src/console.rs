//! What a person reads after a run: counts, then every deviation with its evidence, then one line.
//! Of a load run, what it measured first, and of the rest only what was found.
//!
//! Fits a terminal of 100 columns, its table one of 80. The only report that is written line by
//! line to a stream.

mod load;
mod paint;
mod violation;

use std::io::{self, Write};

use muster_conformance::Results;
use muster_conformance::catalogue::Catalogue;
use muster_conformance::results::{EntryState, ScenarioOutcome, ScenarioResult, Summary};
use muster_journal::TimeMode;

use crate::summary::{self, Reason};
use crate::text::{counted, instant, one_line, wrap};
use crate::units::grouped;
use crate::{load_text, reproduction, summary::verdict_line};
use paint::{Paint, Style};
use violation::Extent;

/// Columns a line may take.
const WIDTH: usize = 100;

/// Unmet expectations shown per scenario; further ones stand in the other reports.
const UNMET_SHOWN_MAX: usize = 5;

/// Columns of the name and title of an area; a longer title is cut.
const LABEL_WIDTH: usize = 29;

/// Columns of the counts. With the label and one space they fit 80.
const COUNT_WIDTHS: [usize; 5] = [9, 9, 13, 11, 8];

/// Where what the console leaves out stands in full.
const ELSEWHERE: &str = "see --json or --report";

/// Ids named after a reason; further ones are only counted.
const IDS_MAX: usize = 6;

/// Writes the report to `out`; with escape sequences for colours when `colour` is set.
pub fn write(
    out: &mut impl Write,
    results: &Results,
    catalogue: &Catalogue,
    colour: bool,
) -> io::Result<()> {
    let paint = Paint::new(colour);
    let is_load = results.load.is_some();
    write_header(out, results, paint)?;
    load::write(out, results, paint)?;
    write_areas(out, results, catalogue, paint)?;
    write_scenarios(out, results, paint)?;
    let extent = if is_load { Extent::OF_A_LOAD_RUN } else { Extent::FULL };
    violation::write_all(out, results, catalogue, extent, paint)?;
    write_reasons(out, "Inconclusive", &summary::inconclusive(results), paint)?;
    if !is_load {
        // A load run repeats one journey: what it cannot show is no news.
        write_reasons(out, "Untestable on this target", &summary::untestable(results), paint)?;
        write_not_exercised(out, results, paint)?;
    }
    write_expectations(out, results, paint)?;
    let style = Style::of_outcome(results.exit());
    for line in wrap(&verdict_line(results), WIDTH) {
        writeln!(out, "{}", paint.with(style, &line))?;
    }
    Ok(())
}

fn write_header(out: &mut impl Write, results: &Results, paint: Paint) -> io::Result<()> {
    let run = &results.run;
    let time = match run.time {
        TimeMode::Real => "real time",
        TimeMode::Virtual => "virtual time",
    };
    let name = format!("Muster {}", one_line(&run.muster));
    let name = paint.with(Style::Strong, &name);
    let target = one_line(&run.target);
    writeln!(out, "{name} · target {target} · seed {} · {time}", run.seed)?;
    let ran = counted(results.scenarios.len() as u64, "scenario");
    let exchanges = load_text::many(results.exchanges, "exchange");
    let checks = counted(results.checks.len() as u64, "check");
    let mut counts = format!("{ran}, {exchanges}, {checks}");
    if results.failed_exchanges > 0 {
        counts.push_str(&format!(", {} without an answer", grouped(results.failed_exchanges)));
    }
    writeln!(out, "{counts}, logical start {}", instant(run.started_at_ms))?;
    if run.partial {
        writeln!(out, "{}", paint.with(Style::Doubt, load_text::PARTIAL))?;
    }
    writeln!(out)
}

fn write_areas(
    out: &mut impl Write,
    results: &Results,
    catalogue: &Catalogue,
    paint: Paint,
) -> io::Result<()> {
    let heads = ["conforms", "violates", "inconclusive", "untestable", "not ex."];
    let mut heading = format!("{:<1$} ", "Requirements", LABEL_WIDTH);
    for (head, width) in heads.into_iter().zip(COUNT_WIDTHS) {
        heading.push_str(&format!("{head:>width$}"));
    }
    writeln!(out, "{}", paint.with(Style::Strong, &heading))?;
    let mut areas = summary::by_area(results, catalogue);
    if results.load.is_some() {
        areas.retain(|area| area.counts.conforms + area.counts.violates > 0);
    }
    for area in areas {
        let label = format!("{:<7} {}", area.area, area.title);
        write_counts(out, &label, &area.counts, paint)?;
    }
    write_counts(out, "all", &results.summary, paint)?;
    writeln!(out)
}

fn write_counts(
    out: &mut impl Write,
    label: &str,
    counts: &Summary,
    paint: Paint,
) -> io::Result<()> {
    let label = if label.chars().count() > LABEL_WIDTH {
        let start: String = label.chars().take(LABEL_WIDTH - 1).collect();
        format!("{}…", start.trim_end())
    } else {
        label.to_owned()
    };
    write!(out, "{label:<LABEL_WIDTH$} ")?;
    for ((name, _, count), width) in summary::by_verdict(counts).into_iter().zip(COUNT_WIDTHS) {
        let cell = match count {
            0 => format!("{:>width$}", "·"),
            count => format!("{count:>width$}"),
        };
        let style = if count == 0 { Style::Faint } else { Style::of_verdict(name) };
        write!(out, "{}", paint.with(style, &cell))?;
    }
    writeln!(out)
}

fn write_scenarios(out: &mut impl Write, results: &Results, paint: Paint) -> io::Result<()> {
    let stands_out = |scenario: &&ScenarioResult| {
        scenario.expectations_unmet_count > 0 || scenario.outcome != ScenarioOutcome::Completed
    };
    let shown: Vec<&ScenarioResult> = results.scenarios.iter().filter(stands_out).collect();
    if shown.is_empty() {
        return Ok(());
    }
    write_title(out, "Scenarios that did not go as written", paint)?;
    for scenario in shown {
        let (style, how) = match &scenario.outcome {
            ScenarioOutcome::Completed => (Style::Bad, String::new()),
            ScenarioOutcome::NotRun { lacks } => {
                (Style::Note, format!("not run: target lacks {}", lacks.join(", ")))
            }
            ScenarioOutcome::Broken { reason } => (Style::Doubt, format!("broken off: {reason}")),
            ScenarioOutcome::Interrupted => (Style::Doubt, summary::unfinished(results).to_owned()),
        };
        let id = one_line(&scenario.id);
        let known = if scenario.known { " (known deviation)" } else { "" };
        writeln!(out, "  {}{known}", paint.with(style, &id))?;
        write_wrapped(out, "    ", &how)?;
        for unmet in scenario.expectations_unmet.iter().take(UNMET_SHOWN_MAX) {
            let place = reproduction::location(scenario, unmet.line);
            writeln!(
                out,
                "    {} {}, step {}, replica {}",
                paint.with(Style::Bad, "unmet"),
                one_line(&place),
                unmet.step,
                unmet.replica
            )?;
            writeln!(out, "      {}", one_line(&unmet.subject))?;
            write_wrapped(out, "        expected  ", &unmet.expected)?;
            write_wrapped(out, "        actual    ", &unmet.actual)?;
        }
        let shown = scenario.expectations_unmet.len().min(UNMET_SHOWN_MAX) as u64;
        let more = u64::from(scenario.expectations_unmet_count).saturating_sub(shown);
        if more > 0 {
            writeln!(out, "    and {more} more unmet ({ELSEWHERE})")?;
        }
    }
    writeln!(out)
}

fn write_reasons(
    out: &mut impl Write,
    title: &str,
    reasons: &[Reason],
    paint: Paint,
) -> io::Result<()> {
    if reasons.is_empty() {
        return Ok(());
    }
    write_title(out, title, paint)?;
    for reason in reasons {
        let ids = &reason.requirements;
        let mut line =
            format!("{}: {} (", one_line(&reason.why), counted(ids.len() as u64, "requirement"));
        let named: Vec<&str> = ids.iter().take(IDS_MAX).map(|id| id.as_str()).collect();
        line.push_str(&named.join(", "));
        if ids.len() > IDS_MAX {
            line.push_str(&format!(" and {} more", ids.len() - IDS_MAX));
        }
        line.push(')');
        write_wrapped(out, "  ", &line)?;
    }
    writeln!(out)
}

fn write_not_exercised(out: &mut impl Write, results: &Results, paint: Paint) -> io::Result<()> {
    let areas = summary::not_exercised(results);
    if areas.is_empty() {
        return Ok(());
    }
    write_title(out, "Not exercised", paint)?;
    let counts: Vec<String> =
        areas.iter().map(|(area, ids)| format!("{area} {}", ids.len())).collect();
    write_wrapped(out, "  ", &counts.join(", "))?;
    writeln!(out)
}

fn write_expectations(out: &mut impl Write, results: &Results, paint: Paint) -> io::Result<()> {
    let report = &results.expectations;
    if report.entries.is_empty() && report.lost_coverage.is_empty() {
        return Ok(());
    }
    write_title(out, "Expectation file", paint)?;
    for entry in &report.entries {
        let (style, state) = match &entry.state {
            EntryState::Held => (Style::Good, "held".to_owned()),
            EntryState::UnexpectedPass { checks } => {
                (Style::Bad, format!("unexpected pass of {}", checks.join(", ")))
            }
            EntryState::NotExercised => (Style::Faint, "not exercised".to_owned()),
            EntryState::Stale { why } => (Style::Bad, format!("stale: {why}")),
        };
        let pattern = one_line(&entry.pattern);
        writeln!(out, "  line {}: {}", entry.line, paint.with(style, &pattern))?;
        write_wrapped(out, "    ", &format!("{state} ({})", entry.reason))?;
    }
    for check in &report.lost_coverage {
        let lost = paint.with(Style::Bad, "lost coverage:");
        writeln!(out, "  {lost} {} was exercised before", one_line(check))?;
    }
    writeln!(out)
}

fn write_title(out: &mut impl Write, title: &str, paint: Paint) -> io::Result<()> {
    writeln!(out, "{}", paint.with(Style::Strong, title))
}

/// Writes `text` behind `lead`, and its further lines under its first; nothing for no text.
fn write_wrapped(out: &mut impl Write, lead: &str, text: &str) -> io::Result<()> {
    let indent = lead.chars().count();
    for (index, line) in wrap(text, WIDTH - indent).into_iter().enumerate() {
        if index == 0 {
            writeln!(out, "{lead}{line}")?;
        } else {
            writeln!(out, "{:indent$}{line}", "")?;
        }
    }
    Ok(())
}
