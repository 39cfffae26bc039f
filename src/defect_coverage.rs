//! Which checks notice a deviation of the embedded server: those of its requirement, unless it is
//! known that they do not. `tests/cli/defects.rs` holds every claim made here.

use muster_conformance::checks;
use muster_server::Defect;

/// Deviations that the checks of their requirement do not notice, and why.
const UNNOTICED: &[(&str, &str)] = &[
    ("chain-in-wrong-order", "a journal keeps how many certificates were sent, not in which order"),
    (
        "chain-without-intermediates",
        "who cannot follow the chain ends the handshake, and there is no exchange to judge",
    ),
    (
        "counts-token-uses-twice",
        "no token a profile names may be used more often than once and less often than always",
    ),
    (
        "host-not-found-with-http-200",
        "HOST_NOT_FOUND in a FAILED answer is the other form the document shows",
    ),
    (
        "policy-with-default-days",
        "only the operator knows which days a policy was given, and no hook says so",
    ),
    (
        "policy-without-acknowledgements",
        "a policy may say that none is needed, and giving one all the same is no fault",
    ),
    (
        "takes-changed-reports",
        "no step signs another content under the id of a report that was sent",
    ),
];

/// The ids of the checks that notice it; empty when none does yet.
pub(crate) fn caught_by(defect: Defect) -> Vec<&'static str> {
    if unnoticed_because(defect).is_some() {
        return Vec::new();
    }
    let claims = |requirements: &[&str]| requirements.contains(&defect.requirement());
    let claiming = checks::ALL.iter().filter(|listed| claims(listed.check.requirements));
    claiming.map(|listed| listed.id).collect()
}

/// Whether those give compatibility findings only, so that it fails no run.
pub(crate) fn is_compatibility(defect: Defect) -> bool {
    let caught_by = caught_by(defect);
    let mut checks = checks::ALL.iter().filter(|listed| caught_by.contains(&listed.id)).peekable();
    checks.peek().is_some() && checks.all(|listed| listed.check.is_compatibility())
}

/// Why the checks of its requirement do not notice it; none when they do, or there are none.
pub(crate) fn unnoticed_because(defect: Defect) -> Option<&'static str> {
    let row = UNNOTICED.iter().find(|(name, _)| *name == defect.name());
    row.map(|(_, reason)| *reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_deviations_that_exist_go_unnoticed() {
        for (name, reason) in UNNOTICED {
            assert!(Defect::named(name).is_some() && reason.len() > 20, "{name}: {reason}");
        }
    }
}
