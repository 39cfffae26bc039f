//! The actions, the form of their argument, and which modifiers may stand beside each.

use super::arguments::{ADVANCE, HOOK, POLL, PROBE, REPEAT, REPLAY_OF, SEND, TRUST, USE, WHEN};
use super::{EXPECT, Key, Shape, optional};

/// One action word.
#[derive(Debug)]
pub(crate) struct Action {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    /// Whether the word alone is a step.
    pub(crate) bare: bool,
    pub(crate) argument: Shape,
    pub(crate) modifiers: Modifiers,
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
    },
    Action {
        name: "sync",
        about: "`license smart sync`: asks for trust when there is none, else reports usage.",
        bare: true,
        argument: Shape::Nothing,
        modifiers: Modifiers::Request,
    },
    Action {
        name: "report",
        about: "`license smart sync`, and the step fails when no LICENSE_USAGE was sent.",
        bare: true,
        argument: Shape::Nothing,
        modifiers: Modifiers::Request,
    },
    Action {
        name: "poll",
        about: "Asks for a pending acknowledgement now.",
        bare: true,
        argument: Shape::Either(&[Shape::Nothing, Shape::Map(&POLL)]),
        modifiers: Modifiers::Request,
    },
    Action {
        name: "use",
        about: "A feature starts to be used (count 0: no longer).",
        bare: false,
        argument: Shape::Either(&[Shape::Text, Shape::Map(&USE)]),
        modifiers: Modifiers::Local,
    },
    Action {
        name: "reload",
        about: "The instance restarts; stored state survives.",
        bare: true,
        argument: Shape::Nothing,
        modifiers: Modifiers::Occasion,
    },
    Action {
        name: "boot",
        about: "The instance is switched on.",
        bare: true,
        argument: Shape::Nothing,
        modifiers: Modifiers::Occasion,
    },
    Action {
        name: "transport",
        about: "`license smart transport`.",
        bare: false,
        argument: Shape::Words(&["smart", "cslu", "off"]),
        modifiers: Modifiers::Local,
    },
    Action {
        name: "advance",
        about: "Time passes, for the instances and for the target.",
        bare: false,
        argument: Shape::Either(&[Shape::Duration, Shape::Map(&ADVANCE)]),
        modifiers: Modifiers::Occasion,
    },
    Action {
        name: "probe",
        about: "A GET on the endpoint's URL.",
        bare: true,
        argument: Shape::Either(&[Shape::Nothing, Shape::Map(&PROBE)]),
        modifiers: Modifiers::Raw,
    },
    Action {
        name: "send",
        about: "A request written by hand.",
        bare: false,
        argument: Shape::Map(&SEND),
        modifiers: Modifiers::Raw,
    },
    Action {
        name: "replay",
        about: "An earlier request again, byte for byte unless tampered with: 1 is the last one.",
        bare: true,
        argument: Shape::Either(&[Shape::Nothing, REPLAY_OF]),
        modifiers: Modifiers::Request,
    },
    Action {
        name: "hook",
        about: "Something only the target's operator can do.",
        bare: false,
        argument: Shape::Either(&[Shape::Text, Shape::Map(&HOOK)]),
        modifiers: Modifiers::Local,
    },
    Action {
        name: "collect",
        about: "The target pulls this instance's reports (CSLU-initiated).",
        bare: true,
        argument: Shape::Nothing,
        modifiers: Modifiers::Occasion,
    },
    Action {
        name: "import",
        about: "The instance reads a file.",
        bare: false,
        argument: Shape::Text,
        modifiers: Modifiers::Local,
    },
    Action {
        name: "assert",
        about: "CEL expressions that must all be true.",
        bare: false,
        argument: Shape::OneOrMore(&Shape::Expression),
        modifiers: Modifiers::Local,
    },
    Action {
        name: "repeat",
        about: "The same steps again.",
        bare: false,
        argument: Shape::Map(&REPEAT),
        modifiers: Modifiers::Block,
    },
    Action {
        name: "when",
        about: "Steps that depend on a condition, judged for the first instance.",
        bare: false,
        argument: Shape::Map(&WHEN),
        modifiers: Modifiers::Block,
    },
    Action {
        name: "parallel",
        about: "Branches that go on at the same time.",
        bare: false,
        argument: Shape::Branches,
        modifiers: Modifiers::Block,
    },
];
