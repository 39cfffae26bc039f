//! The keys of those actions whose argument is a mapping.

use super::{Mapping, POLLS_MAX, REPEAT_MAX, Rule, Shape, optional, required};

/// How far back `replay` reaches: a fleet keeps only a few requests per instance.
pub(crate) const REPLAY_OF: Shape = Shape::Integer { min: 1, max: 8 };

pub(crate) static TRUST: Mapping = Mapping {
    name: "`trust`",
    keys: &[
        optional("id_token", Shape::Text, "Name of an ID token in the target profile."),
        optional("force", Shape::Flag, "Ask again although a trust code is stored."),
    ],
    rules: &[],
};

pub(crate) static POLL: Mapping = Mapping {
    name: "`poll`",
    keys: &[
        optional("id", Shape::Template, "The poll id to ask for, one of those the instance holds."),
        optional("until_complete", Shape::Flag, "Repeat while OK_POLL, waiting poll_interval."),
        optional("limit", Shape::Integer { min: 1, max: POLLS_MAX }, "Most polls (default 20)."),
    ],
    rules: &[Rule::OnlyWith("limit", "until_complete")],
};

pub(crate) static USE: Mapping = Mapping {
    name: "`use`",
    keys: &[
        required("feature", Shape::Text, "Name of the feature in the platform profile."),
        optional("count", Shape::Integer { min: 0, max: 1_000_000 }, "Licences (default 1)."),
    ],
    rules: &[],
};

/// What `transport` chooses between: the first three of the policy era, the others of the classic.
pub(crate) const TRANSPORT_WORDS: &[&str] = &["smart", "cslu", "off", "direct", "gateway", "proxy"];

/// The moments `advance` can go to.
pub(crate) const MOMENTS: &[&str] = &[
    "poll_due",
    "report_due",
    "retry",
    "authorization_refresh",
    "authorization_renewal",
    "authorization_deadline",
    "id_renewal",
    "id_expiry",
    "evaluation_end",
];

pub(crate) static ADVANCE: Mapping = Mapping {
    name: "`advance`",
    keys: &[required(
        "until",
        Shape::Words(MOMENTS),
        "The moment at which the instance does this next, or at which it happens to it.",
    )],
    rules: &[],
};

pub(crate) static PROBE: Mapping = Mapping {
    name: "`probe`",
    keys: &[optional("path", Shape::Path, "Replaces the path of the endpoint's URL.")],
    rules: &[],
};

/// The keys of `send` that write its body.
pub(crate) const BODY_KEYS: &[&str] = &["text", "json", "base64"];

pub(crate) static SEND: Mapping = Mapping {
    name: "`send`",
    keys: &[
        optional(
            "method",
            Shape::Words(&["POST", "GET", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]),
            "HTTP method (default POST).",
        ),
        optional("headers", Shape::Named(&Shape::Template), "Header names and values."),
        optional("path", Shape::Path, "Replaces the path of the endpoint's URL."),
        optional("text", Shape::Template, "The body, as text."),
        optional("json", Shape::Any, "The body, as JSON; text inside is a template."),
        optional("base64", Shape::Base64, "The body, as bytes."),
    ],
    rules: &[Rule::AtMostOne(BODY_KEYS)],
};

pub(crate) static HOOK: Mapping = Mapping {
    name: "`hook`",
    keys: &[
        required("name", Shape::Text, "Name of the hook in the target profile."),
        optional("with", Shape::Named(&Shape::Template), "Its arguments."),
    ],
    rules: &[],
};

pub(crate) static REPEAT: Mapping = Mapping {
    name: "`repeat`",
    keys: &[
        required("times", Shape::Integer { min: 1, max: REPEAT_MAX }, "How often."),
        required("steps", Shape::Steps, "The steps."),
    ],
    rules: &[],
};

pub(crate) static WHEN: Mapping = Mapping {
    name: "`when`",
    keys: &[
        required("condition", Shape::Expression, "CEL, true or false."),
        required("steps", Shape::Steps, "Done when it is true."),
        optional("otherwise", Shape::Steps, "Done when it is false."),
    ],
    rules: &[],
};
