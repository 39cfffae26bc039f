//! Named deviations of the server, one file each under `<area>/`. The header says what goes wrong,
//! `DEFECT` which requirement that breaks and what is changed, `conforms` (in tests) how to see it.
//! `build.rs` finds the files; nothing lists them.
//!
//! - `change`: what a deviation changes, and where; `set`: which ones are active
//! - `rows`, `api`: answers of the control and the admin API; `control`: the control API
//! - `probe`: what the tests of the deviations share

pub(crate) mod api;
pub(crate) mod change;
pub(crate) mod control;
pub(crate) mod rows;
mod set;

#[cfg(test)]
pub(crate) mod probe;
#[cfg(test)]
mod tests;

use std::fmt;

pub(crate) use change::Entry;
pub(crate) use set::DefectSet;

// Modules, constants and the table; the files are those of the areas.
include!(concat!(env!("OUT_DIR"), "/defects.rs"));

/// Areas of the policy era's messages.
const POLICY_AREAS: [&str; 7] =
    ["acknowledgement", "cslu", "poll", "policy", "slac", "trust", "usage"];

/// Areas of the classic era's messages.
const CLASSIC_AREAS: [&str; 6] =
    ["conversion", "entitlement", "export", "identity", "redundancy", "registration"];

/// One row of the table.
struct Listed {
    area: &'static str,
    name: &'static str,
    title: &'static str,
    entry: &'static Entry,
}

/// The era of the messages a deviation shows in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Era {
    /// Trust, report, acknowledge.
    Policy,
    /// Register, authorize, convert.
    Classic,
    /// Messages of both, or none of either.
    Both,
}

impl Era {
    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Policy => "policy",
            Self::Classic => "classic",
            Self::Both => "both",
        }
    }
}

/// A deviation that can be switched on, by its position in the table.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Defect(u16);

impl Defect {
    /// The whole catalogue, area by area.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..).map(Self).take(LISTED.len())
    }

    /// The defect called `name`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::all().find(|defect| defect.name() == name)
    }

    /// Its name, for example `accepts-old-trust-id`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.listed().name
    }

    /// What it is about, for example `trust`.
    #[must_use]
    pub fn area(&self) -> &'static str {
        self.listed().area
    }

    /// The era of the messages it shows in.
    #[must_use]
    pub fn era(&self) -> Era {
        match self.area() {
            area if POLICY_AREAS.contains(&area) => Era::Policy,
            area if CLASSIC_AREAS.contains(&area) => Era::Classic,
            _ => Era::Both,
        }
    }

    /// What the server does wrong, in one clause.
    #[must_use]
    pub fn title(&self) -> &'static str {
        self.listed().title
    }

    /// The requirement it breaks.
    #[must_use]
    pub fn requirement(&self) -> &'static str {
        self.listed().entry.requirement
    }

    /// Whether it is decided when the server begins to listen, and not any more later.
    #[must_use]
    pub fn is_fixed(&self) -> bool {
        self.area() == "certificate"
    }

    fn listed(&self) -> &'static Listed {
        &LISTED[usize::from(self.0)]
    }
}

impl fmt::Debug for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Defect({})", self.name())
    }
}
