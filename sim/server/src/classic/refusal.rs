//! Why a classic request is refused, as codes and words.
//!
//! Documented: the compatibility error (SSM On-Prem 7 User Guide, "Product Compatibility Notice").
//! Public: the words about an instance that is not valid, about a licence that is not in use, and
//! the transient error. Assumed: every code, spelled after the public `LS_LICENGINE_FAIL_TO_…`.

use muster_wire::classic::answer_status::{INVALID_PRODUCT_INSTANCE, NOT_CONSUMING_THIS_TAG};
use muster_wire::{EntitlementTag, ProductInstanceId};
use serde_json::json;

/// What an On-Prem says to an agent that needs a certificate it does not have yet.
const COMPATIBILITY_ERROR: &str = "Compatibility Error: The On-Prem is not currently compatible \
    with the Smart Licensing Agent version on this product. If it has been 10 days since the \
    On-Prem was registered, synchronize the On-Prem with Cisco\u{2019}s licensing servers to enable \
    compatibility with older agent versions and then try the registration again.";

/// A refused request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Status `FAILED`.
    Failed { code: &'static str, message: String },
    /// Status `VERSION_TOO_HIGH`.
    VersionTooHigh { message: String },
    /// Status `OK_TRY_AGAIN`, to agents that know it.
    TryAgain,
}

impl Refusal {
    fn failed(code: &'static str, message: impl Into<String>) -> Self {
        Self::Failed { code, message: message.into() }
    }

    pub(super) fn invalid_request(message: impl Into<String>) -> Self {
        Self::failed("LS_INVALID_REQUEST", message)
    }

    pub(super) fn unknown_type(word: &str) -> Self {
        let word: String = word.chars().take(64).collect();
        Self::failed("LS_UNKNOWN_REQUEST_TYPE", format!("the request type {word:?} is not known"))
    }

    pub(super) fn version_too_high(version: &str) -> Self {
        Self::VersionTooHigh { message: format!("message version {version} is not supported") }
    }

    pub(super) fn nonce_replayed() -> Self {
        Self::failed("LS_NONCE_REPLAYED", "the nonce belongs to an earlier request")
    }

    /// The server has no such product instance. The message is JSON, as in the public sample.
    pub(super) fn not_registered(identifier: Option<&ProductInstanceId>) -> Self {
        let identifier = identifier.map(ProductInstanceId::as_str).unwrap_or_default();
        let words = format!(
            "The identity for the instance {identifier} is not valid.Please re-register the \
             instance."
        );
        let message = json!({ "product_instance_identifier": [words] });
        Self::failed(INVALID_PRODUCT_INSTANCE, message.to_string())
    }

    pub(super) fn invalid_signature() -> Self {
        Self::failed(
            "LS_INVALID_SIGNATURE",
            "the signature is not by the key of the ID certificate",
        )
    }

    pub(super) fn id_certificate_expired() -> Self {
        Self::failed(
            "LS_ID_CERTIFICATE_EXPIRED",
            "the ID certificate has expired; register again with a new token",
        )
    }

    pub(super) fn missing_token() -> Self {
        Self::failed("LS_MISSING_TOKEN", "a registration needs an ID token")
    }

    pub(super) fn invalid_token() -> Self {
        Self::failed("LS_INVALID_TOKEN", "the token was not issued by this server")
    }

    pub(super) fn token_expired() -> Self {
        Self::failed("LS_TOKEN_EXPIRED", "the token has expired")
    }

    pub(super) fn token_revoked() -> Self {
        Self::failed("LS_TOKEN_REVOKED", "the token has been revoked")
    }

    pub(super) fn token_used_up() -> Self {
        Self::failed("LS_TOKEN_USED_UP", "the token has been used as often as it may")
    }

    pub(super) fn clock_out_of_window() -> Self {
        Self::failed(
            "LS_TIMESTAMP_MISMATCH",
            "the time of the registration is not within 24 hours of the server's",
        )
    }

    pub(super) fn incompatible_agent() -> Self {
        Self::failed("LS_COMPATIBILITY_ERROR", COMPATIBILITY_ERROR)
    }

    pub(super) fn already_registered() -> Self {
        Self::failed(
            "LS_ALREADY_REGISTERED",
            "the product instance is already registered; use the force option to register it again",
        )
    }

    pub(super) fn invalid_csr(message: impl Into<String>) -> Self {
        Self::failed("LS_INVALID_CSR", message)
    }

    pub(super) fn invalid_export_tag(tag: &EntitlementTag) -> Self {
        Self::failed("LS_INVALID_EXPORT_TAG", format!("{tag} is no export-controlled licence"))
    }

    pub(super) fn not_consuming(tag: &EntitlementTag) -> Self {
        Self::failed("LS_NOT_CONSUMING", format!("{NOT_CONSUMING_THIS_TAG} {tag}"))
    }

    pub(super) fn not_in_compliance(tag: &EntitlementTag) -> Self {
        Self::failed("LS_OUT_OF_COMPLIANCE", format!("{tag} is not in compliance"))
    }

    pub(super) fn unknown_poll_id() -> Self {
        Self::failed("LS_UNKNOWN_POLL_ID", "the poll id was not given to this product instance")
    }

    pub(super) fn invalid_poll_type() -> Self {
        Self::failed("LS_INVALID_POLL_TYPE", "the poll id belongs to another type of request")
    }

    /// The On-Prem's account does not serve. Assumed: the code and the words.
    pub(super) fn account_not_serving(why: &str) -> Self {
        Self::failed("LS_ACCOUNT_NOT_REGISTERED", why)
    }

    pub(super) fn internal(message: impl Into<String>) -> Self {
        Self::failed("LS_INTERNAL_ERROR", message)
    }
}
