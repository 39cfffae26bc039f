//! A load run as the template shows it: figures, gates, tables and charts.

use muster_conformance::Results;
use muster_journal::LoadSummary;
use serde::Serialize;

use super::chart::{self, ChartView};
use crate::load_text::{self, Fact, GROUP_HEADS, LATENCY_HEADS, LATENCY_LEGEND, NOTHING};
use crate::units::{bytes, duration, grouped, per_second, share};

/// Rows of one table; results.json has all.
const ROWS_MAX: usize = 100;

#[derive(Debug, Serialize)]
pub(super) struct LoadView {
    gate_counts: String,
    gates: Vec<GateView>,
    gates_more: usize,
    /// None for a run that only names gates.
    measured: Option<MeasuredView>,
}

#[derive(Debug, Serialize)]
struct GateView {
    class: &'static str,
    state: &'static str,
    gate: String,
    actual: String,
    why: String,
    place: String,
}

#[derive(Debug, Serialize)]
struct MeasuredView {
    extent: String,
    saturated: Vec<String>,
    tiles: Vec<FigureView>,
    latency_heads: &'static [&'static str],
    latency_legend: &'static str,
    steps: Vec<RowView>,
    steps_more: usize,
    charts: Vec<ChartView>,
    group_heads: &'static [&'static str],
    groups: Vec<RowView>,
    groups_more: usize,
    failures: Vec<(String, String)>,
    failures_more: usize,
    lists: Vec<ListView>,
}

#[derive(Debug, Serialize)]
struct FigureView {
    figure: String,
    words: &'static str,
    class: &'static str,
}

#[derive(Debug, Serialize)]
struct RowView {
    name: String,
    cells: Vec<String>,
    /// Index of the cell that must not be overlooked; past the last when none must.
    loss: usize,
    model: String,
}

#[derive(Debug, Serialize)]
struct ListView {
    title: &'static str,
    facts: Vec<FactView>,
}

#[derive(Debug, Serialize)]
struct FactView {
    label: &'static str,
    text: String,
    class: &'static str,
}

impl LoadView {
    /// None for a run without load and gates.
    pub(super) fn new(results: &Results) -> Option<Self> {
        let gates = load_text::gates(results);
        if gates.is_empty() && results.load.is_none() {
            return None;
        }
        Some(Self {
            gate_counts: load_text::gate_counts(results),
            gates_more: gates.len().saturating_sub(ROWS_MAX),
            gates: gates
                .into_iter()
                .take(ROWS_MAX)
                .map(|gate| GateView {
                    class: gate.class,
                    state: gate.state,
                    gate: gate.gate,
                    actual: gate.actual,
                    why: gate.why,
                    place: gate.place,
                })
                .collect(),
            measured: results.load.as_ref().map(measured),
        })
    }
}

fn measured(load: &LoadSummary) -> MeasuredView {
    let failures = load_text::failures(load);
    let list = |title, facts: Vec<Fact>| ListView {
        title,
        facts: facts.into_iter().map(fact_view).collect(),
    };
    MeasuredView {
        extent: load_text::extent(load),
        saturated: load_text::saturated(&load.health),
        tiles: tiles(load),
        latency_heads: &LATENCY_HEADS,
        latency_legend: LATENCY_LEGEND,
        steps: load
            .steps
            .iter()
            .take(ROWS_MAX)
            .map(|step| {
                let cells = load_text::latency_cells(step).into();
                row(&step.step, cells, if step.failed > 0 { 1 } else { usize::MAX }, "")
            })
            .collect(),
        steps_more: load.steps.len().saturating_sub(ROWS_MAX),
        charts: chart::charts(load),
        group_heads: &GROUP_HEADS,
        groups: load
            .groups
            .iter()
            .take(ROWS_MAX)
            .map(|group| {
                let cells = load_text::group_cells(group).into();
                row(
                    &group.group,
                    cells,
                    if group.dropped > 0 { 3 } else { usize::MAX },
                    &group.model,
                )
            })
            .collect(),
        groups_more: load.groups.len().saturating_sub(ROWS_MAX),
        failures_more: failures.len().saturating_sub(ROWS_MAX),
        failures: failures
            .into_iter()
            .take(ROWS_MAX)
            .map(|(cause, count)| (cause, grouped(count)))
            .collect(),
        lists: vec![
            list("Totals", load_text::totals(load)),
            list("Traffic", load_text::traffic(load)),
            list("Generator", load_text::health(load)),
        ],
    }
}

fn row(name: &str, cells: Vec<String>, loss: usize, model: &str) -> RowView {
    RowView { name: load_text::name(name), cells, loss, model: load_text::name(model) }
}

fn fact_view(fact: Fact) -> FactView {
    let class = if fact.stands_out { "violates" } else { "" };
    FactView { label: fact.label, text: fact.text, class }
}

/// What a reader looks for first.
fn tiles(load: &LoadSummary) -> Vec<FigureView> {
    let totals = &load.totals;
    let all = load.steps.first().filter(|step| step.count > 0);
    let nothing = || NOTHING.to_owned();
    let latency = |us: Option<u64>| us.map_or_else(nothing, duration);
    let rss = load.health.rss_peak_bytes;
    let failed = share(totals.errors, totals.exchanges);
    let tile = |words, figure, class| FigureView { figure, words, class };
    let bad = |count: u64| if count > 0 { "violates" } else { "" };
    vec![
        tile("exchanges/s", per_second(totals.exchanges, load.wall_ms).unwrap_or_else(nothing), ""),
        tile("median latency", latency(all.map(|all| all.corrected.p50)), ""),
        tile("p99 latency", latency(all.map(|all| all.corrected.p99)), ""),
        tile("failed", failed.unwrap_or_else(nothing), bad(totals.errors)),
        tile("arrivals dropped", grouped(totals.dropped), bad(totals.dropped)),
        tile("peak memory", if rss == 0 { nothing() } else { bytes(rss) }, ""),
    ]
}
