//! When things happened to an instance, for the shows that print it.

use std::collections::BTreeMap;

use compact_str::CompactString;
use muster_wire::RequestType;
use serde::Serialize;

use crate::policy::reporting_state::ReportingState;

/// Features noted; a platform lists fewer.
const FEATURES_MAX: usize = 64;

/// Points in time, milliseconds since the epoch; none for what never happened or was not noted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PastTimes {
    /// When the trust code was installed.
    pub trust_installed_ms: Option<u64>,
    /// When the policy was installed.
    pub policy_installed_ms: Option<u64>,
    /// When reports were last written to a file.
    pub file_written_ms: Option<u64>,
    /// `ID_TOKEN_TRUST`.
    pub trust_establishment: ExchangeTimes,
    /// `TRUST_SYNC`.
    pub trust_sync: ExchangeTimes,
    /// `LICENSE_USAGE`.
    pub usage_reporting: ExchangeTimes,
    /// `POLL`.
    pub result_polling: ExchangeTimes,
    /// `AUTH_REQUEST`.
    pub authorization_request: ExchangeTimes,
    /// `AUTH_CONFIRM`.
    pub authorization_confirmation: ExchangeTimes,
    /// `AUTH_RETURN`.
    pub authorization_return: ExchangeTimes,
    licenses: BTreeMap<CompactString, LicenseTimes>,
}

/// When exchanges of one class ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ExchangeTimes {
    /// The latest that succeeded.
    pub success_ms: Option<u64>,
    /// The latest that failed.
    pub failure_ms: Option<u64>,
}

/// When the use of one licence changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LicenseTimes {
    /// When it came into use, or went out of it.
    pub status_ms: Option<u64>,
    /// When a count was last asked for.
    pub request_ms: Option<u64>,
    #[serde(skip)]
    in_use: bool,
}

impl PastTimes {
    /// When the use of a feature changed.
    pub fn license(&self, feature: &str) -> LicenseTimes {
        self.licenses.get(feature).copied().unwrap_or_default()
    }

    pub(super) fn used(&mut self, now_ms: u64, feature: &CompactString, count: u32) {
        if self.licenses.len() >= FEATURES_MAX && !self.licenses.contains_key(feature) {
            return;
        }
        let times = self.licenses.entry(feature.clone()).or_default();
        times.request_ms = Some(now_ms);
        if std::mem::replace(&mut times.in_use, count > 0) != (count > 0) {
            times.status_ms = Some(now_ms);
        }
    }

    pub(super) const fn ended(&mut self, now_ms: u64, asked: &RequestType, good: bool) {
        let class = match asked {
            RequestType::IdTokenTrust => &mut self.trust_establishment,
            RequestType::TrustSync => &mut self.trust_sync,
            RequestType::LicenseUsage => &mut self.usage_reporting,
            RequestType::Poll => &mut self.result_polling,
            RequestType::AuthRequest => &mut self.authorization_request,
            RequestType::AuthConfirm => &mut self.authorization_confirmation,
            RequestType::AuthReturn => &mut self.authorization_return,
            _ => return,
        };
        if good {
            class.success_ms = Some(now_ms);
        } else {
            class.failure_ms = Some(now_ms);
        }
    }
}

/// Whether a move of the reporting machine is the end of an exchange, and then whether it was a
/// good one.
pub(super) fn ending(machine: &str, from: &str, to: &str) -> Option<bool> {
    use ReportingState::{Authorize, Backoff, Idle, Off, Poll, PollWait, Send, Trust};
    let in_flight = [Trust, Send, Authorize, Poll].iter().any(|state| state.as_str() == from);
    if machine != ReportingState::MACHINE || !in_flight {
        return None;
    }
    let is = |states: &[ReportingState]| states.iter().any(|state| state.as_str() == to);
    if is(&[Idle, PollWait]) {
        Some(true)
    } else if is(&[Backoff, Off]) {
        Some(false)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_move_that_ends_an_exchange_is_judged() {
        use ReportingState::{Authorize, Poll, Send, Trust};
        let in_flight = [Trust, Send, Authorize, Poll];
        for (from, on, to) in ReportingState::MOVES {
            let judged = ending(ReportingState::MACHINE, from.as_str(), to.as_str());
            assert_eq!(judged.is_some(), in_flight.contains(from), "{from:?} {on:?} {to:?}");
        }
        assert_eq!(ending("trust", "send", "idle"), None);
    }

    #[test]
    fn the_status_changes_only_with_the_first_and_the_last_licence() {
        let mut times = PastTimes::default();
        let feature = CompactString::from("dna-advantage");
        for (now_ms, count, status_ms) in [(1, 2, 1), (2, 3, 1), (3, 0, 3), (4, 0, 3)] {
            times.used(now_ms, &feature, count);
            let noted = times.license(&feature);
            assert_eq!((noted.status_ms, noted.request_ms), (Some(status_ms), Some(now_ms)));
        }
        for number in 0..200 {
            times.used(5, &number.to_string().into(), 1);
        }
        assert_eq!(times.licenses.len(), FEATURES_MAX);
    }
}
