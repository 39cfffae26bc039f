//! The lines a product instance logs, one function per line.
//!
//! Source: Troubleshoot SLP on 9800, "Errors Reported in the Output of show license eventlog"; SLP
//! on Catalyst 9400, System Messages. Lines marked Assumed follow the style of the documented ones.

use muster_wire::Udi;

use crate::input::{TransportFailure, TransportKind};

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
    let server = server(transport);
    format!("%SMART_LIC-3-COMM_FAILED: Communications failure with the {server} : {reason}")
}

pub(crate) fn comm_restored(transport: TransportKind) -> String {
    format!("%SMART_LIC-5-COMM_RESTORED: Communications with {} restored", server(transport))
}

pub(crate) fn event_comm_failed(reason: &str) -> String {
    format!("SAEVT_COMM_FAIL error=\"{reason}\"")
}

pub(crate) fn event_comm_restored() -> String {
    "SAEVT_COMM_RESTORED".to_owned()
}

pub(crate) fn event_usage_failed(reason: &str) -> String {
    format!("SAEVT_UTILITY_RUM_FAIL error=\"{reason}\"")
}

pub(crate) fn event_system_init() -> String {
    "SAEVT_INIT_SYSTEM_INIT".to_owned()
}

pub(crate) fn event_crypto(ready: bool) -> String {
    if ready {
        "SAEVT_INIT_CRYPTO success=\"True\"".to_owned()
    } else {
        "SAEVT_INIT_CRYPTO success=\"False\" \
         error=\"Crypto Initialization has not been completed\""
            .to_owned()
    }
}

pub(crate) fn event_endpoint_usage(count: u32, tag: &str) -> String {
    format!("SAEVT_ENDPOINT_USAGE count=\"{count}\" entitlementTag=\"{tag}\"")
}

pub(crate) fn trust_install_failed(udi: &Udi, reason: &str) -> String {
    let (pid, serial) = (&udi.product_id, &udi.serial_number);
    let reason = unstopped(reason);
    format!(
        "%SMART_LIC-3-TRUST_CODE_INSTALL_FAILED: The install of a new licensing trust code has \
         failed on PID:{pid},SN:{serial}: {reason}."
    )
}

/// Assumed: the wording.
pub(crate) fn trust_installed(udi: &Udi) -> String {
    let (pid, serial) = (&udi.product_id, &udi.serial_number);
    format!(
        "%SMART_LIC-6-TRUST_CODE_INSTALL_SUCCESS: A new licensing trust code was successfully \
         installed on PID:{pid},SN:{serial}."
    )
}

/// Assumed: the wording.
pub(crate) fn policy_installed() -> String {
    "%SMART_LIC-6-POLICY_INSTALL_SUCCESS: A new licensing policy was successfully installed."
        .to_owned()
}

/// Assumed: the wording.
pub(crate) fn policy_failed(reason: &str) -> String {
    let reason = unstopped(reason);
    format!(
        "%SMART_LIC-3-POLICY_INSTALL_FAILED: The installation of a new licensing policy has \
         failed: {reason}."
    )
}

/// Public: the name and "within n days"; assumed: that it is repeated at the deadline.
pub(crate) fn acknowledgement_required(days: u64) -> String {
    format!(
        "%SMART_LIC-6-REPORTING_REQUIRED: A usage report acknowledgement will be required within \
         {days} days."
    )
}

/// Assumed: the name.
pub(crate) fn event_acknowledgement_ignored(report_id: u64, reason: &str) -> String {
    format!("SAEVT_RUM_ACK_IGNORED reportId=\"{report_id}\" error=\"{reason}\"")
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
