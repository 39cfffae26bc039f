//! The mappings with fixed keys: the scenario itself, an instance, an expectation; those of
//! `load` are in `load.rs`.

use super::{GATES_MAX, LOAD, Mapping, Rule, Shape, optional, required};

/// HTTP status codes.
const HTTP: Shape = Shape::Integer { min: 100, max: 599 };

pub(crate) static SCENARIO: Mapping = Mapping {
    name: "a scenario",
    keys: &[
        required("title", Shape::Text, "One sentence: what happens."),
        optional("about", Shape::Text, "Why it matters, in a few sentences."),
        optional("source", Shape::Text, "The document and section the behaviour comes from."),
        optional(
            "provokes",
            Shape::List(&Shape::RequirementId),
            "Requirements this scenario gives the server an occasion to show.",
        ),
        optional("tags", Shape::List(&Shape::Text), "Words to select scenarios by."),
        required(
            "instances",
            Shape::Identified(&Shape::Map(&INSTANCE)),
            "The product instances of one replica, by name; steps act on the first one.",
        ),
        optional("setup", Shape::Steps, "What each instance does once before; gates ignore it."),
        required("steps", Shape::Steps, "What happens, in order."),
        optional("load", Shape::Map(&LOAD), "How a fleet plays it."),
        optional(
            "gates",
            Shape::Listed { item: &Shape::Gate, max: GATES_MAX },
            "What a load run must meet.",
        ),
    ],
    rules: &[],
};

pub(crate) static INSTANCE: Mapping = Mapping {
    name: "an instance",
    keys: &[
        required("platform", Shape::Text, "Name of a platform profile, e.g. `c9800-l`."),
        required("via", Shape::Text, "Name of the endpoint its requests go to, e.g. `cslu`."),
        optional("boots", Shape::Flag, "Whether it is on from the start (default true)."),
    ],
    rules: &[],
};

/// The keys of `expect` that speak of an answer.
pub(crate) const ANSWER_KEYS: &[&str] = &["http", "envelope", "status", "message_code", "trust"];

pub(crate) static EXPECT: Mapping = Mapping {
    name: "an expectation",
    keys: &[
        optional("http", HTTP, "HTTP status code."),
        optional("envelope", Shape::Words(&["COMPLETE", "FAILED"]), "Status of the envelope."),
        optional(
            "status",
            Shape::Words(&[
                "COMPLETE",
                "OK_POLL",
                "OK_TRY_AGAIN",
                "OK",
                "SUCCESS",
                "FAILED",
                "VERSION_TOO_HIGH",
            ]),
            "Status of the first line; of a classic answer, its status.",
        ),
        optional("message_code", Shape::Text, "Code of a failed envelope, or of a classic answer."),
        optional(
            "trust",
            Shape::Either(&[Shape::Words(&["accepted", "refused"]), Shape::Map(&REFUSED)]),
            "What became of a trust request: accepted, refused, or refused with a code.",
        ),
        optional(
            "failure",
            Shape::Words(&[
                "refused", "dns", "connect", "tls", "http", "timeout", "closed", "too_long",
            ]),
            "No answer at all: the instance refuses the command, or how the exchange failed.",
        ),
        optional(
            "that",
            Shape::OneOrMore(&Shape::Expression),
            "CEL expressions over the answer that must all be true.",
        ),
    ],
    rules: &[Rule::NotEmpty, Rule::Without("failure", ANSWER_KEYS)],
};

pub(crate) static REFUSED: Mapping = Mapping {
    name: "a refused trust request",
    keys: &[required("refused", Shape::Text, "The code, e.g. `OLD_TRUST_ID`.")],
    rules: &[],
};
