//! The live figures as a `/metrics` page: Prometheus' text exposition format, version 0.0.4.

use std::fmt::{Display, Write as _};

use super::LiveTotals;
use super::live::CumulativeLatency;

/// Bounds of the latency histogram: from 2^7 µs, 0.13 ms, to 2^26 µs, 67 s. Each is the end of a
/// bucket of what is counted, so that no count is a guess.
const DOUBLINGS: std::ops::RangeInclusive<usize> = 7..=26;

/// Readings of the moment that are not measured on exchanges.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gauges {
    /// Product instances of the run.
    pub instances: u64,
    /// Resident memory of the process, bytes; `None` where the system does not tell.
    pub rss_bytes: Option<u64>,
    /// Open file descriptors; `None` where the system does not tell.
    pub open_fds: Option<u64>,
    /// 99th percentile of how late a due wake-up ran, microseconds.
    pub scheduler_lag_us: u64,
}

/// The page. Its media type is `text/plain; version=0.0.4`.
pub fn prometheus(live: &LiveTotals, gauges: &Gauges) -> String {
    let mut page = Page(String::with_capacity(8 * 1_024));
    counters(&mut page, live);
    page.family(
        "muster_exchange_latency_seconds",
        "histogram",
        "Time of measured exchanges from their intended start.",
    );
    for (kind, latency) in live.latencies().filter(|(_, latency)| latency.count > 0) {
        histogram(&mut page, kind.name(), latency);
    }
    let mut gauge = |name, help, value: Option<f64>| {
        if let Some(value) = value {
            page.family(name, "gauge", help);
            page.line(name, &[], value);
        }
    };
    let whole = |value: u64| value as f64;
    gauge("muster_in_flight", "Exchanges under way.", Some(whole(live.in_flight())));
    gauge("muster_instances", "Product instances.", Some(whole(gauges.instances)));
    gauge("muster_rss_bytes", "Resident memory.", gauges.rss_bytes.map(whole));
    gauge("muster_open_fds", "Open file descriptors.", gauges.open_fds.map(whole));
    let lag = gauges.scheduler_lag_us as f64 / 1e6;
    let help = "99th percentile of how late due wake-ups ran.";
    gauge("muster_scheduler_lag_seconds", help, Some(lag));
    page.0
}

fn counters(page: &mut Page, live: &LiveTotals) {
    let totals = live.totals();
    let name = "muster_exchanges_total";
    page.family(name, "counter", "Exchanges that ended, by kind of step and result.");
    for step in super::StepKind::ALL {
        let (good, failed) = totals.of(step);
        page.line(name, &[("step", step.name()), ("result", "ok")], good);
        page.line(name, &[("step", step.name()), ("result", "failed")], failed);
    }
    let name = "muster_failures_total";
    page.family(name, "counter", "Exchanges that failed, by cause.");
    for (cause, count) in totals.failures() {
        page.line(name, &[("cause", cause.name())], count);
    }
    let name = "muster_retries_total";
    page.family(name, "counter", "Requests sent again after a failure.");
    page.line(name, &[], totals.retries);
    let traffic = &totals.traffic;
    let name = "muster_bytes_total";
    page.family(name, "counter", "HTTP bytes without encryption, by direction.");
    page.line(name, &[("direction", "sent")], traffic.bytes_sent);
    page.line(name, &[("direction", "received")], traffic.bytes_received);
    let name = "muster_connections_total";
    page.family(name, "counter", "TCP connections opened.");
    page.line(name, &[], traffic.connections);
    let name = "muster_handshakes_total";
    page.family(name, "counter", "TLS handshakes, by kind.");
    page.line(name, &[("kind", "full")], traffic.handshakes_full);
    page.line(name, &[("kind", "resumed")], traffic.handshakes_resumed);
    let name = "muster_connection_reuses_total";
    page.family(name, "counter", "Exchanges on a connection kept from an earlier one.");
    page.line(name, &[], traffic.reused);
}

fn histogram(page: &mut Page, step: &str, latency: &CumulativeLatency) {
    let bucket = "muster_exchange_latency_seconds_bucket";
    for doubling in DOUBLINGS {
        let bound = (1_u64 << doubling) as f64 / 1e6;
        let below = latency.below[doubling - 1];
        page.line(bucket, &[("step", step), ("le", &bound.to_string())], below);
    }
    page.line(bucket, &[("step", step), ("le", "+Inf")], latency.count);
    let labels = [("step", step)];
    let sum = latency.sum_us as f64 / 1e6;
    page.line("muster_exchange_latency_seconds_sum", &labels, sum);
    page.line("muster_exchange_latency_seconds_count", &labels, latency.count);
}

struct Page(String);

impl Page {
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        let written = write!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
        written.expect("a string takes all text");
    }

    /// Label values are names of ours, which have nothing to escape.
    fn line(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        self.0.push_str(name);
        for (at, (label, text)) in labels.iter().enumerate() {
            let opening = if at == 0 { '{' } else { ',' };
            write!(self.0, "{opening}{label}=\"{text}\"").expect("a string takes all text");
        }
        let closing = if labels.is_empty() { "" } else { "}" };
        writeln!(self.0, "{closing} {value}").expect("a string takes all text");
    }
}

#[cfg(test)]
mod tests;
