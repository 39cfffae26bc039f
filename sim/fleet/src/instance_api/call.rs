//! A request to an instance, on its way from whoever asks to the agent.

use muster_agent::pull::InstanceRequest;
use muster_journal::{Body, HttpMessage};

/// An HTTP request, owned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InstanceCall {
    /// Method, in capitals.
    pub method: String,
    /// Scheme, host and port it came to.
    pub origin: String,
    /// Path and query.
    pub target: String,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
}

impl InstanceCall {
    /// The same for the agent's interface.
    pub(crate) fn request(&self) -> InstanceRequest<'_> {
        InstanceRequest {
            method: &self.method,
            target: &self.target,
            headers: &self.headers,
            body: &self.body,
        }
    }

    /// The same for the journal.
    pub(crate) fn message(&self) -> HttpMessage {
        HttpMessage { headers: self.headers.clone(), body: Body(self.body.clone()) }
    }
}
