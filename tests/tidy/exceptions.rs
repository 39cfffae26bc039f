//! Every place that may break a rule, each with its reason. An exception that nothing needs any
//! more fails the test of its rule.

use crate::complaint::Complaint;

/// Leave for one place to break one rule.
#[derive(Debug)]
pub(crate) struct Exception {
    /// The rule.
    pub(crate) rule: &'static str,
    /// The file.
    pub(crate) path: &'static str,
    /// Part of the complaint's `what`, in backquotes there: a function, a type, a word.
    pub(crate) what: &'static str,
    /// Why this place is better off breaking the rule.
    pub(crate) reason: &'static str,
}

/// The exceptions, by rule and path.
pub(crate) const EXCEPTIONS: &[Exception] = &[
    Exception {
        rule: "chance",
        path: "certs/src/signature.rs",
        what: "SystemRandom",
        reason: "the fast signing mode is for load runs, which promise no byte-identical journal",
    },
    Exception {
        rule: "crate",
        path: "benches/peers/goose/Cargo.toml",
        what: "benches/peers/goose",
        reason: "a peer to be measured against, built on demand and no part of the workspace",
    },
    Exception {
        rule: "function name",
        path: "sim/server/src/state/kept.rs",
        what: "get_mut",
        reason: "it stands in for the map's own, so that a map becomes lasting by its type alone",
    },
];

impl Exception {
    /// Whether it excuses this complaint.
    pub(crate) fn covers(&self, complaint: &Complaint) -> bool {
        self.rule == complaint.rule
            && self.path == complaint.path
            && complaint.what.contains(&format!("`{}`", self.what))
    }
}

#[test]
fn every_exception_has_a_reason() {
    for exception in EXCEPTIONS {
        assert!(exception.reason.len() > 20, "say why: {exception:?}");
    }
}
