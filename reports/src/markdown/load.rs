//! A load run in a pull request: gates, latencies, and the figures a reviewer asks for.

use std::fmt::{self, Write as _};

use muster_conformance::Results;
use muster_journal::LoadSummary;

use super::{ROWS_MAX, code, write_more};
use crate::load_text::{self, LATENCY_HEADS, LATENCY_LEGEND};
use crate::units::grouped;

/// Writes gates and measurements; nothing for a run without either.
pub(super) fn write(out: &mut String, results: &Results) -> fmt::Result {
    write_gates(out, results)?;
    let Some(load) = &results.load else { return Ok(()) };
    writeln!(out, "### Load\n")?;
    writeln!(out, "{}.\n", load_text::extent(load))?;
    write_saturation(out, load)?;
    write_latencies(out, load)?;
    for fact in load_text::totals(load) {
        let strong = if fact.stands_out { "**" } else { "" };
        writeln!(out, "- {}: {strong}{}{strong}", fact.label, fact.text)?;
    }
    for group in load.groups.iter().take(ROWS_MAX) {
        let [instances, intended, started, _] = load_text::group_cells(group);
        writeln!(
            out,
            "- Arrivals of {} ({}): {instances} instances, {intended} intended, {started} started, \
             {} dropped",
            code(&group.group),
            code(&group.model),
            grouped(group.dropped)
        )?;
    }
    for (cause, count) in load_text::failures(load).iter().take(ROWS_MAX) {
        writeln!(out, "- Failed: {}, {}", code(cause), load_text::many(*count, "exchange"))?;
    }
    for fact in load_text::health(load) {
        writeln!(out, "- {}: {}", fact.label, fact.text)?;
    }
    writeln!(out)
}

fn write_gates(out: &mut String, results: &Results) -> fmt::Result {
    let gates = load_text::gates(results);
    if gates.is_empty() {
        return Ok(());
    }
    writeln!(out, "### Gates: {}\n", load_text::gate_counts(results))?;
    writeln!(out, "| | gate | actual | |")?;
    writeln!(out, "|---|---|---|---|")?;
    for gate in gates.iter().take(ROWS_MAX) {
        let state = if gate.class == "conforms" {
            gate.state.to_owned()
        } else {
            format!("**{}**", gate.state)
        };
        let actual = if gate.actual.is_empty() { "—".to_owned() } else { code(&gate.actual) };
        let remark = match (gate.class, gate.why.is_empty(), gate.place.is_empty()) {
            ("conforms", ..) => String::new(),
            (_, false, _) => code(&gate.why),
            (_, true, false) => code(&gate.place),
            (_, true, true) => String::new(),
        };
        writeln!(out, "| {state} | {} | {actual} | {remark} |", code(&gate.gate))?;
    }
    write_more(out, gates.len())?;
    writeln!(out)
}

fn write_saturation(out: &mut String, load: &LoadSummary) -> fmt::Result {
    let reasons = load_text::saturated(&load.health);
    if reasons.is_empty() {
        return Ok(());
    }
    writeln!(out, "**The generator was the bottleneck: the result is invalid.**\n")?;
    for reason in reasons.iter().take(ROWS_MAX) {
        writeln!(out, "- {}", code(reason))?;
    }
    writeln!(out)
}

fn write_latencies(out: &mut String, load: &LoadSummary) -> fmt::Result {
    if load.steps.is_empty() {
        return Ok(());
    }
    writeln!(out, "| latency | {} |", LATENCY_HEADS.join(" | "))?;
    writeln!(out, "|---{}|", "|--:".repeat(LATENCY_HEADS.len()))?;
    for step in load.steps.iter().take(ROWS_MAX) {
        let cells = load_text::latency_cells(step);
        writeln!(out, "| {} | {} |", code(&step.step), cells.join(" | "))?;
    }
    write_more(out, load.steps.len())?;
    writeln!(out, "\n{LATENCY_LEGEND}\n")
}
