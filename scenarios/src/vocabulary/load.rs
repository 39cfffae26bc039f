//! The words of `load`: how many, how they connect, when they arrive, what disturbs them.

use super::{Key, Mapping, Rule, Shape, optional, required};

/// Most replicas: past a million, serial numbers and ports of one run need a plan of their own.
pub(crate) const INSTANCES_MAX: i128 = 1_000_000;
/// Most groups, and most disturbances: a run with more of them is two runs.
pub(crate) const GROUPS_MAX: usize = 16;
/// Highest rate per second: more than one machine can send.
pub(crate) const RATE_PER_S_MAX: f64 = 1_000_000.0;
/// Lowest rate above zero: one an hour. A run of minutes sees no arrival of a lower one.
pub(crate) const RATE_PER_S_MIN: f64 = 1.0 / 3_600.0;
/// Longest time in `load`: a month, which is the longest run anybody waits for or simulates.
pub(crate) const LOAD_MS_MAX: u64 = 31 * 86_400_000;
/// Most stairs: one each few seconds for an hour.
pub(crate) const STAIRS_MAX: f64 = 1_000.0;
/// How long a disturbed instance is away unless `away` says otherwise: as long as a restart takes
/// until the crypto of an instance is ready.
pub(crate) const AWAY_MS_DEFAULT: u64 = 30_000;

/// A whole number of replicas, journeys or shares.
const INSTANCES: Shape = Shape::Integer { min: 1, max: INSTANCES_MAX };

pub(crate) static LOAD: Mapping = Mapping {
    name: "`load`",
    keys: &[
        required(
            "instances",
            INSTANCES,
            "How many replicas of the cast, e.g. 1000; `--scale` overrides it.",
        ),
        optional(
            "connections",
            Shape::Words(&["per_exchange", "keep_alive"]),
            "A new connection for each exchange (the default), or one that each instance keeps.",
        ),
        optional("resumption", Shape::Flag, "Whether TLS sessions are resumed (default false)."),
        optional("arrivals", ARRIVALS_SHAPE, "When journeys begin (default: spread over 60s)."),
        optional("for", Shape::Duration, "How long arrivals go on (default: everyone once)."),
        optional(
            "groups",
            Shape::Identified(&Shape::Map(&GROUP)),
            "Parts of the fleet with arrivals of their own, by name.",
        ),
        optional(
            "churn",
            Shape::Listed { item: &Shape::Map(&CHURN), max: GROUPS_MAX },
            "Disturbances on purpose.",
        ),
    ],
    rules: &[Rule::Without("groups", GROUPED)],
};

/// The keys of `load` that stand in a group instead where there are groups.
pub(crate) const GROUPED: &[&str] = &["arrivals", "for"];

pub(crate) static GROUP: Mapping = Mapping {
    name: "a group",
    keys: &[
        optional("share", INSTANCES, "Its part of the instances, beside the others' (default 1)."),
        optional("from", Shape::Duration, "When its arrivals begin (default 0s)."),
        optional("arrivals", ARRIVALS_SHAPE, "When journeys begin (default: spread over 60s)."),
        optional("for", Shape::Duration, "How long arrivals go on (default: everyone once)."),
    ],
    rules: &[],
};

const ARRIVALS_SHAPE: Shape = Shape::Either(&[Shape::Words(&["storm"]), Shape::Map(&ARRIVALS)]);

/// The keys of `arrivals` that are a model each.
pub(crate) const MODELS: &[&str] = &["spread", "rate", "ramp", "stairs", "spike", "concurrency"];
/// Those of them that are rates.
pub(crate) const RATES: &[&str] = &["rate", "ramp", "stairs", "spike"];

pub(crate) static ARRIVALS: Mapping = Mapping {
    name: "`arrivals`",
    keys: &[
        optional("spread", Shape::Duration, "Evenly over so long."),
        optional("rate", Shape::Rate, "So many journeys begin in a second."),
        optional("ramp", Shape::Map(&RAMP), "A rate that changes evenly, then stays."),
        optional("stairs", Shape::Map(&STAIRS), "A rate that rises by steps, then stays."),
        optional("spike", Shape::Map(&SPIKE), "A rate with one spike."),
        optional("concurrency", INSTANCES, "So many journeys at a time; the next follows."),
        optional("think", Shape::Duration, "Pause before the next journey (default 0s)."),
        optional("poisson", Shape::Flag, "Gaps as chance has them (default false: equal ones)."),
    ],
    rules: &[
        Rule::ExactlyOne(MODELS),
        Rule::OnlyBeside("think", &["concurrency"]),
        Rule::OnlyBeside("poisson", RATES),
    ],
};

pub(crate) static RAMP: Mapping = Mapping {
    name: "`ramp`",
    keys: &[
        required("from", Shape::Rate, "The rate at the start, e.g. 0/s."),
        required("to", Shape::Rate, "The rate at the end, e.g. 500/s."),
        required("over", Shape::Duration, "How long the change takes, e.g. 60s."),
    ],
    rules: &[],
};

pub(crate) static STAIRS: Mapping = Mapping {
    name: "`stairs`",
    keys: &[
        required("from", Shape::Rate, "The rate on the first step, e.g. 100/s."),
        required("step", Shape::Rate, "How much each next one is higher, e.g. 100/s."),
        required("every", Shape::Duration, "How long each lasts, e.g. 30s."),
        required("to", Shape::Rate, "The rate on the last one, e.g. 500/s."),
    ],
    rules: &[],
};

pub(crate) static SPIKE: Mapping = Mapping {
    name: "`spike`",
    keys: &[
        required("base", Shape::Rate, "The rate outside the spike, e.g. 50/s."),
        required("peak", Shape::Rate, "The rate inside it, e.g. 1000/s."),
        required("at", Shape::Duration, "When it begins, after the arrivals do, e.g. 20s."),
        required("for", Shape::Duration, "How long it lasts, e.g. 5s."),
    ],
    rules: &[],
};

/// The keys of a disturbance that say what happens.
pub(crate) const KINDS: &[&str] = &["reload", "power_loss", "network_loss"];

pub(crate) static CHURN: Mapping = Mapping {
    name: "a disturbance",
    keys: &[
        churn("reload", "So many instances restart in an orderly way."),
        churn("power_loss", "So many lose power without goodbye."),
        churn("network_loss", "So many lose the network."),
        optional("from", Shape::Duration, "When the first is hit (default 0s)."),
        optional("over", Shape::Duration, "The others follow within so long (default 0s)."),
        optional("away", Shape::Duration, "How long each is away (default 30s)."),
        optional(
            "across",
            Shape::Words(&["anytime", "poll_due", "report_due", "in_flight"]),
            "The moment of the protocol it is to cross (default anytime).",
        ),
    ],
    rules: &[Rule::ExactlyOne(KINDS)],
};

const fn churn(name: &'static str, about: &'static str) -> Key {
    optional(name, Shape::Percent, about)
}
