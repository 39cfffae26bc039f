//! What a transport puts around a message: content types, and the Call Home envelope.

use muster_agent::{SmartAgent, TransportFailure};
use muster_journal::FailureCause;

/// Headers and body for a message sent to `endpoint`.
pub(super) fn wrap(
    endpoint: &str,
    _agent: &SmartAgent,
    body: Vec<u8>,
    _now_ms: u64,
) -> (Vec<(String, String)>, Vec<u8>) {
    let content_type =
        if endpoint == "call_home" { "text/xml; charset=utf-8" } else { "application/json" };
    (vec![("content-type".to_owned(), content_type.to_owned())], body)
}

/// The message inside an answer from `endpoint`.
pub(super) fn unwrap(_endpoint: &str, body: &[u8]) -> Vec<u8> {
    body.to_vec()
}

/// A transport failure in the agent's words.
pub(super) fn agent_failure(cause: FailureCause) -> TransportFailure {
    match cause {
        FailureCause::Dns => TransportFailure::Dns,
        FailureCause::Connect => TransportFailure::Connect,
        FailureCause::Tls => TransportFailure::Tls,
        FailureCause::Http => TransportFailure::Http,
        FailureCause::Timeout => TransportFailure::Timeout,
        FailureCause::Closed => TransportFailure::Closed,
        FailureCause::TooLong => TransportFailure::TooLong,
    }
}
