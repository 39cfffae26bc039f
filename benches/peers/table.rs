//! Tables of rounds: every contender once per round, in turn, so that a slow minute hits all of
//! them; medians over the rounds, and ratios taken inside each round.

use crate::contender::{Contender, Way};
use crate::crypto::median;
use crate::report::say;
use crate::round::{Bench, Steady};

/// A contender of a table, there or absent.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) label: &'static str,
    pub(crate) way: Way,
    /// The tool, or why there is none.
    pub(crate) contender: Result<Contender, String>,
}

impl Entry {
    /// The same with so many users, if its tool gets as many under way.
    pub(crate) fn within(mut self, users: u32) -> Self {
        self.contender = self.contender.and_then(|contender| {
            let users_max = contender.tool.users_max();
            if users <= users_max {
                return Ok(contender);
            }
            Err(format!("not tried: it gets {users_max} users under way on one core"))
        });
        self
    }
}

/// One contender's rounds.
#[derive(Clone, Debug)]
pub(crate) struct Series {
    pub(crate) label: &'static str,
    /// One per round; none when the contender failed in it.
    pub(crate) rounds: Vec<Option<Steady>>,
    /// Why there is nothing, or less than there should be.
    pub(crate) why: Option<String>,
}

/// Contenders side by side at one number of users.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub(crate) users: u32,
    pub(crate) series: Vec<Series>,
}

impl Table {
    /// Measures `entries` in interleaved rounds.
    pub(crate) fn measured(
        bench: &mut Bench,
        name: &str,
        users: u32,
        entries: &[Entry],
        rounds: usize,
    ) -> Self {
        let empty = |entry: &Entry| Series {
            label: entry.label,
            rounds: Vec::new(),
            why: entry.contender.as_ref().err().cloned(),
        };
        let mut table = Self { users, series: entries.iter().map(empty).collect() };
        for round in 1..=rounds {
            say(&format!("{name}, {users} users, round {round} of {rounds}"));
            for (entry, series) in entries.iter().zip(&mut table.series) {
                let Ok(contender) = &entry.contender else { continue };
                let result = bench.contend(contender, entry.way, users);
                match &result {
                    Ok(steady) => say(&line(entry.label, steady)),
                    Err(why) => say(&format!("  {:<24} not measured: {why}", entry.label)),
                }
                series.why = result.as_ref().err().cloned().or(series.why.take());
                series.rounds.push(result.ok());
            }
        }
        table
    }

    /// Median of one figure of one contender.
    pub(crate) fn median(&self, label: &str, figure: impl Fn(&Steady) -> f64) -> Option<f64> {
        let series = self.series.iter().find(|series| series.label == label)?;
        median(series.rounds.iter().flatten().map(figure).collect())
    }

    /// Median of the ratios of one figure, `above` divided by `below`, round by round.
    pub(crate) fn ratio(
        &self,
        above: &str,
        below: &str,
        figure: impl Fn(&Steady) -> f64,
    ) -> Option<f64> {
        let rounds = |label| {
            let series = self.series.iter().find(|series| series.label == label)?;
            Some(series.rounds.iter())
        };
        let pairs = rounds(above)?.zip(rounds(below)?);
        let both = |(above, below): (&Option<Steady>, &Option<Steady>)| {
            let ratio = figure(above.as_ref()?) / figure(below.as_ref()?);
            ratio.is_finite().then_some(ratio)
        };
        median(pairs.filter_map(both).collect())
    }

    /// Why a contender has no figure.
    pub(crate) fn why(&self, label: &str) -> String {
        let series = self.series.iter().find(|series| series.label == label);
        let why = series.and_then(|series| series.why.clone());
        why.unwrap_or_else(|| format!("{label} was left out of this run"))
    }
}

fn line(label: &str, steady: &Steady) -> String {
    let Steady { rate, client_us, client_busy, server_busy, rss, open, bad, lost, others, .. } =
        steady;
    let lost = lost.map_or("?".to_owned(), |lost| format!("{:.1} %", lost * 100.0));
    let bad = if *bad > 0 { format!(", {bad} bad requests") } else { String::new() };
    format!(
        "  {label:<24} {rate:>7.0}/s {client_us:>6.1} us, client {client_busy:.2} server \
         {server_busy:.2} core, {:.0} MB, {open} open, lost {lost}, others {:.0} %{bad}",
        mega(*rss),
        others * 100.0,
    )
}

/// Bytes as megabytes.
pub(crate) fn mega(bytes: u64) -> f64 {
    crate::round::micros(bytes) / 1e6
}
