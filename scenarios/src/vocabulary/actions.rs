//! The actions, the form of their argument, and which modifiers may stand beside each.

use super::arguments::{
    ADVANCE, HOOK, POLL, PROBE, REPEAT, REPLAY_OF, SEND, TRANSPORT_WORDS, TRUST, USE, WHEN,
};
use super::classic::{APPLICATION, CONVERT, EXPORT, FABRIC, REGISTER, RELEASE, THIRD_PARTY_KEY};
use super::eras::Eras;
use super::files::{INTERFACES, MBPS_MAX, NETWORK_WORDS, SAVE, SLAC, UPLOAD};
use super::{EXPECT, Key, Shape, optional};
use crate::model::Era;

/// One action word.
#[derive(Debug)]
pub(crate) struct Action {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    /// Whether the word alone is a step.
    pub(crate) bare: bool,
    pub(crate) argument: Shape,
    pub(crate) modifiers: Modifiers,
    /// Whose action it is.
    pub(crate) eras: Eras,
}

/// Which modifiers an action takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Modifiers {
    /// The agent sends a request: all of them.
    Request,
    /// A request goes out as it is written: all but `tamper`.
    Raw,
    /// Requests may go out on the agent's own account: `on`, `expect`, `capture`.
    Occasion,
    /// Nothing is sent: `on` and `capture`.
    Local,
    /// A block of steps: none.
    Block,
}

impl Modifiers {
    pub(crate) fn names(self) -> &'static [&'static str] {
        match self {
            Self::Request => &["on", "via", "tamper", "expect", "capture"],
            Self::Raw => &["on", "via", "expect", "capture"],
            Self::Occasion => &["on", "expect", "capture"],
            Self::Local => &["on", "capture"],
            Self::Block => &[],
        }
    }
}

pub(crate) static MODIFIERS: &[Key] = &[
    optional("on", Shape::Text, "The instance that acts; the first one when it is left out."),
    optional("via", Shape::Text, "Endpoint for this step only."),
    optional(
        "tamper",
        Shape::OneOrMore(&Shape::Tamper),
        "Changes made to the outgoing request, in order.",
    ),
    optional("expect", Shape::Map(&EXPECT), "What the last answer must be."),
    optional(
        "capture",
        Shape::Identified(&Shape::Expression),
        "Values kept as `captures.<name>`: name to CEL expression.",
    ),
];

pub(crate) static ACTIONS: &[Action] = &[
    Action {
        name: "trust",
        about: "Asks for a trust code: with an ID token, or by TRUST_SYNC without one.",
        bare: true,
        argument: Shape::Either(&[Shape::Nothing, Shape::Map(&TRUST)]),
        modifiers: Modifiers::Request,
        eras: Eras::Only(Era::Policy, "it has `register`"),
    },
    Action {
        name: "sync",
        about: "`license smart sync`: asks for trust when there is none, else reports usage.",
        bare: true,
        argument: Shape::Nothing,
        modifiers: Modifiers::Request,
        eras: Eras::Only(Era::Policy, "it has `register` and `renew_authorization`"),
    },
    Action {
        name: "report",
        about: "`license smart sync`, and the step fails when no LICENSE_USAGE was sent.",
        bare: true,
        argument: Shape::Nothing,
        modifiers: Modifiers::Request,
        eras: Eras::Only(Era::Policy, "it has `use`, `fabric` and `renew_authorization`"),
    },
    Action {
        name: "poll",
        about: "Asks for a pending acknowledgement now.",
        bare: true,
        argument: Shape::Either(&[Shape::Nothing, Shape::Map(&POLL)]),
        modifiers: Modifiers::Request,
        eras: Eras::Both,
    },
    Action {
        name: "use",
        about: "A feature starts to be used (count 0: no longer).",
        bare: false,
        argument: Shape::Either(&[Shape::Text, Shape::Map(&USE)]),
        modifiers: Modifiers::Request,
        eras: Eras::BothButQuietInPolicy,
    },
    Action {
        name: "reload",
        about: "The instance restarts; stored state survives.",
        bare: true,
        argument: Shape::Nothing,
        modifiers: Modifiers::Occasion,
        eras: Eras::Both,
    },
    Action {
        name: "boot",
        about: "The instance is switched on.",
        bare: true,
        argument: Shape::Nothing,
        modifiers: Modifiers::Occasion,
        eras: Eras::Both,
    },
    Action {
        name: "transport",
        about: "`license smart transport`; of the classic era `license smart transport-mode`.",
        bare: false,
        argument: Shape::Words(TRANSPORT_WORDS),
        modifiers: Modifiers::Local,
        eras: Eras::Both,
    },
    Action {
        name: "advance",
        about: "Time passes, for the instances and for the target.",
        bare: false,
        argument: Shape::Either(&[Shape::Duration, Shape::Map(&ADVANCE)]),
        modifiers: Modifiers::Occasion,
        eras: Eras::Both,
    },
    Action {
        name: "probe",
        about: "A GET on the endpoint's URL.",
        bare: true,
        argument: Shape::Either(&[Shape::Nothing, Shape::Map(&PROBE)]),
        modifiers: Modifiers::Raw,
        eras: Eras::Both,
    },
    Action {
        name: "send",
        about: "A request written by hand.",
        bare: false,
        argument: Shape::Map(&SEND),
        modifiers: Modifiers::Raw,
        eras: Eras::Both,
    },
    Action {
        name: "replay",
        about: "An earlier request again, byte for byte unless tampered with: 1 is the last one.",
        bare: true,
        argument: Shape::Either(&[Shape::Nothing, REPLAY_OF]),
        modifiers: Modifiers::Request,
        eras: Eras::Both,
    },
    Action {
        name: "hook",
        about: "Something only the target's operator can do.",
        bare: false,
        argument: Shape::Either(&[Shape::Text, Shape::Map(&HOOK)]),
        modifiers: Modifiers::Local,
        eras: Eras::Both,
    },
    Action {
        name: "collect",
        about: "The target pulls this instance's reports (CSLU-initiated).",
        bare: true,
        argument: Shape::Either(&[Shape::Nothing, Shape::Words(INTERFACES)]),
        modifiers: Modifiers::Occasion,
        eras: Eras::Only(Era::Policy, "it has no reports to collect"),
    },
    Action {
        name: "import",
        about: "`license smart import`: the instance reads a file.",
        bare: false,
        argument: Shape::Text,
        modifiers: Modifiers::Occasion,
        eras: Eras::Only(Era::Policy, "it reads no files"),
    },
    Action {
        name: "save",
        about: "`license smart save`: the instance writes a file instead of sending a request.",
        bare: false,
        argument: Shape::Map(&SAVE),
        modifiers: Modifiers::Occasion,
        eras: Eras::Only(Era::Policy, "it writes no files"),
    },
    Action {
        name: "slac",
        about: "`license smart authorization`: an authorization code is asked for or given back.",
        bare: false,
        argument: Shape::Map(&SLAC),
        modifiers: Modifiers::Raw,
        eras: Eras::Only(Era::Policy, "it has `export`"),
    },
    Action {
        name: "throughput",
        about: "`platform hardware throughput`: the level, Mbit/s.",
        bare: false,
        argument: Shape::Integer { min: 1, max: MBPS_MAX },
        modifiers: Modifiers::Occasion,
        eras: Eras::Only(Era::Policy, "it has `use`, with the feature of a level"),
    },
    Action {
        name: "upload",
        about: "Files are carried to the account, and its answer is kept.",
        bare: false,
        argument: Shape::Map(&UPLOAD),
        modifiers: Modifiers::Local,
        eras: Eras::Both,
    },
    Action {
        name: "network",
        about: "The instance loses its network, or has it again.",
        bare: false,
        argument: Shape::Words(NETWORK_WORDS),
        modifiers: Modifiers::Local,
        eras: Eras::Both,
    },
    Action {
        name: "register",
        about: "`license smart register`: becomes a product instance of the account of an ID token.",
        bare: false,
        argument: Shape::Map(&REGISTER),
        modifiers: Modifiers::Request,
        eras: classic("it has `trust`"),
    },
    Action {
        name: "deregister",
        about: "`license smart deregister`: leaves the account.",
        bare: true,
        argument: Shape::Nothing,
        modifiers: Modifiers::Request,
        eras: classic("a hook of the target removes it"),
    },
    Action {
        name: "renew_id",
        about: "`license smart renew id`: asks for a new ID certificate.",
        bare: true,
        argument: Shape::Nothing,
        modifiers: Modifiers::Request,
        eras: classic("it has `trust: { force: true }`"),
    },
    Action {
        name: "renew_authorization",
        about: "`license smart renew auth`: asks whether what is in use is authorized.",
        bare: true,
        argument: Shape::Nothing,
        modifiers: Modifiers::Request,
        eras: classic("it has `report`"),
    },
    Action {
        name: "export",
        about: "An export-controlled licence is asked for or given back.",
        bare: false,
        argument: Shape::Map(&EXPORT),
        modifiers: Modifiers::Request,
        eras: classic("its export-controlled licences need no such request"),
    },
    Action {
        name: "convert",
        about: "`license smart conversion start`, or whether it starts by itself.",
        bare: true,
        argument: Shape::Either(&[Shape::Nothing, Shape::Map(&CONVERT)]),
        modifiers: Modifiers::Request,
        eras: classic("it has nothing to convert"),
    },
    Action {
        name: "fabric",
        about: "The fabric of an APIC changes, and with it what is counted.",
        bare: false,
        argument: Shape::Either(&[Shape::Words(&["report"]), Shape::Map(&FABRIC)]),
        modifiers: Modifiers::Request,
        eras: classic("it has `use`"),
    },
    Action {
        name: "application",
        about: "The redundant application that uses a licence changes.",
        bare: false,
        argument: Shape::Map(&APPLICATION),
        modifiers: Modifiers::Request,
        eras: classic("it has no redundant applications"),
    },
    Action {
        name: "third_party_key",
        about: "The key of another vendor's service is asked for.",
        bare: false,
        argument: Shape::Map(&THIRD_PARTY_KEY),
        modifiers: Modifiers::Request,
        eras: classic("no service of another vendor gives it keys"),
    },
    Action {
        name: "release",
        about: "The instance starts with another release of its software.",
        bare: false,
        argument: RELEASE,
        modifiers: Modifiers::Occasion,
        eras: classic("it has `reload`"),
    },
    Action {
        name: "assert",
        about: "CEL expressions that must all be true.",
        bare: false,
        argument: Shape::OneOrMore(&Shape::Expression),
        modifiers: Modifiers::Local,
        eras: Eras::Both,
    },
    Action {
        name: "repeat",
        about: "The same steps again.",
        bare: false,
        argument: Shape::Map(&REPEAT),
        modifiers: Modifiers::Block,
        eras: Eras::Both,
    },
    Action {
        name: "when",
        about: "Steps that depend on a condition, judged for the first instance.",
        bare: false,
        argument: Shape::Map(&WHEN),
        modifiers: Modifiers::Block,
        eras: Eras::Both,
    },
    Action {
        name: "parallel",
        about: "Branches that go on at the same time.",
        bare: false,
        argument: Shape::Branches,
        modifiers: Modifiers::Block,
        eras: Eras::Both,
    },
];

const fn classic(instead: &'static str) -> Eras {
    Eras::Only(Era::Classic, instead)
}
