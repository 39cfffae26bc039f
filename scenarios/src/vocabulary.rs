//! Every word of the language, once: the parser takes its keys from here and the schema is made
//! from it, so the two cannot disagree.

mod actions;
mod arguments;
mod classic;
mod eras;
mod files;
mod gates;
mod load;
mod mappings;
mod tampers;

pub(crate) use actions::{ACTIONS, Action, MODIFIERS};
pub(crate) use arguments::{
    ADVANCE, BODY_KEYS, HOOK, MOMENTS, POLL, PROBE, REPEAT, REPLAY_OF, SEND, TRANSPORT_WORDS,
    TRUST, USE, WHEN,
};
pub(crate) use classic::{
    APPLICATION, APPLICATIONS, CHANGES, CONVERT, DESCRIPTION, EXPORT, EXPORTS, FABRIC, PEER,
    PEERS_MAX, REGISTER, RELEASE, SWITCHES, SWITCHES_MAX, THIRD_PARTY_KEY, TIERS,
};
pub(crate) use eras::{
    EXPECTATIONS_OF_ERA, Eras, KEYS_OF_ERA, MOMENTS_OF_ERA, OfEra, TAMPERS_OF_ERA, TRANSPORTS,
};
pub(crate) use files::{
    DAYS_MAX, FILES_MAX, INTERFACES, LICENCES_MAX, MBPS_MAX, NETWORK_WORDS, SAVE, SAVES, SLAC,
    SLACS, UPLOAD, UPLOADS, USAGES,
};
pub(crate) use gates::{CAUSES, COUNTS, ELSEWHERE, EXAMPLES, GATES_MAX, MEASURED, NEVER_MORE};
pub(crate) use load::{
    ARRIVALS, AWAY_MS_DEFAULT, CHURN, GROUP, GROUPED, GROUPS_MAX, INSTANCES_MAX, KINDS, LOAD,
    LOAD_MS_MAX, MODELS, RAMP, RATE_PER_S_MAX, RATE_PER_S_MIN, RATES, SPIKE, STAIRS, STAIRS_MAX,
};
pub(crate) use mappings::{ANSWER_KEYS, EXPECT, INSTANCE, REFUSED, SCENARIO};
pub(crate) use tampers::{SET, TAMPERS};

/// Largest scenario file, in bytes.
pub(crate) const FILE_BYTES_MAX: usize = 1024 * 1024;
/// Most steps written in one file, inner ones included.
pub(crate) const STEPS_MAX: usize = 10_000;
/// Most steps one replica performs once every `repeat` is unrolled.
pub(crate) const STEPS_PERFORMED_MAX: u64 = 1_000_000;
/// Most rounds of one `repeat`.
pub(crate) const REPEAT_MAX: i128 = 10_000;
/// Deepest nesting of blocks.
pub(crate) const DEPTH_MAX: usize = 8;
/// Most product instances in one replica.
pub(crate) const CAST_MAX: usize = 64;
/// Most polls of one `poll` step, and the default with `until_complete`.
pub(crate) const POLLS_MAX: i128 = 1_000;
/// Polls of `poll: { until_complete: true }` unless `limit` says otherwise.
pub(crate) const POLLS_DEFAULT: u32 = 20;

/// A mapping with fixed keys.
#[derive(Debug)]
pub(crate) struct Mapping {
    /// What a message calls it, e.g. `an instance`.
    pub(crate) name: &'static str,
    pub(crate) keys: &'static [Key],
    /// How its keys go together, beyond which of them are required.
    pub(crate) rules: &'static [Rule],
}

/// How keys of one mapping go together.
#[derive(Debug)]
pub(crate) enum Rule {
    /// At least one key stands there.
    NotEmpty,
    /// Beside the first, none of the others stands.
    Without(&'static str, &'static [&'static str]),
    /// At most one of these stands.
    AtMostOne(&'static [&'static str]),
    /// One of these stands, and no second.
    ExactlyOne(&'static [&'static str]),
    /// The first stands only beside one of the others.
    OnlyBeside(&'static str, &'static [&'static str]),
    /// The first stands only where the second is true.
    OnlyWith(&'static str, &'static str),
    /// Beside the first, all of the others stand.
    Together(&'static str, &'static [&'static str]),
}

/// One key of a mapping.
#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) name: &'static str,
    /// One sentence for the schema, which editors show.
    pub(crate) about: &'static str,
    pub(crate) required: bool,
    pub(crate) shape: Shape,
}

/// What may stand as a value.
#[derive(Debug)]
pub(crate) enum Shape {
    Nothing,
    Flag,
    Text,
    /// Text or a number, which is read as text.
    Template,
    Expression,
    Integer {
        min: i128,
        max: i128,
    },
    Duration,
    SignedDuration,
    Pointer,
    /// A template that begins with `/`.
    Path,
    Base64,
    RequirementId,
    Words(&'static [&'static str]),
    /// Any JSON value.
    Any,
    /// A number and `/s`, `/min` or `/h`.
    Rate,
    /// A number and `%`.
    Percent,
    /// A condition over what a run measured.
    Gate,
    List(&'static Self),
    /// A list of at least one and at most so many.
    Listed {
        item: &'static Self,
        max: usize,
    },
    OneOrMore(&'static Self),
    /// A mapping with keys of the author's choice.
    Named(&'static Self),
    /// The same, with keys that expressions use as names.
    Identified(&'static Self),
    Map(&'static Mapping),
    Either(&'static [Self]),
    Steps,
    /// Two or more lists of steps.
    Branches,
    Tamper,
}

impl Mapping {
    pub(crate) fn key_names(&self) -> Vec<&'static str> {
        self.keys.iter().map(|key| key.name).collect()
    }
}

const fn required(name: &'static str, shape: Shape, about: &'static str) -> Key {
    Key { name, about, required: true, shape }
}

const fn optional(name: &'static str, shape: Shape, about: &'static str) -> Key {
    Key { name, about, required: false, shape }
}
