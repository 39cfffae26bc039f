//! What an agent remembers of its authorization: when it speaks next, and by when it must have.
//!
//! Source: Cisco ACI Smart Licensing, "Smart Licensing Authorization Status" (30 and 90 days),
//! "Renew Authorization" (once every day). Public: the second ninety days. The documents give the
//! daily and the monthly contact side by side; here the daily one moves the deadline only, and the
//! monthly one is the renewal. Assumed: a server may shorten both distances and lengthen neither.

use super::authorization_state::AuthorizationState;
use super::link::Occasion;
use crate::heap::heap;
use crate::saved::saved_struct;
use crate::timer::{DAY_MS, Due};

/// Distance of renewals.
pub(crate) const RENEWAL_MS: u64 = 30 * DAY_MS;
/// How long an authorization is good for without contact.
pub(crate) const DEADLINE_MS: u64 = 90 * DAY_MS;
/// How long the grace period after it is (public).
pub(crate) const GRACE_MS: u64 = 90 * DAY_MS;

/// The authorization.
#[derive(Clone, Debug)]
pub(crate) struct Authorization {
    pub(crate) state: AuthorizationState,
    /// Why the next request is to be sent.
    pub(crate) wanted: Option<Occasion>,
    pub(crate) refresh_due: Due,
    pub(crate) renewal_due: Due,
    pub(crate) deadline: Due,
    pub(crate) grace_due: Due,
    /// When it came into its state of compliance, seconds since the epoch, 0 for never.
    pub(crate) since_s: u32,
}

heap!(Authorization {});
saved_struct!(Authorization {
    state,
    wanted,
    refresh_due,
    renewal_due,
    deadline,
    grace_due,
    since_s,
});

impl Authorization {
    pub(crate) const fn new() -> Self {
        Self {
            state: AuthorizationState::None,
            wanted: None,
            refresh_due: Due::NEVER,
            renewal_due: Due::NEVER,
            deadline: Due::NEVER,
            grace_due: Due::NEVER,
            since_s: 0,
        }
    }

    /// Asks for the next request; a weightier occasion stands.
    pub(crate) fn want(&mut self, occasion: Occasion) {
        self.wanted = self.wanted.max(Some(occasion));
    }

    /// Forgets every timer: there is no registration to keep up.
    pub(crate) fn stop(&mut self) {
        *self = Self { state: self.state, since_s: self.since_s, ..Self::new() };
    }

    /// Sets the timers after an answer. `next_ms` and `deadline_ms` are what the server said.
    pub(crate) fn plan(&mut self, answered: &Answered) {
        let Answered { now_ms, occasion, interval_ms, refresh_ms, next_ms, deadline_ms } =
            *answered;
        if occasion != Occasion::Refresh || !self.renewal_due.is_set() {
            self.renewal_due = Due::at(sooner(next_ms, now_ms, interval_ms.min(RENEWAL_MS)));
        }
        self.deadline = Due::at(sooner(deadline_ms, now_ms, DEADLINE_MS));
        self.grace_due = Due::NEVER;
        self.refresh_due = refresh_ms.map_or(Due::NEVER, |ms| Due::at(now_ms.saturating_add(ms)));
    }
}

/// An answer, as far as the timers go.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Answered {
    pub(crate) now_ms: u64,
    pub(crate) occasion: Occasion,
    /// Distance of renewals, as the registration said.
    pub(crate) interval_ms: u64,
    /// Distance of refreshes, where the product makes any.
    pub(crate) refresh_ms: Option<u64>,
    pub(crate) next_ms: u64,
    pub(crate) deadline_ms: u64,
}

/// What the server said when that is sooner than `most_ms` from now, and not in the past.
const fn sooner(said_ms: u64, now_ms: u64, most_ms: u64) -> u64 {
    let latest_ms = now_ms.saturating_add(most_ms);
    if said_ms > now_ms && said_ms < latest_ms { said_ms } else { latest_ms }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_MS: u64 = 1_800_000_000_000;

    fn planned(occasion: Occasion, next_ms: u64, deadline_ms: u64) -> Authorization {
        let mut authorization = Authorization::new();
        authorization.renewal_due = Due::at(NOW_MS + 7);
        let (interval_ms, refresh_ms) = (RENEWAL_MS, Some(DAY_MS));
        let now_ms = NOW_MS;
        authorization.plan(&Answered {
            now_ms,
            occasion,
            interval_ms,
            refresh_ms,
            next_ms,
            deadline_ms,
        });
        authorization
    }

    #[test]
    fn a_renewal_plans_thirty_days_and_ninety() {
        let planned = planned(Occasion::Renewal, 0, u64::MAX);
        assert_eq!(planned.renewal_due, Due::at(NOW_MS + RENEWAL_MS));
        assert_eq!(planned.deadline, Due::at(NOW_MS + DEADLINE_MS));
        assert_eq!(planned.refresh_due, Due::at(NOW_MS + DAY_MS));
    }

    #[test]
    fn a_refresh_moves_the_deadline_only() {
        let planned = planned(Occasion::Refresh, 0, 0);
        assert_eq!(planned.renewal_due, Due::at(NOW_MS + 7));
        assert_eq!(planned.deadline, Due::at(NOW_MS + DEADLINE_MS));
    }

    #[test]
    fn a_server_may_shorten_and_not_lengthen() {
        let planned = planned(Occasion::Change, NOW_MS + DAY_MS, NOW_MS + 200 * DAY_MS);
        assert_eq!(planned.renewal_due, Due::at(NOW_MS + DAY_MS));
        assert_eq!(planned.deadline, Due::at(NOW_MS + DEADLINE_MS));
    }
}
