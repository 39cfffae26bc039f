//! The words of `tamper`.

use super::{Mapping, Shape, required};

/// One word of `tamper`.
#[derive(Debug)]
pub(crate) struct Tamper {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    /// The actions whose request it can change.
    pub(crate) actions: &'static [&'static str],
    /// `Nothing` is written as the bare word, all others as a mapping of one key.
    pub(crate) argument: Shape,
}

/// Actions whose request may carry a usage report, or is signed as a whole.
const USAGE: &[&str] = &[
    "report",
    "sync",
    "replay",
    "deregister",
    "renew_id",
    "renew_authorization",
    "use",
    "fabric",
    "application",
    "export",
    "convert",
    "third_party_key",
];
/// Actions whose request may carry a signature.
const SIGNED: &[&str] = &[
    "trust",
    "sync",
    "report",
    "replay",
    "deregister",
    "renew_id",
    "renew_authorization",
    "use",
    "fabric",
    "application",
    "export",
    "convert",
    "third_party_key",
];
/// Actions whose request may carry something signed under a trust id.
const TRUSTED: &[&str] = &["trust", "sync", "report", "replay"];
/// Actions whose request may ask for a result.
const POLLING: &[&str] = &["poll", "replay"];
/// Actions whose request is made afresh: a replay keeps its nonce and its time.
const FRESH: &[&str] = &[
    "trust",
    "sync",
    "report",
    "poll",
    "register",
    "deregister",
    "renew_id",
    "renew_authorization",
    "use",
    "fabric",
    "application",
    "export",
    "convert",
    "third_party_key",
];
/// Every action that can be tampered with.
const ANY: &[&str] = &[
    "trust",
    "sync",
    "report",
    "poll",
    "replay",
    "register",
    "deregister",
    "renew_id",
    "renew_authorization",
    "use",
    "fabric",
    "application",
    "export",
    "convert",
    "third_party_key",
];

pub(crate) static TAMPERS: &[Tamper] = &[
    bare(
        "edit_payload",
        USAGE,
        "A report, or the text of a classic request, changes after it was signed.",
    ),
    bare("break_signature", SIGNED, "The signature no longer fits what it signs."),
    bare("replay_nonce", FRESH, "The nonce of the previous request is used again."),
    bare("reuse_trust_id", TRUSTED, "The trust request carries the trust id of the one before."),
    with(
        "trust_id",
        TRUSTED,
        Shape::Integer { min: 0, max: u64::MAX as i128 },
        "It carries this trust id.",
    ),
    bare("unknown_trust_id", TRUSTED, "It carries a trust id the server never gave out."),
    bare("foreign_poll_id", POLLING, "It asks for a poll id that is not this instance's."),
    with(
        "truncate",
        ANY,
        Shape::Integer { min: 0, max: 1_048_576 },
        "Only this many bytes are sent.",
    ),
    with("skew_clock", FRESH, Shape::SignedDuration, "The instance's clock is wrong by this much."),
    with("set", ANY, Shape::Map(&SET), "A value of the request body is set."),
    with("remove", ANY, Shape::Pointer, "A value of the request body is left out."),
];

pub(crate) static SET: Mapping = Mapping {
    name: "`set`",
    keys: &[
        required("pointer", Shape::Pointer, "JSON pointer into the request body."),
        required("value", Shape::Any, "The value; text inside is a template."),
    ],
    rules: &[],
};

const fn bare(name: &'static str, actions: &'static [&'static str], about: &'static str) -> Tamper {
    Tamper { name, about, actions, argument: Shape::Nothing }
}

const fn with(
    name: &'static str,
    actions: &'static [&'static str],
    argument: Shape,
    about: &'static str,
) -> Tamper {
    Tamper { name, about, actions, argument }
}
