//! Load: how many instances, when their journeys begin, how they connect and what disturbs them.

/// The `load` of a scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct Load {
    /// Replicas when the command line names no scale.
    pub instances: u32,
    /// How instances connect.
    pub connections: Connections,
    /// Whether TLS sessions are resumed.
    pub resumption: bool,
    /// Groups of instances, each with its own arrivals; never empty.
    pub groups: Vec<Group>,
    /// Disturbances on purpose, in the order of the file.
    pub churn: Vec<Churn>,
}

/// How instances connect.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Connections {
    /// A new connection for each exchange, as product instances do it.
    #[default]
    PerExchange,
    /// Each instance keeps its connection.
    KeepAlive,
}

/// A part of the fleet with arrivals of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Its name; `all` when the file names none.
    pub name: String,
    /// Its part of the instances, relative to the other groups' shares.
    pub share: u32,
    /// When its arrivals begin, milliseconds after the start of the run.
    pub from_ms: u64,
    /// When journeys begin.
    pub arrivals: Arrivals,
    /// How long arrivals go on, milliseconds; instances that have finished take part again.
    /// `None`: every instance arrives exactly once.
    pub for_ms: Option<u64>,
}

/// When journeys begin. Rates are arrivals per second over the whole group.
#[derive(Debug, Clone, PartialEq)]
pub enum Arrivals {
    /// Evenly over so many milliseconds: nobody plans to meet.
    Spread {
        /// The window.
        over_ms: u64,
    },
    /// Everyone at once: power returns, certificates end on one day.
    Storm,
    /// A constant rate.
    Rate {
        /// Per second.
        per_s: f64,
        /// Gaps drawn from an exponential distribution instead of equal ones.
        poisson: bool,
    },
    /// A rate that changes evenly from one value to another, and stays there.
    Ramp {
        /// Per second at the start.
        from_per_s: f64,
        /// Per second at the end.
        to_per_s: f64,
        /// Milliseconds of the change.
        over_ms: u64,
        /// Gaps drawn from an exponential distribution.
        poisson: bool,
    },
    /// A rate that rises by steps, and stays at the last.
    Stairs {
        /// Per second on the first step.
        from_per_s: f64,
        /// Per second more on each next one.
        step_per_s: f64,
        /// Milliseconds on each step.
        every_ms: u64,
        /// Per second on the last step.
        to_per_s: f64,
        /// Gaps drawn from an exponential distribution.
        poisson: bool,
    },
    /// A constant rate with one spike.
    Spike {
        /// Per second outside the spike.
        base_per_s: f64,
        /// Per second inside.
        peak_per_s: f64,
        /// When it begins, milliseconds after the group's first arrival.
        at_ms: u64,
        /// How long it lasts, milliseconds.
        for_ms: u64,
        /// Gaps drawn from an exponential distribution.
        poisson: bool,
    },
    /// A closed loop: so many journeys at a time; when one ends the next begins.
    Concurrency {
        /// Journeys at a time.
        journeys: u32,
        /// Pause between the end of one and the next, milliseconds.
        think_ms: u64,
    },
}

impl Default for Arrivals {
    /// Evenly over a minute: a fleet that was not told otherwise does not meet.
    fn default() -> Self {
        Self::Spread { over_ms: 60_000 }
    }
}

/// One disturbance on purpose.
#[derive(Debug, Clone, PartialEq)]
pub struct Churn {
    /// What happens to an instance.
    pub kind: ChurnKind,
    /// Part of the instances it happens to, percent from 0 to 100.
    pub percent: f64,
    /// When the first of them is hit, milliseconds after the start.
    pub from_ms: u64,
    /// The others follow within so many milliseconds.
    pub over_ms: u64,
    /// How long an instance is away, milliseconds.
    pub away_ms: u64,
    /// Which moment of the protocol it is meant to cross.
    pub across: Crossing,
}

/// What happens to an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChurnKind {
    /// It restarts in an orderly way: reports are closed first.
    Reload,
    /// It loses power without goodbye; what was in flight is lost.
    PowerLoss,
    /// It loses the network: connections break and none can be made until it returns.
    NetworkLoss,
}

/// Which moment of the protocol a disturbance is meant to cross.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Crossing {
    /// None in particular.
    #[default]
    Anytime,
    /// While a poll falls due.
    PollDue,
    /// While a report falls due.
    ReportDue,
    /// While a request is in flight.
    InFlight,
}
