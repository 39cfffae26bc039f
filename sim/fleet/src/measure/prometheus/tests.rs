//! The page, read back as a scraper reads it.

use std::collections::BTreeMap;

use super::*;
use crate::measure::{ConnectionUse, Failure, Measures, Sample, StepKind};

/// Name with its labels, and the value.
type Lines = BTreeMap<String, f64>;

/// Reads a page strictly: every family is declared once and before its lines, which stand together.
fn read(page: &str) -> (Lines, BTreeMap<&str, &str>) {
    let (mut lines, mut kinds, mut helped) = (Lines::new(), BTreeMap::new(), None);
    let mut family = "";
    for line in page.lines() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            let (name, text) = help.split_once(' ').expect("a help has a text");
            assert!(!text.is_empty());
            helped = Some(name);
        } else if let Some(kind) = line.strip_prefix("# TYPE ") {
            let (name, kind) = kind.split_once(' ').expect("a type has a kind");
            assert_eq!(helped, Some(name), "help and type stand together");
            assert!(kinds.insert(name, kind).is_none(), "{name} is declared twice");
            family = name;
        } else {
            let (series, value) = line.rsplit_once(' ').expect("a line has a value");
            let name = series.split('{').next().expect("a split has a part");
            assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{line}");
            let tail = name.strip_prefix(family).unwrap_or_else(|| panic!("stray `{line}`"));
            let tails: &[&str] = match kinds[family] {
                "histogram" => &["_bucket", "_sum", "_count"],
                _ => &[""],
            };
            assert!(tails.contains(&tail), "stray `{line}`");
            assert_eq!(series.contains('{'), series.ends_with("\"}"), "{line}");
            let value = value.parse().unwrap_or_else(|_| panic!("no number in `{line}`"));
            assert!(lines.insert(series.to_owned(), value).is_none(), "`{series}` stands twice");
        }
    }
    (lines, kinds)
}

fn measured() -> LiveTotals {
    let mut measures = Measures::new();
    for number in 0..1_000 {
        let has_failed = number % 100 == 0;
        measures.take(&Sample {
            step: if number % 4 == 0 { StepKind::Poll } else { StepKind::ReportUsage },
            intended_us: 0,
            sent_us: 10,
            ended_us: 1_000 + number * 1_000,
            failure: has_failed.then_some(Failure::HttpStatus),
            measured: true,
            bytes_sent: 2_000,
            bytes_received: 300,
            connection: if number < 250 {
                ConnectionUse::FullHandshake
            } else {
                ConnectionUse::ResumedHandshake
            },
            is_retry: number % 500 == 0,
        });
    }
    measures.end_slice(1_000_000, 17);
    let mut totals = LiveTotals::new();
    totals.take(0, &measures.live());
    totals.take(1, &measures.live());
    totals
}

#[test]
fn the_page_says_what_was_measured() {
    let gauges = Gauges {
        instances: 50_000,
        rss_bytes: Some(41_000_000),
        open_fds: Some(812),
        scheduler_lag_us: 1_500,
    };
    let page = prometheus(&measured(), &gauges);
    let (lines, kinds) = read(&page);
    assert_eq!(kinds["muster_exchanges_total"], "counter");
    assert_eq!(kinds["muster_exchange_latency_seconds"], "histogram");
    assert_eq!(kinds["muster_rss_bytes"], "gauge");
    // Both shards sent the totals of the same measurements.
    let expected = [
        ("muster_exchanges_total{step=\"poll\",result=\"ok\"}", 480.0),
        ("muster_exchanges_total{step=\"poll\",result=\"failed\"}", 20.0),
        ("muster_exchanges_total{step=\"report usage\",result=\"ok\"}", 1_500.0),
        ("muster_exchanges_total{step=\"trust\",result=\"ok\"}", 0.0),
        ("muster_failures_total{cause=\"http_status\"}", 20.0),
        ("muster_failures_total{cause=\"dns\"}", 0.0),
        ("muster_retries_total", 4.0),
        ("muster_bytes_total{direction=\"sent\"}", 4_000_000.0),
        ("muster_connections_total", 2_000.0),
        ("muster_handshakes_total{kind=\"full\"}", 500.0),
        ("muster_handshakes_total{kind=\"resumed\"}", 1_500.0),
        ("muster_connection_reuses_total", 0.0),
        ("muster_in_flight", 34.0),
        ("muster_instances", 50_000.0),
        ("muster_rss_bytes", 41_000_000.0),
        ("muster_open_fds", 812.0),
        ("muster_scheduler_lag_seconds", 0.0015),
    ];
    for (series, value) in expected {
        assert_eq!(lines.get(series), Some(&value), "{series}");
    }
}

#[test]
fn the_histogram_counts_up_to_all_and_each_bound_is_exact() {
    let (lines, _) = read(&prometheus(&measured(), &Gauges::default()));
    let series = |tail: &str, labels: &str| {
        lines[&format!("muster_exchange_latency_seconds_{tail}{{step=\"poll\"{labels}}}")]
    };
    let bounds: Vec<f64> = DOUBLINGS.map(|doubling| (1_u64 << doubling) as f64 / 1e6).collect();
    let counts: Vec<f64> =
        bounds.iter().map(|bound| series("bucket", &format!(",le=\"{bound}\""))).collect();
    assert!(counts.is_sorted());
    for (bound, count) in bounds.iter().zip(&counts) {
        let truth = (0..1_000).step_by(4).filter(|number| {
            let latency_us = 1_000 + number * 1_000;
            f64::from(latency_us) / 1e6 < *bound
        });
        assert_eq!(*count, truth.count() as f64, "below {bound} s");
    }
    assert_eq!(series("bucket", ",le=\"+Inf\""), 250.0);
    assert_eq!(series("count", ""), 250.0);
    let sum_ms: u32 = (0..1_000).step_by(4).map(|number| 1 + number).sum();
    assert!((series("sum", "") - f64::from(sum_ms) / 1e3).abs() < 1e-9);
}

#[test]
fn what_is_not_known_is_left_out() {
    let page = prometheus(&LiveTotals::new(), &Gauges::default());
    let (lines, kinds) = read(&page);
    for name in ["muster_rss_bytes", "muster_open_fds"] {
        assert!(!lines.contains_key(name) && !kinds.contains_key(name), "{name}");
    }
    assert!(!lines.keys().any(|series| series.starts_with("muster_exchange_latency")));
}
