//! A load run on the console: gates, latencies, counts, arrivals, failures, traffic, and whether
//! the generator kept up.

use std::io::{self, Write};

use muster_conformance::Results;
use muster_journal::LoadSummary;

use super::paint::{Paint, Style};
use super::{ELSEWHERE, WIDTH, write_title, write_wrapped};
use crate::load_text::{self, Fact, GROUP_HEADS, GateRow, LATENCY_LEGEND, NOTHING};
use crate::text::wrap;
use crate::units::grouped;

/// Rows of one table; further ones stand in the other reports.
const ROWS_MAX: usize = 40;

/// Columns of a gate's state, and of a gate before its value.
const STATE_WIDTH: usize = 16;
const GATE_WIDTH: usize = 40;

/// Columns of the latency table: the step, count and failed, six percentiles, raw and blocked.
const STEP_WIDTH: usize = 13;
const LATENCY_WIDTHS: [usize; 10] = [11, 9, 8, 8, 8, 8, 8, 8, 9, 9];

/// Columns of the arrival table; the model takes the rest.
const GROUP_WIDTH: usize = 16;
const GROUP_WIDTHS: [usize; 4] = [11, 11, 11, 9];

/// Columns of the name of a figure, and of a cause before its count.
const LABEL_WIDTH: usize = 18;
const CAUSE_WIDTH: usize = 40;

/// Writes what the run measured and what became of its gates; nothing for a run without either.
pub(super) fn write(out: &mut impl Write, results: &Results, paint: Paint) -> io::Result<()> {
    if let Some(load) = &results.load {
        write_title(out, &format!("Load: {}", load_text::extent(load)), paint)?;
        writeln!(out)?;
    }
    write_gates(out, results, paint)?;
    let Some(load) = &results.load else { return Ok(()) };
    write_latencies(out, load, paint)?;
    write_facts(out, "Totals", &load_text::totals(load), paint)?;
    write_groups(out, load, paint)?;
    write_failures(out, load, paint)?;
    write_facts(out, "Traffic", &load_text::traffic(load), paint)?;
    write_generator(out, load, paint)
}

fn write_gates(out: &mut impl Write, results: &Results, paint: Paint) -> io::Result<()> {
    let gates = load_text::gates(results);
    if gates.is_empty() {
        return Ok(());
    }
    write_title(out, &format!("Gates ({})", load_text::gate_counts(results)), paint)?;
    for gate in gates.iter().take(ROWS_MAX) {
        write_gate(out, gate, paint)?;
    }
    write_more(out, gates.len())?;
    writeln!(out)
}

fn write_gate(out: &mut impl Write, gate: &GateRow, paint: Paint) -> io::Result<()> {
    let state = format!("{:<STATE_WIDTH$}", gate.state);
    let lead = format!("  {}", paint.with(Style::of_verdict(gate.class), &state));
    let indent = 2 + STATE_WIDTH;
    if gate.gate.chars().count() < GATE_WIDTH && !gate.actual.is_empty() {
        let width = WIDTH - indent - GATE_WIDTH;
        for (index, line) in wrap(&gate.actual, width).iter().enumerate() {
            match index {
                0 => writeln!(out, "{lead}{:<GATE_WIDTH$}{line}", gate.gate)?,
                _ => writeln!(out, "{:1$}{line}", "", indent + GATE_WIDTH)?,
            }
        }
    } else {
        for (index, line) in wrap(&gate.gate, WIDTH - indent).iter().enumerate() {
            match index {
                0 => writeln!(out, "{lead}{line}")?,
                _ => writeln!(out, "{:indent$}{line}", "")?,
            }
        }
        write_wrapped(out, &" ".repeat(indent), &gate.actual)?;
    }
    write_wrapped(out, &" ".repeat(indent), &gate.why)?;
    if gate.class == "conforms" {
        return Ok(());
    }
    write_wrapped(out, &" ".repeat(indent), &gate.place)
}

fn write_latencies(out: &mut impl Write, load: &LoadSummary, paint: Paint) -> io::Result<()> {
    let [.., raw, blocked] = LATENCY_WIDTHS;
    let above = STEP_WIDTH + LATENCY_WIDTHS.iter().sum::<usize>() - raw - blocked;
    writeln!(out, "{:above$}{:>raw$}{:>blocked$}", "", "raw", "blocked")?;
    let heads = ["count", "failed", "p50", "p90", "p95", "p99", "p99.9", "max", "p99", "p99"];
    let head = row("Latency", STEP_WIDTH, heads, LATENCY_WIDTHS);
    writeln!(out, "{}", paint.with(Style::Strong, &head))?;
    for step in load.steps.iter().take(ROWS_MAX) {
        let [count, failed, times @ ..] = load_text::latency_cells(step);
        let [count_width, failed_width, time_widths @ ..] = LATENCY_WIDTHS;
        let label = label(&step.step, STEP_WIDTH);
        write!(out, "{label:<STEP_WIDTH$}{count:>count_width$}")?;
        write_lost(out, &failed, failed_width, step.failed, paint)?;
        let all = times.iter().zip(time_widths);
        // Without its space a figure stands apart from its neighbours.
        let compact = all.map(|(time, width)| format!("{:>width$}", time.replace(' ', "")));
        let times: String = compact.collect();
        writeln!(out, "{times}")?;
    }
    write_more(out, load.steps.len())?;
    for line in wrap(LATENCY_LEGEND, WIDTH) {
        writeln!(out, "{}", paint.with(Style::Faint, &line))?;
    }
    writeln!(out)
}

fn write_groups(out: &mut impl Write, load: &LoadSummary, paint: Paint) -> io::Result<()> {
    if load.groups.is_empty() {
        return Ok(());
    }
    let head = row("Arrivals", GROUP_WIDTH, GROUP_HEADS, GROUP_WIDTHS);
    writeln!(out, "{}", paint.with(Style::Strong, &format!("{head}  model")))?;
    for group in load.groups.iter().take(ROWS_MAX) {
        let [counts @ .., dropped] = load_text::group_cells(group);
        let [count_widths @ .., dropped_width] = GROUP_WIDTHS;
        let label = label(&group.group, GROUP_WIDTH);
        write!(out, "{}", row(&label, GROUP_WIDTH, counts.each_ref(), count_widths))?;
        write_lost(out, &dropped, dropped_width, group.dropped, paint)?;
        let indent = GROUP_WIDTH + GROUP_WIDTHS.iter().sum::<usize>() + 2;
        let model = wrap(&load_text::name(&group.model), WIDTH - indent);
        writeln!(out, "  {}", model.first().map_or(NOTHING, String::as_str))?;
        for line in model.iter().skip(1) {
            writeln!(out, "{:indent$}{line}", "")?;
        }
    }
    write_more(out, load.groups.len())?;
    writeln!(out)
}

fn write_failures(out: &mut impl Write, load: &LoadSummary, paint: Paint) -> io::Result<()> {
    let causes = load_text::failures(load);
    if causes.is_empty() {
        return Ok(());
    }
    write_title(out, "Failures by cause", paint)?;
    for (cause, count) in causes.iter().take(ROWS_MAX) {
        let cause = label(cause, CAUSE_WIDTH);
        let count = format!("{:>10}", grouped(*count));
        writeln!(out, "  {cause:<CAUSE_WIDTH$}{}", paint.with(Style::Bad, &count))?;
    }
    write_more(out, causes.len())?;
    writeln!(out)
}

fn write_generator(out: &mut impl Write, load: &LoadSummary, paint: Paint) -> io::Result<()> {
    let reasons = load_text::saturated(&load.health);
    let title = if reasons.is_empty() {
        "Generator: it kept up".to_owned()
    } else {
        paint.with(Style::Bad, "Generator: SATURATED, the result is invalid").into_owned()
    };
    write_facts(out, &title, &load_text::health(load), paint)?;
    if reasons.is_empty() {
        return Ok(());
    }
    for reason in reasons.iter().take(ROWS_MAX) {
        write_wrapped(out, "  - ", reason)?;
    }
    write_more(out, reasons.len())?;
    writeln!(out)
}

fn write_facts(out: &mut impl Write, title: &str, facts: &[Fact], paint: Paint) -> io::Result<()> {
    write_title(out, title, paint)?;
    let indent = 2 + LABEL_WIDTH;
    for fact in facts {
        let style = if fact.stands_out { Style::Bad } else { Style::Plain };
        for (index, line) in wrap(&fact.text, WIDTH - indent).iter().enumerate() {
            let lead = if index == 0 { fact.label } else { "" };
            writeln!(out, "  {lead:<LABEL_WIDTH$}{}", paint.with(style, line))?;
        }
    }
    writeln!(out)
}

/// A count of what went wrong: red when there is any, faint when there is none.
fn write_lost(
    out: &mut impl Write,
    text: &str,
    width: usize,
    count: u64,
    paint: Paint,
) -> io::Result<()> {
    let style = if count == 0 { Style::Faint } else { Style::Bad };
    write!(out, "{}", paint.with(style, &format!("{text:>width$}")))
}

fn write_more(out: &mut impl Write, all: usize) -> io::Result<()> {
    match all.saturating_sub(ROWS_MAX) {
        0 => Ok(()),
        more => writeln!(out, "  and {more} more ({ELSEWHERE})"),
    }
}

fn row<const N: usize>(
    label: &str,
    label_width: usize,
    cells: [impl std::fmt::Display; N],
    widths: [usize; N],
) -> String {
    let mut row = format!("{label:<label_width$}");
    for (cell, width) in cells.into_iter().zip(widths) {
        row.push_str(&format!("{cell:>width$}"));
    }
    row
}

/// A name that leaves a column free before what follows it.
fn label(text: &str, width: usize) -> String {
    let text = load_text::name(text);
    if text.chars().count() < width {
        return text;
    }
    let start: String = text.chars().take(width - 2).collect();
    format!("{}…", start.trim_end())
}
