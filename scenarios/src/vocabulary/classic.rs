//! The keys of those actions that only instances of the classic era have.

use super::{Mapping, Rule, Shape, optional, required};

/// Switches of one step; a fabric holds no more of them.
pub(crate) const SWITCHES_MAX: i128 = 1_000;
/// Peers of one redundant application.
pub(crate) const PEERS_MAX: usize = 8;

const COUNT: Shape = Shape::Integer { min: 1, max: 1_000_000 };
const TIER: Shape = Shape::Words(TIERS);
const ROLE: Shape = Shape::Words(&["active", "standby"]);
const SWITCH: Shape = Shape::Words(SWITCHES);

/// What a switch of a fabric is.
pub(crate) const SWITCHES: &[&str] = &["leaf", "spine"];
/// Tiers of leaf features, lowest first.
pub(crate) const TIERS: &[&str] = &["essentials", "advantage", "premier"];
/// First number of a release.
pub(crate) const RELEASE: Shape = Shape::Integer { min: 1, max: 255 };

pub(crate) static REGISTER: Mapping = Mapping {
    name: "`register`",
    keys: &[
        required("id_token", Shape::Text, "Name of an ID token in the target profile."),
        optional("force", Shape::Flag, "Register although the instance is registered."),
    ],
    rules: &[],
};

/// The keys of `export` that say what happens.
pub(crate) const EXPORTS: &[&str] = &["request", "return"];

pub(crate) static EXPORT: Mapping = Mapping {
    name: "`export`",
    keys: &[
        optional("request", Shape::Text, "The feature whose authorization is asked for."),
        optional("return", Shape::Text, "The feature whose authorization is given back."),
        optional("count", COUNT, "Licences asked for (default 1)."),
    ],
    rules: &[Rule::ExactlyOne(EXPORTS), Rule::OnlyBeside("count", &["request"])],
};

pub(crate) static CONVERT: Mapping = Mapping {
    name: "`convert`",
    keys: &[required("automatic", Shape::Flag, "Whether a registration starts a conversion.")],
    rules: &[],
};

/// The keys of `fabric` that say what happens.
pub(crate) const CHANGES: &[&str] = &["commission", "decommission", "enable", "disable"];

pub(crate) static FABRIC: Mapping = Mapping {
    name: "`fabric`",
    keys: &[
        optional("commission", SWITCH, "Switches join the fabric."),
        optional("decommission", SWITCH, "Switches leave the fabric."),
        optional("enable", TIER, "A feature of this tier is applied to leaf switches."),
        optional("disable", TIER, "The last feature of this tier is removed from leaf switches."),
        optional("count", Shape::Integer { min: 1, max: SWITCHES_MAX }, "Switches (default 1)."),
    ],
    rules: &[Rule::ExactlyOne(CHANGES)],
};

/// The keys of `application` that say what happens.
pub(crate) const APPLICATIONS: &[&str] = &["set", "take_over", "remove_peers", "clear"];
/// The keys that describe the application of `set`.
pub(crate) const DESCRIPTION: &[&str] = &["role", "name", "id", "peers"];

pub(crate) static APPLICATION: Mapping = Mapping {
    name: "`application`",
    keys: &[
        optional("set", Shape::Text, "The feature that a redundant application uses from now on."),
        optional("take_over", Shape::Text, "The feature whose standby becomes active, alone."),
        optional("remove_peers", Shape::Text, "The feature whose application loses its peers."),
        optional("clear", Shape::Text, "The feature whose application is redundant no longer."),
        optional("role", ROLE, "Part of the application."),
        optional("name", Shape::Text, "Name of the application, letters and digits."),
        optional("id", Shape::Text, "Unique id of the application, letters and digits."),
        optional(
            "peers",
            Shape::Listed { item: &Shape::Map(&PEER), max: PEERS_MAX },
            "The applications it points at.",
        ),
    ],
    rules: &[
        Rule::ExactlyOne(APPLICATIONS),
        Rule::Together("set", &["role", "name", "id"]),
        Rule::OnlyBeside("role", &["set"]),
        Rule::OnlyBeside("name", &["set"]),
        Rule::OnlyBeside("id", &["set"]),
        Rule::OnlyBeside("peers", &["set"]),
    ],
};

pub(crate) static PEER: Mapping = Mapping {
    name: "a peer",
    keys: &[
        required("instance", Shape::Text, "The instance of the cast it runs on."),
        required("role", ROLE, "Its part."),
        required("id", Shape::Text, "Its unique id, letters and digits."),
        optional("name", Shape::Text, "Its name (default: that of the application)."),
    ],
    rules: &[],
};

pub(crate) static THIRD_PARTY_KEY: Mapping = Mapping {
    name: "`third_party_key`",
    keys: &[
        required("name", Shape::Text, "Kind of key, e.g. `VOUCHER_CODE`."),
        required("feature", Shape::Text, "The feature whose licence it is for."),
        required("routing", Shape::Text, "The vendor whose service gives it."),
    ],
    rules: &[],
};
