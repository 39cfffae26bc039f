//! Why a request or a trust request is refused, as codes and words.
//!
//! Documented: `OLD_TRUST_ID`, `ERROR Consuming licenses`, `HOST_NOT_FOUND` and their messages.
//! Assumed: every other code.

use muster_wire::status::{
    DEVICE_HOST_IS_NOT_FOUND, ERROR_CONSUMING_LICENSES, HIGHER_TRUST_ID_PROCESSED, HOST_NOT_FOUND,
    OLD_TRUST_ID,
};

/// The refusal of a whole request: the short failure envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The short envelope.
    Failed {
        /// HTTP status it travels under.
        http_status: u16,
        code: &'static str,
        message: String,
    },
    /// Every line is to be sent again later.
    TryAgain,
}

impl Refusal {
    fn failed(code: &'static str, message: impl Into<String>) -> Self {
        Self::Failed { http_status: 200, code, message: message.into() }
    }

    /// The request cannot be read.
    pub(crate) fn invalid_request(message: impl Into<String>) -> Self {
        Self::failed("INVALID_REQUEST", message)
    }

    /// The nonce was used for another request.
    pub(crate) fn nonce_replayed() -> Self {
        Self::failed("NONCE_REPLAYED", "the nonce belongs to an earlier request")
    }

    /// The instance has no trust that would cover its usage.
    pub(crate) fn invalid_trust(message: impl Into<String>) -> Self {
        Self::failed("INVALID_TRUST", message)
    }

    /// A report's signature does not verify.
    pub(crate) fn invalid_signature() -> Self {
        Self::failed("INVALID_SIGNATURE", "the signature does not cover the payload")
    }

    /// A report is about another product instance than the sender.
    pub(crate) fn udi_mismatch() -> Self {
        Self::failed("UDI_MISMATCH", "a report is about another product instance")
    }

    /// A conflicting record exists; the documented message is empty.
    pub(crate) fn conflicting_record(message: impl Into<String>) -> Self {
        Self::failed(ERROR_CONSUMING_LICENSES, message)
    }

    /// Validate Device is on and the instance unknown. Assumed: the documents give the words for
    /// some platforms and HTTP 404 for others; one answer carries both.
    pub(crate) fn host_not_found() -> Self {
        let message = DEVICE_HOST_IS_NOT_FOUND.to_owned();
        Self::Failed { http_status: 404, code: HOST_NOT_FOUND, message }
    }

    /// The On-Prem's account does not serve.
    pub(crate) fn account_not_serving() -> Self {
        let message = "the On-Prem's account is not registered with CSSM, or was not synchronized \
                       for a year";
        Self::failed("ACCOUNT_NOT_REGISTERED", message)
    }

    /// One more product instance than the On-Prem's account may have.
    pub(crate) fn account_full() -> Self {
        let message = "the On-Prem's account has 25000 product instances already";
        Self::failed("ACCOUNT_FULL", message)
    }

    /// The server cannot make what the answer needs.
    pub(crate) fn internal(message: impl Into<String>) -> Self {
        Self::failed("INTERNAL_ERROR", message)
    }
}

impl From<crate::store::Full> for Refusal {
    fn from(_: crate::store::Full) -> Self {
        Self::TryAgain
    }
}

/// The refusal of one trust request: goes into the trust code's status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TrustRefusal {
    pub(crate) code: &'static str,
    pub(crate) message: &'static str,
}

impl TrustRefusal {
    pub(crate) const OLD_TRUST_ID: Self =
        Self { code: OLD_TRUST_ID, message: HIGHER_TRUST_ID_PROCESSED };
    pub(crate) const ACCOUNT_MISMATCH: Self = Self {
        code: "ACCOUNT_MISMATCH",
        message: "The account of the request does not include this product instance.",
    };
    pub(crate) const INVALID_TOKEN: Self =
        Self { code: "INVALID_TOKEN", message: "The ID token is not known." };
    pub(crate) const SIGNATURE_MISMATCH: Self = Self {
        code: "SIGNATURE_MISMATCH",
        message: "The signature of the trust request does not match its key.",
    };
    pub(crate) const TIMESTAMP_MISMATCH: Self = Self {
        code: "TIMESTAMP_MISMATCH",
        message: "The time of the product instance is not synchronized with the server.",
    };
}
