//! The status words of a classic answer, and texts that go with them.
//!
//! Source: SSM On-Prem 7 User Guide, "Export Control Workflow"; a public YANG model names the two
//! words of a refused version.

use crate::status::wire_words;

wire_words! {
    /// How a request went.
    ClassicStatus {
        /// Done.
        Complete = "COMPLETE",
        /// Refused (public).
        Failed = "FAILED",
        /// Deferred: come back with the poll id (documented).
        OkPoll = "OK_POLL",
        /// A transient condition of the server: send again later (public).
        OkTryAgain = "OK_TRY_AGAIN",
        /// The message version is over what the server speaks (public).
        VersionTooHigh = "VERSION_TOO_HIGH",
    }
}

/// `message` of a request about a licence that is not in use (public).
pub const NOT_CONSUMING_THIS_TAG: &str = "Product Instance is not consuming this tag :";
/// `message_code` for a product instance the server does not know. Assumed.
pub const INVALID_PRODUCT_INSTANCE: &str = "LS_INVALID_PRODUCT_INSTANCE";
/// `detail` of a conversion that was done before (documented).
pub const LICENSE_ALREADY_CONVERTED: &str = "License Already Converted";
