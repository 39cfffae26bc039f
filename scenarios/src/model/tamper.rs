//! Changes made to an outgoing request, to show the server what a healthy instance never sends.

use serde_json::Value;

/// One change to the request of a step.
#[derive(Debug, Clone, PartialEq)]
pub enum Tamper {
    /// The payload of a report changes after it was signed.
    EditPayload,
    /// The signature of a report, or of a trust request, no longer fits.
    BreakSignature,
    /// The nonce of the member's previous request is used again.
    ReplayNonce,
    /// A trust request carries the trust id of the one before.
    ReuseTrustId,
    /// A trust request or report carries this trust id.
    TrustId(u64),
    /// A trust request or report carries a trust id the server never gave out.
    UnknownTrustId,
    /// A poll asks for a poll id that belongs to another instance.
    ForeignPollId,
    /// The body ends early.
    Truncate {
        /// Bytes that are left.
        bytes: usize,
    },
    /// The instance's clock is wrong in this request.
    SkewClock {
        /// Milliseconds; negative is in the past.
        by_ms: i64,
    },
    /// A value of the request body is set.
    Set {
        /// JSON pointer into the request body.
        pointer: String,
        /// The value; text in it is a template.
        value: Value,
    },
    /// A value of the request body is left out.
    Remove {
        /// JSON pointer into the request body.
        pointer: String,
    },
}
