//! Which words only instances of one era have, and what the others have instead.

use crate::model::Era;

/// Which instances perform an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Eras {
    /// All of them.
    Both,
    /// All of them; in the policy era nothing is sent because of it, so it takes `on` and `capture`
    /// only.
    BothButQuietInPolicy,
    /// Those of one era; the others have something else.
    Only(Era, &'static str),
}

/// A word that only instances of one era have.
#[derive(Debug)]
pub(crate) struct OfEra {
    pub(crate) word: &'static str,
    pub(crate) era: Era,
    /// What an instance of the other era has instead.
    pub(crate) instead: &'static str,
}

const fn of(word: &'static str, era: Era, instead: &'static str) -> OfEra {
    OfEra { word, era, instead }
}

const MOMENTS: &str = "its moments are poll_due, report_due and retry";

/// Words of `transport`.
pub(crate) static TRANSPORTS: &[OfEra] = &[
    of("smart", Era::Policy, "its transports are direct, gateway and proxy"),
    of("cslu", Era::Policy, "its transports are direct, gateway and proxy"),
    of("off", Era::Policy, "its transports are direct, gateway and proxy"),
    of("direct", Era::Classic, "its transports are smart, cslu and off"),
    of("gateway", Era::Classic, "its transports are smart, cslu and off"),
    of("proxy", Era::Classic, "its transports are smart, cslu and off"),
];

/// Words of `advance: { until: … }`; the others are of both eras.
pub(crate) static MOMENTS_OF_ERA: &[OfEra] = &[
    of("report_due", Era::Policy, "use `authorization_refresh` or `authorization_renewal`"),
    of("authorization_refresh", Era::Classic, MOMENTS),
    of("authorization_renewal", Era::Classic, MOMENTS),
    of("authorization_deadline", Era::Classic, MOMENTS),
    of("id_renewal", Era::Classic, MOMENTS),
    of("id_expiry", Era::Classic, MOMENTS),
    of("evaluation_end", Era::Classic, MOMENTS),
];

/// Keys of actions of both eras.
pub(crate) static KEYS_OF_ERA: &[OfEra] =
    &[of("id", Era::Policy, "leave `id` out: it polls for every result it waits for")];

/// Keys of `expect`.
pub(crate) static EXPECTATIONS_OF_ERA: &[OfEra] = &[
    of("trust", Era::Policy, "use `status`, or look at `agent.registration` with `that`"),
    of("envelope", Era::Policy, "use `status`: its answers have one status"),
];

/// Words of `tamper`.
pub(crate) static TAMPERS_OF_ERA: &[OfEra] = &[
    of("reuse_trust_id", Era::Policy, "its requests carry no trust id"),
    of("trust_id", Era::Policy, "its requests carry no trust id"),
    of("unknown_trust_id", Era::Policy, "its requests carry no trust id"),
];
