//! The lines a product instance of the policy era logs, one function per line; their names and
//! texts stand in the table of [`names`].

use muster_wire::Udi;

use crate::input::{TransportFailure, TransportKind};
use crate::platform::HaRole;

pub(crate) mod names;

use names::{LogName, table};

/// Text of a transport failure. The documents give two; the second says that it says nothing.
pub(crate) const fn transport_failure(failure: TransportFailure) -> &'static str {
    match failure {
        TransportFailure::Dns => "Unable to resolve server hostname/domain name",
        _ => "No detailed information given",
    }
}

/// `HTTP Server Error 502: Bad Gateway` and its like.
pub(crate) fn http_error(status: u16) -> String {
    let phrase = match status {
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        413 => "Content Too Large",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => return format!("HTTP Server Error {status}"),
    };
    format!("HTTP Server Error {status}: {phrase}")
}

const fn server(transport: TransportKind) -> &'static str {
    match transport {
        TransportKind::Cslu => "Cisco Smart License Utility (CSLU)",
        TransportKind::Smart | TransportKind::Off => "Cisco Smart Software Manager (CSSM)",
    }
}

pub(crate) fn comm_failed(transport: TransportKind, reason: &str) -> String {
    table::COMM_FAILED.line(&[&server(transport), &reason])
}

pub(crate) fn comm_restored(transport: TransportKind) -> String {
    table::COMM_RESTORED.line(&[&server(transport)])
}

pub(crate) fn event_comm_failed(reason: &str) -> String {
    table::EVENT_COMM_FAIL.line(&[&reason])
}

pub(crate) fn event_comm_restored() -> String {
    table::EVENT_COMM_RESTORED.line(&[])
}

pub(crate) fn event_usage_failed(reason: &str) -> String {
    table::EVENT_UTILITY_RUM_FAIL.line(&[&reason])
}

pub(crate) fn event_system_init() -> String {
    table::EVENT_SYSTEM_INIT.line(&[])
}

pub(crate) fn event_crypto(ready: bool) -> String {
    let row = if ready { table::EVENT_CRYPTO_READY } else { table::EVENT_CRYPTO_NOT_READY };
    row.line(&[])
}

pub(crate) fn event_endpoint_usage(count: u32, tag: &str) -> String {
    table::EVENT_ENDPOINT_USAGE.line(&[&count, &tag])
}

/// A controller collects what its access points use. Public: the line. Assumed: that the number of
/// the client and the name of the group are always these.
pub(crate) fn event_usage_collected(features: &[&str]) -> String {
    let what = format!(
        "ERM-Reset: Client 0, AP-GROUP group, {} features {}",
        features.len(),
        features.join(",")
    );
    table::EVENT_PLATFORM.line(&[&"INFRA_SL", &"INFRA_SL_EVLOG_ERM_RESET", &what])
}

/// Assumed: the name.
pub(crate) fn event_acknowledgement_ignored(report_id: u64, reason: &str) -> String {
    table::EVENT_RUM_ACK_IGNORED.line(&[&report_id, &reason])
}

pub(crate) fn trust_install_failed(udi: &Udi, reason: &str) -> String {
    table::TRUST_CODE_INSTALL_FAILED.line(&[&pid_sn(udi), &unstopped(reason)])
}

pub(crate) fn trust_installed(udi: &Udi) -> String {
    table::TRUST_CODE_INSTALL_SUCCESS.line(&[&pid_sn(udi)])
}

pub(crate) fn policy_installed() -> String {
    table::POLICY_INSTALL_SUCCESS.line(&[])
}

pub(crate) fn policy_failed(reason: &str) -> String {
    table::POLICY_INSTALL_FAILED.line(&[&unstopped(reason)])
}

pub(crate) fn authorization_installed(udi: &Udi) -> String {
    table::AUTHORIZATION_INSTALL_SUCCESS.line(&[&pid_sn(udi)])
}

pub(crate) fn authorization_failed(udi: &Udi, reason: &str) -> String {
    table::AUTHORIZATION_INSTALL_FAILED.line(&[&pid_sn(udi), &unstopped(reason)])
}

pub(crate) fn authorization_removed(udi: &Udi) -> String {
    table::AUTHORIZATION_REMOVED.line(&[&pid_sn(udi)])
}

/// Assumed: that it is repeated at the deadline.
pub(crate) fn acknowledgement_required(days: u64) -> String {
    table::REPORTING_REQUIRED.line(&[&days])
}

/// What an agent logs when it starts, in the order of the public boot logs. Assumed: that it says
/// so on every start.
pub(crate) const STARTED: [LogName; 3] =
    [table::EXPORT_CONTROLLED, table::AGENT_READY, table::AGENT_ENABLED];

/// The part the agent plays now in a pair or a stack.
pub(crate) fn role_changed(role: HaRole) -> String {
    table::HA_ROLE_CHANGED.line(&[&role.as_str()])
}

pub(crate) fn clock_changed() -> String {
    table::SYSTEM_CLOCK_CHANGED.line(&[])
}

fn pid_sn(udi: &Udi) -> String {
    format!("PID:{},SN:{}", udi.product_id, udi.serial_number)
}

/// A reason for the end of a line that brings its own full stop.
fn unstopped(reason: &str) -> &str {
    reason.trim_end().trim_end_matches('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_that_is_a_sentence_gets_no_second_full_stop() {
        let udi = Udi::new("C9800-L-F-K9", "MST00000001");
        let line = trust_install_failed(&udi, "[INVALID_TOKEN] Nobody issued it.");
        assert!(line.ends_with("Nobody issued it."), "{line}");
        assert!(!line.ends_with(".."), "{line}");
        assert!(policy_failed("unknown.").ends_with("failed: unknown."));
    }

    #[test]
    fn a_collection_reads_as_published() {
        assert_eq!(
            event_usage_collected(&["air-network-advantage", "air-dna-advantage"]),
            "SAEVT_PLATFORM eventSource=\"INFRA_SL\" eventName=\"INFRA_SL_EVLOG_ERM_RESET\" \
             MSG=\"ERM-Reset: Client 0, AP-GROUP group, 2 features \
             air-network-advantage,air-dna-advantage\""
        );
    }

    #[test]
    fn documented_lines_read_as_documented() {
        let reason = http_error(502);
        assert_eq!(
            comm_failed(TransportKind::Cslu, &reason),
            "%SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart License Utility \
             (CSLU) : HTTP Server Error 502: Bad Gateway"
        );
        assert_eq!(
            comm_restored(TransportKind::Cslu),
            "%SMART_LIC-5-COMM_RESTORED: Communications with Cisco Smart License Utility (CSLU) \
             restored"
        );
        assert_eq!(
            event_crypto(false),
            "SAEVT_INIT_CRYPTO success=\"False\" error=\"Crypto Initialization has not been \
             completed\""
        );
        assert_eq!(
            event_usage_failed("[HOST_NOT_FOUND] Device Host is not found"),
            "SAEVT_UTILITY_RUM_FAIL error=\"[HOST_NOT_FOUND] Device Host is not found\""
        );
        assert_eq!(http_error(404), "HTTP Server Error 404: Not Found");
        assert_eq!(http_error(599), "HTTP Server Error 599");
    }
}
