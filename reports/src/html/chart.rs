//! Line charts as the template draws them: paths ready, texts beside them, nothing to compute.

use muster_journal::LoadSummary;
use muster_journal::load::{CoursePoint, Percentiles, StepLatency};
use serde::Serialize;

use super::axis::{Axis, PERCENTILES};
use crate::load_text::{many, name};
use crate::units::{duration, grouped, per_second, span};

/// Size of a chart and of the room around its plot, in units of its view box.
const WIDTH: f64 = 560.0;
const HEIGHT: f64 = 230.0;
const LEFT: f64 = 66.0;
const RIGHT: f64 = 16.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 44.0;

/// Curves in one chart that a reader can tell apart.
const SERIES_MAX: usize = 6;

/// Points of the course drawn; a summary holds 240 of them.
const POINTS_MAX: usize = 1_000;

#[derive(Debug, Serialize)]
pub(super) struct ChartView {
    id: &'static str,
    title: &'static str,
    /// What the chart shows, for who does not see it.
    about: String,
    x_title: String,
    y_title: &'static str,
    x_ticks: Vec<TickView>,
    y_ticks: Vec<TickView>,
    series: Vec<SeriesView>,
    /// Whether the curves need names.
    named: bool,
}

#[derive(Debug, Serialize)]
struct TickView {
    at: String,
    text: String,
}

#[derive(Debug, Serialize)]
struct SeriesView {
    name: String,
    /// Number of its colour and dashes.
    look: usize,
    path: String,
    /// The same closed along the axis, when the area is filled.
    area: String,
}

/// All charts the data allow.
pub(super) fn charts(load: &LoadSummary) -> Vec<ChartView> {
    let mut charts = Vec::new();
    if !load.course.is_empty() {
        charts.push(throughput(load));
        charts.extend(failures(load));
        charts.extend(latency(load));
        charts.push(in_flight(load));
    }
    charts.extend(percentiles(load));
    charts
}

fn throughput(load: &LoadSummary) -> ChartView {
    let rate = |point: &CoursePoint| per_s(point.exchanges, width_ms(point, load));
    let all = per_second(load.totals.exchanges, load.wall_ms).unwrap_or_default();
    let about = format!(
        "Over {} the fleet made {all} exchanges/s on average and {} in the busiest slice.",
        span(load.wall_ms),
        grouped(most(load, rate).round() as u64)
    );
    course_chart("chart-rate", "Throughput", "exchanges/s", about, load, rate, 0)
}

/// A level line at 0 shows nothing that the figures do not say.
fn failures(load: &LoadSummary) -> Option<ChartView> {
    let rate = |point: &CoursePoint| per_s(point.failed, width_ms(point, load));
    let slices = load.course.iter().filter(|point| point.failed > 0).count() as u64;
    let about = format!(
        "{} failed, in {} of {} of the run.",
        many(load.totals.errors, "exchange"),
        grouped(slices),
        many(load.course.len() as u64, "slice")
    );
    let draw = || course_chart("chart-failures", "Failures", "failed/s", about, load, rate, 1);
    (slices > 0).then(draw)
}

fn in_flight(load: &LoadSummary) -> ChartView {
    let count = |point: &CoursePoint| Some(point.in_flight as f64);
    let most = load.course.iter().map(|point| point.in_flight).max().unwrap_or_default();
    let about = format!("At the end of a slice {} at most.", many(most, "exchange"));
    course_chart("chart-in-flight", "Exchanges under way", "exchanges", about, load, count, 2)
}

fn course_chart(
    id: &'static str,
    title: &'static str,
    y_title: &'static str,
    about: String,
    load: &LoadSummary,
    value: impl Fn(&CoursePoint) -> Option<f64> + Copy,
    look: usize,
) -> ChartView {
    let (x, unit) = Axis::time(end_s(load));
    let y = Axis::linear(most(load, value));
    let path = stairs(load, &x, &y, value);
    let area = closed(&path);
    let series = vec![SeriesView { name: title.to_owned(), look, path, area }];
    chart(id, title, about, (x, since_start(unit)), (y, y_title), series)
}

/// Median and p99 over the course; a slice without an exchange has neither.
fn latency(load: &LoadSummary) -> Option<ChartView> {
    let measured = || load.course.iter().filter(|point| point.exchanges > 0);
    let least = measured().map(|point| point.p50_us).min()?;
    let most = measured().map(|point| point.p99_us).max()?;
    let (x, unit) = Axis::time(end_s(load));
    let y = Axis::latency(least as f64, most as f64);
    let p50 = |point: &CoursePoint| (point.exchanges > 0).then_some(point.p50_us as f64);
    let p99 = |point: &CoursePoint| (point.exchanges > 0).then_some(point.p99_us as f64);
    let path50 = stairs(load, &x, &y, p50);
    let path99 = stairs(load, &x, &y, p99);
    let series = vec![
        SeriesView { name: "p50".to_owned(), look: 0, path: path50, area: String::new() },
        SeriesView { name: "p99".to_owned(), look: 1, path: path99, area: String::new() },
    ];
    let empty = load.course.len() - measured().count();
    let gaps = match empty as u64 {
        0 => String::new(),
        empty => format!(" In {} no exchange ended.", many(empty, "slice")),
    };
    let about = format!(
        "By slice the median was {} at least and p99 {} at most, from the intended start.{gaps}",
        duration(least),
        duration(most)
    );
    let x = (x, since_start(unit));
    Some(chart("chart-latency", "Latency", about, x, (y, "corrected latency"), series))
}

/// A curve per kind of step; of the whole run when there is one kind only.
fn percentiles(load: &LoadSummary) -> Option<ChartView> {
    let measured = || load.steps.iter().filter(|step| step.count > 0);
    let kinds: Vec<&StepLatency> = measured().filter(|step| step.step != "all").collect();
    let drawn = if kinds.is_empty() { measured().collect() } else { kinds };
    let drawn = &drawn[..drawn.len().min(SERIES_MAX)];
    let least = drawn.iter().map(|step| step.corrected.min).min()?;
    let most = drawn.iter().map(|step| step.corrected.max).max()?;
    let (x, y) = (Axis::percentiles(), Axis::latency(least as f64, most as f64));
    let series = drawn.iter().enumerate().map(|(look, step)| SeriesView {
        name: name(&step.step),
        look,
        path: curve(&step.corrected, &x, &y),
        area: String::new(),
    });
    let series = series.collect();
    let texts = drawn.iter().map(|step| {
        let Percentiles { p50, p99, max, .. } = step.corrected;
        let (p50, p99, max) = (duration(p50), duration(p99), duration(max));
        format!("{}: median {p50}, p99 {p99}, longest {max}.", name(&step.step))
    });
    let about = texts.collect::<Vec<_>>().join(" ");
    let x = (x, "share of the exchanges, stretched toward the slowest".to_owned());
    let y = (y, "corrected latency");
    Some(chart("chart-percentiles", "Latency by percentile", about, x, y, series))
}

fn chart(
    id: &'static str,
    title: &'static str,
    about: String,
    (x, x_title): (Axis, String),
    (y, y_title): (Axis, &'static str),
    series: Vec<SeriesView>,
) -> ChartView {
    let tick = |at: f64, text: &String| TickView { at: number(at), text: text.clone() };
    ChartView {
        id,
        title,
        about,
        x_title,
        y_title,
        x_ticks: x.ticks.iter().map(|(part, text)| tick(across(*part), text)).collect(),
        y_ticks: y.ticks.iter().map(|(part, text)| tick(down(*part), text)).collect(),
        named: series.len() > 1 || id == "chart-percentiles",
        series,
    }
}

/// A level line over each slice, interrupted where there is no value.
fn stairs(
    load: &LoadSummary,
    x: &Axis,
    y: &Axis,
    value: impl Fn(&CoursePoint) -> Option<f64>,
) -> String {
    let mut path = String::new();
    let mut open = false;
    for point in load.course.iter().take(POINTS_MAX) {
        let Some(value) = value(point) else {
            open = false;
            continue;
        };
        let level = number(down(y.at(value)));
        if open {
            path.push_str(&format!("V{level}"));
        } else {
            path.push_str(&format!("M{} {level}", number(across(x.at(seconds(point.at_ms))))));
            open = true;
        }
        let end = point.at_ms.saturating_add(width_ms(point, load));
        path.push_str(&format!("H{}", number(across(x.at(seconds(end))))));
    }
    path
}

/// The area between an uninterrupted line and the axis below it.
fn closed(path: &str) -> String {
    let from = path.strip_prefix('M').and_then(|rest| rest.split(' ').next());
    match from {
        Some(from) if path.matches('M').count() == 1 => {
            format!("{path}V{}H{from}Z", number(down(0.0)))
        }
        _ => String::new(),
    }
}

fn curve(of: &Percentiles, x: &Axis, y: &Axis) -> String {
    let values = [of.min, of.p50, of.p90, of.p95, of.p99, of.p999, of.max];
    let mut path = String::new();
    for ((place, _), value) in PERCENTILES.into_iter().zip(values) {
        let letter = if path.is_empty() { 'M' } else { 'L' };
        let (across, down) = (across(x.at(place)), down(y.at(value as f64)));
        path.push_str(&format!("{letter}{} {}", number(across), number(down)));
    }
    path
}

fn most(load: &LoadSummary, value: impl Fn(&CoursePoint) -> Option<f64>) -> f64 {
    load.course.iter().filter_map(value).fold(0.0, f64::max)
}

fn per_s(count: u64, width_ms: u64) -> Option<f64> {
    (width_ms > 0).then(|| count as f64 * 1_000.0 / width_ms as f64)
}

/// The width of a slice as far as the run went: the last one rarely is whole, and its rate would
/// fall for no reason. Of a sliver a tenth counts, so that one exchange does not make a peak.
fn width_ms(point: &CoursePoint, load: &LoadSummary) -> u64 {
    match load.wall_ms.checked_sub(point.at_ms) {
        Some(passed) if passed > 0 => passed.clamp(point.width_ms / 10, point.width_ms),
        _ => point.width_ms,
    }
}

fn end_s(load: &LoadSummary) -> f64 {
    let ends = load.course.iter().map(|point| point.at_ms.saturating_add(width_ms(point, load)));
    seconds(ends.max().unwrap_or_default())
}

fn seconds(ms: u64) -> f64 {
    ms as f64 / 1_000.0
}

fn since_start(unit: &str) -> String {
    format!("{unit} since the start")
}

fn across(part: f64) -> f64 {
    LEFT + part * (WIDTH - LEFT - RIGHT)
}

fn down(part: f64) -> f64 {
    HEIGHT - BOTTOM - part * (HEIGHT - TOP - BOTTOM)
}

/// A tenth of a unit is finer than a screen.
fn number(at: f64) -> String {
    let text = format!("{at:.1}");
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}
