//! The words of `tamper`.

use super::{Mapping, Shape, required};

/// One word of `tamper`.
#[derive(Debug)]
pub(crate) struct Tamper {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    /// `Nothing` is written as the bare word, all others as a mapping of one key.
    pub(crate) argument: Shape,
}

pub(crate) static TAMPERS: &[Tamper] = &[
    bare("edit_payload", "The payload of a report changes after it was signed."),
    bare("break_signature", "The signature no longer fits what it signs."),
    bare("replay_nonce", "The nonce of the previous request is used again."),
    bare("reuse_trust_id", "The trust request carries the trust id of the one before."),
    with("trust_id", Shape::Integer { min: 0, max: u64::MAX as i128 }, "It carries this trust id."),
    bare("unknown_trust_id", "It carries a trust id the server never gave out."),
    bare("foreign_poll_id", "It asks for a poll id that is not this instance's."),
    with("truncate", Shape::Integer { min: 0, max: 1_048_576 }, "Only this many bytes are sent."),
    with("skew_clock", Shape::SignedDuration, "The instance's clock is wrong by this much."),
    with("set", Shape::Map(&SET), "A value of the request body is set."),
    with("remove", Shape::Pointer, "A value of the request body is left out."),
];

pub(crate) static SET: Mapping = Mapping {
    name: "`set`",
    keys: &[
        required("pointer", Shape::Pointer, "JSON pointer into the request body."),
        required("value", Shape::Any, "The value; text inside is a template."),
    ],
};

const fn bare(name: &'static str, about: &'static str) -> Tamper {
    Tamper { name, about, argument: Shape::Nothing }
}

const fn with(name: &'static str, argument: Shape, about: &'static str) -> Tamper {
    Tamper { name, about, argument }
}
