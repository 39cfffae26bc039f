//! The model's words for what an instance knows.
//!
//! Source: the public YANG model, enumerations as published.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::input::TransportKind;
use crate::platform::LicenseClass;

pub(super) const NOT_REGISTERED: &str = "reg-state-not-registered";
pub(super) const NO_AUTHORIZATION_STATE: &str = "auth-state-none";
pub(super) const AUTHORIZED: &str = "auth-state-authorized";
pub(super) const NO_UTILITY_REPORTING: &str = "utility-reporting-type-none";
pub(super) const IN_COMPLIANCE: &str = "enforcement-in-compliance";
pub(super) const CONVERSION_NOT_STARTED: &str = "conversion-status-not-started";
pub(super) const AUTHORIZATION_CODE: &str = "authorization-type-auth-code";

pub(super) const fn transport_type(kind: TransportKind) -> &'static str {
    match kind {
        TransportKind::Smart => "transport-type-smart",
        TransportKind::Cslu => "transport-type-cslu",
        TransportKind::Off => "transport-type-off",
    }
}

pub(super) const fn policy_type(installed: bool) -> &'static str {
    if installed { "policy-type-custom" } else { "policy-type-cisco-default" }
}

pub(super) const fn license_enforcement_type(class: LicenseClass) -> &'static str {
    match class {
        LicenseClass::Perpetual | LicenseClass::Subscription => {
            "license-enforcement-type-unenforced"
        }
        LicenseClass::Enforced => "license-enforcement-type-enforced",
        LicenseClass::Export => "license-enforcement-type-export",
    }
}

/// State of a report by the name it has here: requested by a collector is what was handed out.
pub(super) fn report_state(state: &str, handed_out: bool) -> &'static str {
    match state {
        "open" => "rum-report-state-open",
        "pending" => "rum-report-state-pending",
        "acknowledged" => "rum-report-state-acknowledged",
        "unacknowledged" => "rum-report-state-unacknowledged",
        "closed" if handed_out => "rum-report-state-unacknowledged",
        "closed" => "rum-report-state-closed",
        _ => "rum-report-state-invalid",
    }
}

/// A time of `yang:date-and-time`; none for one past what a calendar holds.
pub(super) fn date_and_time(at_ms: u64) -> Option<String> {
    let time = Timestamp::from_millisecond(i64::try_from(at_ms).ok()?).ok()?;
    Some(time.to_zoned(TimeZone::UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::rum_report_state::RumReportState;

    #[test]
    fn every_state_of_a_report_has_a_word() {
        for state in RumReportState::ALL {
            let word = report_state(state.as_str(), false);
            let is_gone = *state == RumReportState::Deleted;
            assert_eq!(word == "rum-report-state-invalid", is_gone, "{state:?}");
        }
        assert_eq!(report_state("closed", true), "rum-report-state-unacknowledged");
    }

    #[test]
    fn times_are_written_with_their_zone() {
        let written = date_and_time(1_790_078_400_000);
        assert_eq!(written.as_deref(), Some("2026-09-22T12:00:00+00:00"));
        assert_eq!(date_and_time(u64::MAX), None);
    }
}
