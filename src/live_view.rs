//! What a person sees of a load run while it goes on: one line on a terminal, a line every few
//! seconds elsewhere, JSON lines for machines, and a page for Prometheus.

use std::fs::File;
use std::io::{IsTerminal, Write, stderr};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use muster_fleet::health::HealthProbe;
use muster_fleet::measure::{Gauges, LiveTotals, prometheus};
use muster_fleet::watch::ShardLive;
use serde_json::json;

use crate::cli::LoadArgs;
use crate::error::Error;
use crate::metrics_page::MetricsPage;
use crate::output;

/// How often the terminal's line changes: a reader needs that long.
const LINE_EVERY: Duration = Duration::from_millis(500);
/// How often a line is printed where there is no terminal.
const PLAIN_EVERY: Duration = Duration::from_secs(5);
/// How often a JSON line is written.
const JSON_EVERY: Duration = Duration::from_secs(1);

/// The live view of a load run.
pub(crate) struct LiveView {
    started: Instant,
    totals: LiveTotals,
    shards: Vec<Standing>,
    bar: Option<ProgressBar>,
    is_plain: bool,
    json: Option<File>,
    page: Option<MetricsPage>,
    instances: u64,
    shown_at: Instant,
    json_at: Instant,
    plain_at: Instant,
    recent: Recent,
}

/// Figures of the latest interval, for the line and for the JSON.
#[derive(Clone, Copy, Default)]
struct Recent {
    per_s: f64,
    p50_us: u64,
    p99_us: u64,
}

/// What a shard last said of itself.
#[derive(Clone, Copy, Default)]
struct Standing {
    ended: u64,
    journeys: u64,
    lag_p99_us: u64,
    cpu_us: Option<u64>,
}

impl LiveView {
    /// A view of a fleet of so many instances.
    pub(crate) fn new(instances: u64, quiet: bool, args: &LoadArgs) -> Result<Self, Error> {
        let on_terminal = stderr().is_terminal();
        let bar = (!quiet && on_terminal).then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(4));
            let style = ProgressStyle::with_template("{elapsed}  {wide_msg}");
            bar.set_style(style.expect("the template is well formed"));
            bar
        });
        let json = match &args.live {
            Some(path) => Some(File::create(path).map_err(|error| Error::file(path, &error))?),
            None => None,
        };
        let page = args.metrics.map(MetricsPage::open).transpose()?;
        let now = Instant::now();
        Ok(Self {
            started: now,
            totals: LiveTotals::new(),
            shards: Vec::new(),
            bar,
            is_plain: !quiet && !on_terminal,
            json,
            page,
            instances,
            shown_at: now,
            json_at: now,
            plain_at: now,
            recent: Recent::default(),
        })
    }

    /// Takes in what a shard sent.
    pub(crate) fn take(&mut self, shard: usize, sent: ShardLive) {
        self.totals.take(shard, &sent.live);
        if self.shards.len() <= shard {
            self.shards.resize_with(shard + 1, Standing::default);
        }
        let ShardLive { ended, journeys, lag_p99_us, cpu_us, .. } = sent;
        self.shards[shard] = Standing { ended, journeys, lag_p99_us, cpu_us };
    }

    /// Shows what is due to be shown.
    pub(crate) fn show(&mut self, probe: &mut HealthProbe) {
        let every = if self.bar.is_some() { LINE_EVERY } else { JSON_EVERY };
        let since = self.shown_at.elapsed();
        if since >= every {
            self.shown_at = Instant::now();
            probe.sample();
            let live = self.totals.read();
            let [p50_us, p99_us] = live.quantiles_us([0.5, 0.99]).unwrap_or_default();
            let per_s = live.exchanges as f64 / since.as_secs_f64();
            self.recent = Recent { per_s, p50_us, p99_us };
            self.publish(probe);
            if let Some(bar) = &self.bar {
                bar.set_message(self.line(probe));
                bar.tick();
            }
        }
        if self.json_at.elapsed() >= JSON_EVERY && self.json.is_some() {
            self.json_at = Instant::now();
            self.write_json(probe);
        }
        if self.is_plain && self.plain_is_due() {
            output::note(&format!("{} s  {}", self.started.elapsed().as_secs(), self.line(probe)));
        }
    }

    /// Takes the line away.
    pub(crate) fn finish(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn plain_is_due(&mut self) -> bool {
        let due = self.plain_at.elapsed() >= PLAIN_EVERY;
        if due {
            self.plain_at = Instant::now();
        }
        due
    }

    fn line(&self, probe: &HealthProbe) -> String {
        let totals = self.totals.totals();
        let Recent { per_s, p50_us, p99_us } = self.recent;
        let last = probe.last();
        let mut line = format!(
            "{} exchanges, {per_s:.0}/s, {} in flight, p50 {:.1} ms, p99 {:.1} ms, {} failed",
            totals.exchanges(),
            self.totals.in_flight(),
            p50_us as f64 / 1e3,
            p99_us as f64 / 1e3,
            totals.errors(),
        );
        if let Some(percent) = self.cpu_percent() {
            line.push_str(&format!("; cpu {percent:.0} %"));
        }
        line.push_str(&format!(", lag {:.1} ms", self.lag_p99_us() as f64 / 1e3));
        if let Some(bytes) = last.rss_bytes {
            line.push_str(&format!(", {} MB", bytes / 1_000_000));
        }
        if let Some(fds) = last.fds {
            line.push_str(&format!(", {fds} fds"));
        }
        if let Some(left) = self.left() {
            line.push_str(&format!("; about {} s left", left.as_secs()));
        }
        line
    }

    /// Worst lag of any shard so far.
    fn lag_p99_us(&self) -> u64 {
        self.shards.iter().map(|shard| shard.lag_p99_us).max().unwrap_or(0)
    }

    /// Busiest shard's share of a core so far.
    fn cpu_percent(&self) -> Option<f64> {
        let wall_us = self.started.elapsed().as_micros() as f64;
        let busiest = self.shards.iter().filter_map(|shard| shard.cpu_us).max()?;
        Some(100.0 * busiest as f64 / wall_us.max(1.0))
    }

    /// How long the rest will take at the pace so far; none before anybody has ended.
    fn left(&self) -> Option<Duration> {
        let sum = |count: fn(&Standing) -> u64| self.shards.iter().map(count).sum::<u64>();
        let (ended, journeys) = (sum(|shard| shard.ended), sum(|shard| shard.journeys));
        if ended == 0 || ended >= journeys {
            return None;
        }
        let rest = (journeys - ended) as f64 / ended as f64;
        Some(self.started.elapsed().mul_f64(rest))
    }

    fn write_json(&mut self, probe: &HealthProbe) {
        let totals = self.totals.totals();
        let Recent { per_s, p50_us, p99_us } = self.recent;
        let last = probe.last();
        let line = json!({
            "elapsed_ms": u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX),
            "exchanges": totals.exchanges(),
            "failed": totals.errors(),
            "retries": totals.retries,
            "per_s": per_s.round(),
            "in_flight": self.totals.in_flight(),
            "p50_us": p50_us,
            "p99_us": p99_us,
            "rss_bytes": last.rss_bytes,
            "open_fds": last.fds,
            "scheduler_lag_p99_us": self.lag_p99_us(),
            "cpu_percent": self.cpu_percent().map(f64::round),
            "eta_s": self.left().map(|left| left.as_secs()),
        });
        if let Some(file) = &mut self.json
            && let Err(error) = writeln!(file, "{line}")
        {
            output::note(&format!("--live: {error}; no more lines are written"));
            self.json = None;
        }
    }

    fn publish(&self, probe: &HealthProbe) {
        let Some(page) = &self.page else { return };
        let last = probe.last();
        page.set(prometheus(
            &self.totals,
            &Gauges {
                instances: self.instances,
                rss_bytes: last.rss_bytes,
                open_fds: last.fds,
                scheduler_lag_us: self.lag_p99_us(),
            },
        ));
    }
}
