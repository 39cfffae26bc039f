//! The keys of those actions that are about files, and of the words beside them.

use super::{Mapping, Rule, Shape, optional, required};

/// Days of usage that can be saved.
pub(crate) const DAYS_MAX: i128 = 365;
/// Licences of one request.
pub(crate) const LICENCES_MAX: i128 = 1_000_000;
/// Files of one bundle: one of each instance of the cast.
pub(crate) const FILES_MAX: usize = 64;
/// Fastest throughput level, Mbit/s; that of any product is far below.
pub(crate) const MBPS_MAX: i128 = 1_000_000;

/// What `collect` chooses between.
pub(crate) const INTERFACES: &[&str] = &["rest", "restconf"];
/// What `network` chooses between.
pub(crate) const NETWORK_WORDS: &[&str] = &["lost", "restored"];
/// Which usage `save` writes.
pub(crate) const USAGES: &[&str] = &["all", "unreported"];
/// The keys of `save` that say what is written.
pub(crate) const SAVES: &[&str] = &["usage", "days", "trust"];
/// The keys of `slac` that say what happens.
pub(crate) const SLACS: &[&str] = &["request", "return"];
/// The keys of `upload` that say what is carried.
pub(crate) const UPLOADS: &[&str] = &["file", "files"];

const COUNT: Shape = Shape::Integer { min: 1, max: LICENCES_MAX };

pub(crate) static SAVE: Mapping = Mapping {
    name: "`save`",
    keys: &[
        optional("usage", Shape::Words(USAGES), "All reports, or those never handed out."),
        optional(
            "days",
            Shape::Integer { min: 1, max: DAYS_MAX },
            "Reports with measurements of so many days.",
        ),
        optional("trust", Shape::Words(&["request"]), "A trust request."),
        required("file", Shape::Text, "The name the file is kept under."),
    ],
    rules: &[Rule::ExactlyOne(SAVES)],
};

pub(crate) static SLAC: Mapping = Mapping {
    name: "`slac`",
    keys: &[
        optional("request", Shape::Text, "The feature an authorization code is asked for."),
        optional("return", Shape::Words(&["all"]), "The authorization code is given back."),
        optional("count", COUNT, "Licences asked for (default 1)."),
        optional("replace", Shape::Flag, "In the place of what is installed, not beside it."),
        optional("file", Shape::Text, "The request is written to a file of this name, not sent."),
    ],
    rules: &[
        Rule::ExactlyOne(SLACS),
        Rule::OnlyBeside("count", &["request"]),
        Rule::OnlyBeside("replace", &["request"]),
    ],
};

pub(crate) static UPLOAD: Mapping = Mapping {
    name: "`upload`",
    keys: &[
        optional("file", Shape::Text, "A file that an earlier step wrote."),
        optional(
            "files",
            Shape::Listed { item: &Shape::Text, max: FILES_MAX },
            "Such files of several instances, carried in a bundle.",
        ),
        required("answer", Shape::Text, "The name the account's answer is kept under."),
    ],
    rules: &[Rule::ExactlyOne(UPLOADS)],
};
