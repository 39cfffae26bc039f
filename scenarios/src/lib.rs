//! The scenario language: what product instances do, written as YAML.
//!
//! [`parse`] and [`lint`] read a file; [`Scenario`] is what it means; [`Report`] tells every
//! mistake with its place; [`schema`] is for editors; [`library`] holds the scenarios that come
//! with muster. The language is described in `docs/scenarios.md`.

mod expression;
mod known_names;
mod library;
pub mod model;
mod parse;
mod report;
mod schema;
mod source;
mod template;
mod tree;
mod vocabulary;

pub use known_names::KnownNames;
pub use library::{LibraryEntry, library, library_entry};
pub use model::{
    Action, Advance, Capture, CastMember, ClassicAction, Era, Expect, Need, RawBody, RawRequest,
    Scenario, Step, Tamper, TrustExpectation,
};
pub use parse::{duration_ms, lint, parse};
pub use report::{Problem, Report};
pub use schema::schema;
