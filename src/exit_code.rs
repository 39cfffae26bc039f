//! Every exit code of `muster`, in one table. They are stable; scripts may rely on them.
//!
//! When several apply the first of 7, 4, 5, 6, 1, 3, 2, 8 wins.

use std::process::ExitCode;

use muster_conformance::Outcome;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// Everything asked for was done, and nothing was found wanting.
    Ok = 0,
    /// Conformance failures beyond the expectation file, or no check was exercised at all.
    ConformanceFailure = 1,
    /// A gate of a load scenario was missed.
    GateMissed = 2,
    /// An unexpected pass, a stale expectation, or lost coverage.
    ExpectationsOutdated = 3,
    /// Bad arguments, scenario, target profile, expectation file, journal or certificate.
    Configuration = 4,
    /// The target cannot be reached.
    Unreachable = 5,
    /// The load generator was the bottleneck: the result is invalid, not failed.
    Saturated = 6,
    /// Muster itself is broken; please report it.
    HarnessBug = 7,
    /// Nothing failed, but something could not be decided.
    Indeterminate = 8,
    /// Cut short with Ctrl-C; what was known until then is reported.
    Interrupted = 130,
}

impl Exit {
    /// The table, for `muster --help` and the documentation.
    pub(crate) const HELP: &'static str = "\
Exit codes:
    0  all good
    1  conformance failures beyond expectations (or no check exercised)
    2  a load gate failed
    3  unexpected pass, stale expectation or lost coverage
    4  bad configuration, scenario, profile or journal
    5  target unreachable
    6  load generator saturated, result invalid
    7  harness bug
    8  indeterminate only
  130  interrupted";
}

impl From<Outcome> for Exit {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Interrupted => Self::Interrupted,
            Outcome::TargetUnreachable => Self::Unreachable,
            Outcome::ConformanceFailure | Outcome::NothingExecuted => Self::ConformanceFailure,
            Outcome::GeneratorSaturated => Self::Saturated,
            Outcome::GateMissed => Self::GateMissed,
            Outcome::ExpectationsOutdated => Self::ExpectationsOutdated,
            Outcome::Indeterminate => Self::Indeterminate,
            Outcome::Passed => Self::Ok,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
