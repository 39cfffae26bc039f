//! The lines a product instance of the classic era logs, one function per line. Names and texts
//! stand in the table of all lines; here are the values.
//!
//! Source: Cisco ACI Smart Licensing, "Troubleshooting" (the text of a failure to send).

use muster_wire::Udi;

use super::transport::Framing;
use crate::input::TransportFailure;
use crate::syslog::names::table;
use crate::timer::{DAY_MS, HOUR_MS};

const CSSM: &str = "Cisco Smart Software Manager (CSSM)";

/// What a failed transport says of itself. The first text is documented for Call Home.
pub(crate) const fn transport_failure(failure: TransportFailure, framing: Framing) -> &'static str {
    match (framing, failure) {
        (Framing::CallHome, _) => "Fail to send out Call Home HTTP message.",
        (Framing::SmartTransport, failure) => crate::syslog::transport_failure(failure),
    }
}

pub(crate) fn comm_failed(reason: &str) -> String {
    table::COMM_FAILED.line(&[&CSSM, &reason])
}

pub(crate) fn comm_restored() -> String {
    table::COMM_RESTORED.line(&[&CSSM])
}

pub(crate) fn agent_ready() -> String {
    table::AGENT_READY.line(&[])
}

pub(crate) fn agent_enabled() -> String {
    table::AGENT_ENABLED.line(&[])
}

pub(crate) fn call_home_enabled() -> String {
    table::CALL_HOME_ENABLED.line(&[])
}

pub(crate) fn export_controlled() -> String {
    table::EXPORT_CONTROLLED.line(&[])
}

pub(crate) fn registered(udi: &Udi) -> String {
    table::AGENT_REG_SUCCESS.line(&[&CSSM, &shown(udi)])
}

pub(crate) fn registration_failed(reason: &str) -> String {
    table::AGENT_REG_FAILED.line(&[&CSSM, &reason])
}

pub(crate) fn deregistered(udi: &Udi) -> String {
    table::AGENT_DEREG_SUCCESS.line(&[&CSSM, &shown(udi)])
}

pub(crate) fn deregistration_failed(reason: &str) -> String {
    table::AGENT_DEREG_FAILED.line(&[&CSSM, &reason])
}

pub(crate) fn id_certificate_renewed(udi: &Udi) -> String {
    table::ID_CERT_RENEW_SUCCESS.line(&[&shown(udi)])
}

pub(crate) fn id_certificate_not_renewed(udi: &Udi, reason: &str) -> String {
    table::ID_CERT_RENEW_FAILED.line(&[&shown(udi), &reason])
}

pub(crate) fn id_certificate_will_expire(left_ms: u64) -> String {
    table::ID_CERT_EXPIRED_WARNING.line(&[&span(left_ms)])
}

pub(crate) fn id_certificate_expired() -> String {
    table::ID_CERT_EXPIRED.line(&[])
}

pub(crate) fn clock_out_of_range() -> String {
    table::ID_CERT_OUT_OF_RANGE.line(&[])
}

pub(crate) fn clock_changed() -> String {
    table::SYSTEM_CLOCK_CHANGED.line(&[])
}

pub(crate) fn authorized(state: &str, udi: &Udi) -> String {
    table::AUTH_RENEW_SUCCESS.line(&[&CSSM, &state, &shown(udi)])
}

pub(crate) fn authorization_failed(reason: &str, udi: &Udi) -> String {
    table::AUTH_RENEW_FAILED.line(&[&CSSM, &reason, &shown(udi)])
}

pub(crate) fn in_compliance() -> String {
    table::IN_COMPLIANCE.line(&[])
}

pub(crate) fn out_of_compliance() -> String {
    table::OUT_OF_COMPLIANCE.line(&[])
}

pub(crate) fn authorization_expired() -> String {
    table::AUTH_EXPIRED.line(&[])
}

pub(crate) fn evaluation_start() -> String {
    table::EVAL_START.line(&[])
}

pub(crate) fn evaluation_will_expire(left_ms: u64) -> String {
    table::EVAL_EXPIRED_WARNING.line(&[&span(left_ms)])
}

pub(crate) fn evaluation_expired(udi: &Udi) -> String {
    table::EVAL_EXPIRED.line(&[&shown(udi)])
}

pub(crate) fn export_authorized(feature: &str) -> String {
    table::EXPORT_REQUEST_SUCCESS.line(&[&feature])
}

pub(crate) fn export_refused(feature: &str, reason: &str) -> String {
    let reason = reason.trim_end().trim_end_matches('.');
    table::EXPORT_REQUEST_FAILED.line(&[&feature, &reason])
}

fn shown(udi: &Udi) -> String {
    format!("PID:{},SN:{}", udi.product_id, udi.serial_number)
}

fn span(left_ms: u64) -> String {
    if left_ms >= DAY_MS {
        format!("{} days", left_ms / DAY_MS)
    } else {
        format!("{} hours", left_ms / HOUR_MS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_lines_read_as_published() {
        let reason = transport_failure(TransportFailure::Connect, Framing::CallHome);
        assert_eq!(
            registration_failed(reason),
            "%SMART_LIC-3-AGENT_REG_FAILED: Smart Agent for Licensing Registration with the Cisco \
             Smart Software Manager (CSSM) failed: Fail to send out Call Home HTTP message."
        );
        assert_eq!(
            comm_failed(reason),
            "%SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart Software Manager \
             (CSSM) : Fail to send out Call Home HTTP message."
        );
        let dns = transport_failure(TransportFailure::Dns, Framing::SmartTransport);
        assert_eq!(dns, "Unable to resolve server hostname/domain name");
    }

    #[test]
    fn what_is_left_is_told_in_days_and_then_in_hours() {
        assert!(evaluation_will_expire(7 * DAY_MS).contains("in 7 days"));
        assert!(evaluation_will_expire(23 * HOUR_MS).contains("in 23 hours"));
    }
}
