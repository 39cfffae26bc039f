//! Which checks notice a deviation of the embedded server: those of its requirement, unless it is
//! known that they do not. `tests/cli/defects.rs` holds every claim made here.

use muster_conformance::checks;
use muster_server::Defect;

/// Deviations that the checks of their requirement do not notice, and why.
const UNNOTICED: &[(&str, &str)] = &[
    (
        "acknowledgement-changed-after-signing",
        "the check looks at whether reports are acknowledged, not at the rest of the file",
    ),
    (
        "acknowledgement-unsigned",
        "the check looks at whether reports are acknowledged, not at the rest of the file",
    ),
    (
        "acknowledges-another-instance",
        "the check looks at whether reports are acknowledged, not at the rest of the file",
    ),
    (
        "acknowledges-another-licence",
        "the check looks at whether reports are acknowledged, not at the rest of the file",
    ),
    (
        "acknowledges-another-report",
        "the check looks at whether reports are acknowledged, not at the rest of the file",
    ),
    ("already-converted-without-words", "no scenario of the library gives it an occasion to show"),
    ("another-identifier-each-time", "no scenario of the library gives it an occasion to show"),
    (
        "another-poll-id-at-each-poll",
        "the simulated agent stumbles over it first, and the check is not exercised",
    ),
    ("chain-in-wrong-order", "the client puts the chain in order itself"),
    (
        "chain-without-intermediates",
        "who cannot follow the chain ends the handshake, and there is no exchange to judge",
    ),
    (
        "chain-without-sub-ca",
        "the run goes another way because of it, and the check is not exercised",
    ),
    ("code-never-fetched", "the check looks at whose code it is, not at the rest of it"),
    ("code-unsigned", "the check looks at whose code it is, not at the rest of it"),
    ("code-without-account", "the check looks at whose code it is, not at the rest of it"),
    (
        "collects-without-acknowledging",
        "the run goes another way because of it, and the check is not exercised",
    ),
    (
        "conflict-under-another-code",
        "the run goes another way because of it, and the check is not exercised",
    ),
    ("converts-nowhere", "the run goes another way because of it, and the check is not exercised"),
    ("counts-token-uses-twice", "no scenario of the library gives it an occasion to show"),
    ("fails-as-complete", "an answer without the word FAILED is judged as one that was given"),
    ("failure-in-other-words", "an answer without the word FAILED is judged as one that was given"),
    (
        "failures-as-http-500",
        "the run goes another way because of it, and the check is not exercised",
    ),
    ("forgets-a-refused-trust", "no scenario of the library gives it an occasion to show"),
    ("host-not-found-with-http-200", "no scenario of the library gives it an occasion to show"),
    ("keeps-what-was-returned", "no scenario of the library gives it an occasion to show"),
    (
        "lines-about-another-instance",
        "the simulated agent stumbles over it first, and the check is not exercised",
    ),
    (
        "names-another-account",
        "the run goes another way because of it, and the check is not exercised",
    ),
    ("never-done", "the simulated agent stumbles over it first, and the check is not exercised"),
    ("policy-unsigned", "the check looks at which policy is in use, not at the rest of it"),
    (
        "policy-with-default-days",
        "the check looks at which policy is in use, not at the rest of it",
    ),
    (
        "policy-without-acknowledgements",
        "the check looks at which policy is in use, not at the rest of it",
    ),
    ("policy-without-name", "the check looks at which policy is in use, not at the rest of it"),
    (
        "poll-id-in-words",
        "the simulated agent stumbles over it first, and the check is not exercised",
    ),
    (
        "refuses-a-token-used-before",
        "the run goes another way because of it, and the check is not exercised",
    ),
    ("refuses-as-success", "the check looks at whose code it is, not at the rest of it"),
    (
        "rejects-known-tags",
        "the check looks at whether reports are acknowledged, not at the rest of the file",
    ),
    ("reserves-nothing", "the run goes another way because of it, and the check is not exercised"),
    ("takes-any-tag-for-export", "no scenario of the library gives it an occasion to show"),
    ("takes-changed-reports", "no scenario of the library gives it an occasion to show"),
    (
        "trust-code-changed-after-signing",
        "the check looks at whether the parts are there, not at what they say",
    ),
    ("trust-id-of-its-own", "the check looks at whether the parts are there, not at what they say"),
    (
        "trust-names-another-account",
        "the check looks at whether the parts are there, not at what they say",
    ),
    (
        "trust-sync-never-done",
        "the simulated agent stumbles over it first, and the check is not exercised",
    ),
    ("two-policies-at-once", "the check looks at which policy is in use, not at the rest of it"),
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
