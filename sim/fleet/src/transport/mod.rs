//! How a request reaches a target: the call and the reply, and the ways between them.

mod https;

use muster_journal::{FailureCause, PeerTls};

pub use https::{Client, ClientOptions, TlsSetupError};

use crate::target::EndpointUrl;

/// One HTTP request, ready to send.
#[derive(Clone, Debug)]
pub struct Call {
    /// Endpoint name in the target profile.
    pub endpoint: String,
    /// Where to.
    pub url: EndpointUrl,
    /// `POST` or `GET`.
    pub method: String,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body bytes.
    pub body: Vec<u8>,
}

/// What came of a call.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The answer or why there was none.
    pub result: Result<Received, Undelivered>,
    /// What the TLS connection showed.
    pub tls: Option<PeerTls>,
    /// Wall time from send to receipt, microseconds; 0 where there is no wall clock.
    pub elapsed_us: u64,
}

/// An HTTP answer.
#[derive(Clone, Debug)]
pub struct Received {
    /// HTTP status.
    pub status: u16,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body bytes.
    pub body: Vec<u8>,
}

/// Why there was no answer.
#[derive(Clone, Debug)]
pub struct Undelivered {
    /// At which stage.
    pub cause: FailureCause,
    /// The transport's words.
    pub detail: String,
}

impl Undelivered {
    pub(crate) fn new(cause: FailureCause, detail: impl std::fmt::Display) -> Self {
        Self { cause, detail: detail.to_string() }
    }
}
