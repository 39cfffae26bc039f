//! The figures to reach: what was measured against the bar and what is reached for.

use crate::rows::{Registrar, Registration};
use crate::table::Table;

/// Which side of a number is good, with the bar and what is reached for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Aim {
    AtLeast(f64, f64),
    AtMost(f64, f64),
}

/// One row.
#[derive(Clone, Debug)]
pub(crate) struct Figure {
    pub(crate) measure: String,
    pub(crate) aim: Aim,
    /// Digits behind the point.
    pub(crate) digits: usize,
    /// The value, or why there is none.
    pub(crate) measured: Result<f64, String>,
}

impl Figure {
    /// What became of it, in a word or two.
    pub(crate) fn verdict(&self) -> &'static str {
        let Ok(value) = self.measured else { return "not measured" };
        let (bar, reach) = match self.aim {
            Aim::AtLeast(bar, reach) => (value >= bar, value >= reach),
            Aim::AtMost(bar, reach) => (value <= bar, value <= reach),
        };
        match (bar, reach) {
            (_, true) => "**met, and reached**",
            (true, false) => "**met**",
            (false, false) => "**not met**",
        }
    }

    /// The row of the published table.
    pub(crate) fn row(&self) -> String {
        let digits = self.digits;
        let (sign, bar, reach) = match self.aim {
            Aim::AtLeast(bar, reach) => ("≥", bar, reach),
            Aim::AtMost(bar, reach) => ("≤", bar, reach),
        };
        let measured = match &self.measured {
            Ok(value) => format!("{value:.digits$}"),
            Err(why) => why.replace('|', "/"),
        };
        let (measure, verdict) = (&self.measure, self.verdict());
        format!(
            "| {measure} | {sign} {bar:.digits$} | {sign} {reach:.digits$} | {measured} | {verdict} |\n"
        )
    }
}

/// Everything that was measured.
#[derive(Default)]
pub(crate) struct Measured {
    pub(crate) stateless: Vec<Table>,
    pub(crate) stateful: Option<Table>,
    pub(crate) connections: Option<Table>,
    pub(crate) registrations: Vec<(Registrar, u32, Result<Registration, String>)>,
    /// Instances, and bytes of one.
    pub(crate) memory: Vec<(u32, Result<f64, String>)>,
    /// Whether unsigned, and instance-days per second.
    pub(crate) virtual_days: Vec<(bool, Result<f64, String>)>,
    pub(crate) soak: Option<Result<f64, String>>,
}

impl Measured {
    /// Memory per user of one contender, bytes: what the largest stateless table has more than the
    /// smallest, divided by how many users more there are; median over the rounds.
    pub(crate) fn per_user(&self, label: &str) -> Result<f64, String> {
        let (Some(few), Some(many)) = (self.stateless.first(), self.stateless.last()) else {
            return Err("the stateless part was left out of this run".to_owned());
        };
        if few.users == many.users {
            return Err("it takes two numbers of users".to_owned());
        }
        let rss = |table: &Table| table.median(label, |steady| crate::round::micros(steady.rss));
        let both = rss(few).zip(rss(many));
        let more = f64::from(many.users) - f64::from(few.users);
        both.map(|(few, many)| (many - few) / more).ok_or_else(|| many.why(label))
    }

    /// Every row.
    pub(crate) fn figures(&self) -> Vec<Figure> {
        let mut figures = self.stateful_figures();
        for table in &self.stateless {
            let value = table.ratio("wrk", "muster", |steady| steady.client_us);
            figures.push(Figure {
                measure: format!(
                    "stateless keep-alive POST: wrk's client CPU per request ÷ Muster's, \
                     {} connections",
                    table.users
                ),
                aim: Aim::AtLeast(1.0, 1.25),
                digits: 2,
                measured: value.ok_or_else(|| table.why("muster")),
            });
        }
        figures.extend(self.registrations.iter().map(registered));
        for (users, measured) in &self.memory {
            figures.push(Figure {
                measure: format!(
                    "bytes per trusted, unconnected instance with an open report, {users} instances"
                ),
                aim: Aim::AtMost(1024.0, 512.0),
                digits: 0,
                measured: measured.clone(),
            });
        }
        figures.extend(self.connected());
        figures.extend(self.rest());
        figures
    }

    fn stateful_figures(&self) -> Vec<Figure> {
        let Some(table) = &self.stateful else { return Vec::new() };
        let rows = [
            (
                "signed, checked steps/s ÷ wrk's stateless requests/s",
                "muster",
                "wrk, stateless",
                0.40,
                0.60,
            ),
            ("the same, unsigned", "muster, unsigned", "wrk, stateless", 0.55, 0.75),
            ("signed steps/s ÷ Locust's tuned fast client", "muster", "locust", 4.0, 7.0),
            ("signed steps/s ÷ goose, which does not sign", "muster", "goose", 0.8, 1.3),
            ("all checks on ÷ off, steps/s", "muster", "muster, no checks", 0.90, 0.95),
        ];
        let figure = |(measure, above, below, bar, reach): (&str, &str, &str, f64, f64)| {
            let value = table.ratio(above, below, |steady| steady.rate);
            let missing = [above, below]
                .into_iter()
                .find(|label| table.median(label, |steady| steady.rate).is_none());
            Figure {
                measure: format!("{measure}, {} TLS connections", table.users),
                aim: Aim::AtLeast(bar, reach),
                digits: 2,
                measured: value.ok_or_else(|| table.why(missing.unwrap_or(above))),
            }
        };
        rows.into_iter().map(figure).collect()
    }

    /// Memory of connected instances.
    fn connected(&self) -> Vec<Figure> {
        if self.stateless.is_empty() {
            return Vec::new();
        }
        let own = self.per_user("muster");
        let share = own.clone().and_then(|own| Ok(own / self.per_user("wrk")?));
        let figure = |measure: &str, aim, digits, measured| Figure {
            measure: measure.to_owned(),
            aim,
            digits,
            measured,
        };
        vec![
            figure(
                "bytes per connected, active instance (slope between the stateless tables)",
                Aim::AtMost(24_000.0, 16_000.0),
                0,
                own,
            ),
            // The bar is the row above; a third of wrk's is what is reached for.
            figure("the same ÷ wrk's", Aim::AtMost(1.0 / 3.0, 1.0 / 3.0), 2, share),
        ]
    }

    fn rest(&self) -> Vec<Figure> {
        let mut figures = Vec::new();
        if let Some(table) = &self.connections {
            let value = table.ratio("resumed", "full", |steady| steady.connections);
            let missing = if table.median("full", |_| 1.0).is_none() { "full" } else { "resumed" };
            figures.push(Figure {
                measure: "resumed ÷ full new connections per second".to_owned(),
                aim: Aim::AtLeast(1.6, 1.9),
                digits: 2,
                measured: value.ok_or_else(|| table.why(missing)),
            });
        }
        for (unsigned, measured) in &self.virtual_days {
            let how = if *unsigned { "without signatures" } else { "with real signatures" };
            let (bar, reach) = if *unsigned { (8_000.0, 20_000.0) } else { (2_000.0, 4_000.0) };
            figures.push(Figure {
                measure: format!("virtual run, instance-days per second, {how}"),
                aim: Aim::AtLeast(bar, reach),
                digits: 0,
                measured: measured.clone(),
            });
        }
        if let Some(measured) = &self.soak {
            figures.push(Figure {
                measure: "soak: growth of memory over ten minutes at 2,000 steps/s, share of it \
                          (under 1 % is nothing)"
                    .to_owned(),
                aim: Aim::AtMost(0.01, 0.01),
                digits: 4,
                measured: measured.clone(),
            });
        }
        figures
    }
}

fn registered(
    (registrar, users, measured): &(Registrar, u32, Result<Registration, String>),
) -> Figure {
    let by = registrar.words();
    Figure {
        measure: format!(
            "{users} registrations over own TLS connections: time ÷ (instances x client crypto), \
             {by}"
        ),
        aim: Aim::AtMost(2.2, 1.35),
        digits: 2,
        measured: measured.as_ref().map(|one| one.ratio).map_err(Clone::clone),
    }
}
