//! What a step demands of its last answer.

/// Demands on the answer; every one that is set must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expect {
    /// HTTP status code.
    pub http: Option<u16>,
    /// Status of the envelope: `COMPLETE` or `FAILED`.
    pub envelope: Option<String>,
    /// Status of the first line, e.g. `OK_POLL`.
    pub status: Option<String>,
    /// Code of a failed envelope, e.g. `HOST_NOT_FOUND`.
    pub message_code: Option<String>,
    /// What became of a trust request.
    pub trust: Option<TrustExpectation>,
    /// No answer at all: the cause of the transport failure, e.g. `connect`.
    pub failure: Option<String>,
    /// CEL expressions over the answer that must all be true.
    pub that: Vec<String>,
}

/// What became of a trust request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TrustExpectation {
    /// A trust code came back.
    Accepted,
    /// No trust code came back.
    Refused {
        /// The code given as the reason, e.g. `OLD_TRUST_ID`; `None` accepts any.
        code: Option<String>,
    },
}
