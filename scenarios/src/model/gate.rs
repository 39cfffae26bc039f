//! Gates: what a load run must meet, and how that is written.

use std::fmt;

/// One gate: a condition over what was measured that the run must meet.
#[derive(Debug, Clone, PartialEq)]
pub struct Gate {
    /// As written, for example `p99(report usage) < 250ms`.
    pub text: String,
    /// Line in the scenario file.
    pub line: u32,
    /// What is measured.
    pub metric: Metric,
    /// How it is compared.
    pub comparison: Comparison,
    /// With what.
    pub bound: Bound,
}

/// What a gate looks at.
#[derive(Debug, Clone, PartialEq)]
pub enum Metric {
    /// `p50`, `p90`, `p95`, `p99`, `p999`, `max` or `mean` of a step's corrected latency;
    /// `raw_p99(…)` and `blocked_p99(…)` for the other two.
    Latency {
        /// Which of the three latencies.
        which: Latency,
        /// Which figure of the distribution.
        figure: Figure,
        /// `all`, or the name of a kind of step such as `report usage`.
        step: String,
    },
    /// `rate(errors)`: failed exchanges as a share of all; `rate(<cause>)` for one cause.
    ErrorShare {
        /// `errors`, or a cause such as `timeout`.
        of: String,
    },
    /// `throughput(all)`: exchanges of a step per second of wall time.
    Throughput {
        /// `all`, or the name of a kind of step.
        step: String,
    },
    /// A count: `instances`, `trusted`, `reported`, `acknowledged` (instances that hold an
    /// acknowledgement), `completed`, `dropped`, `errors`, `retries`, `churned`, `recovered`.
    Count(String),
    /// `rss`: the most resident memory of the process, bytes.
    Rss,
}

/// Which latency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Latency {
    /// From the intended start.
    Corrected,
    /// From the first byte sent.
    Raw,
    /// From the intended start to the first byte sent.
    Blocked,
}

/// Which figure of a distribution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Figure {
    /// The arithmetic mean.
    Mean,
    /// The median.
    P50,
    /// The 90th percentile.
    P90,
    /// The 95th percentile.
    P95,
    /// The 99th percentile.
    P99,
    /// The 99.9th percentile.
    P999,
    /// The largest.
    Max,
}

/// How a gate compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `==`
    Equal,
    /// `>=`
    GreaterOrEqual,
    /// `>`
    Greater,
}

/// What a gate compares with.
#[derive(Debug, Clone, PartialEq)]
pub enum Bound {
    /// A duration, microseconds.
    Micros(u64),
    /// A size, bytes.
    Bytes(u64),
    /// A plain number or a share (`0.1%` is 0.001).
    Number(f64),
    /// Another count, for example `instances`.
    Count(String),
}

/// Sizes in bytes, the larger first.
pub(crate) const SIZES: &[(&str, u64)] = &[
    ("GiB", 1 << 30),
    ("GB", 1_000_000_000),
    ("MiB", 1 << 20),
    ("MB", 1_000_000),
    ("KiB", 1 << 10),
    ("KB", 1_000),
    ("B", 1),
];

/// Times in microseconds, the larger first.
pub(crate) const TIMES: &[(&str, u64)] =
    &[("m", 60_000_000), ("s", 1_000_000), ("ms", 1_000), ("us", 1)];

impl fmt::Display for Gate {
    /// The gate in its plainest form, which reads back as the same gate.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.metric, self.comparison, self.bound)?;
        if matches!(self.metric, Metric::Throughput { .. }) { f.write_str("/s") } else { Ok(()) }
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Latency { which, figure, step } => {
                write!(f, "{}{}({step})", which.prefix(), figure.name())
            }
            Self::ErrorShare { of } => write!(f, "rate({of})"),
            Self::Throughput { step } => write!(f, "throughput({step})"),
            Self::Count(word) => f.write_str(word),
            Self::Rss => f.write_str("rss"),
        }
    }
}

impl Latency {
    /// All three.
    pub(crate) const ALL: [Self; 3] = [Self::Corrected, Self::Raw, Self::Blocked];

    /// What stands before the figure.
    #[must_use]
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Corrected => "",
            Self::Raw => "raw_",
            Self::Blocked => "blocked_",
        }
    }
}

impl Figure {
    /// Every figure, in the order in which messages list them.
    pub(crate) const ALL: [Self; 7] =
        [Self::P50, Self::P90, Self::P95, Self::P99, Self::P999, Self::Max, Self::Mean];

    /// As a gate spells it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Mean => "mean",
            Self::P50 => "p50",
            Self::P90 => "p90",
            Self::P95 => "p95",
            Self::P99 => "p99",
            Self::P999 => "p999",
            Self::Max => "max",
        }
    }
}

impl Comparison {
    /// The five comparisons.
    pub(crate) const ALL: [Self; 5] =
        [Self::Less, Self::LessOrEqual, Self::Equal, Self::GreaterOrEqual, Self::Greater];

    /// As a gate spells it.
    #[must_use]
    pub fn sign(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Equal => "==",
            Self::GreaterOrEqual => ">=",
            Self::Greater => ">",
        }
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.sign())
    }
}

impl fmt::Display for Bound {
    /// In the largest unit that needs no fraction; a share as a plain number.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Micros(micros) => in_unit(f, *micros, TIMES),
            Self::Bytes(bytes) => in_unit(f, *bytes, SIZES),
            Self::Number(number) => write!(f, "{number}"),
            Self::Count(word) => f.write_str(word),
        }
    }
}

/// The amount in the unit that makes it the smallest whole number.
fn in_unit(f: &mut fmt::Formatter<'_>, amount: u64, units: &[(&str, u64)]) -> fmt::Result {
    let whole = units.iter().filter(|(_, size)| amount.is_multiple_of(*size));
    let (unit, size) = whole.max_by_key(|(_, size)| *size).expect("the last unit is one");
    write!(f, "{}{unit}", amount / size)
}
