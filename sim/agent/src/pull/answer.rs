//! An answer of an instance.

use serde_json::{Value, json};

/// The type of every body outside RESTCONF (public).
const JSON: &str = "application/json";

/// An HTTP answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InstanceAnswer {
    /// Status.
    pub status: u16,
    /// Headers, names in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// Body.
    pub body: Vec<u8>,
}

impl InstanceAnswer {
    pub(super) fn new(status: u16) -> Self {
        Self { status, ..Self::default() }
    }

    pub(super) fn typed(status: u16, kind: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: Vec::new(), body: body.into() }.with("content-type", kind)
    }

    pub(super) fn json(status: u16, body: &Value) -> Self {
        Self::typed(status, JSON, body.to_string())
    }

    /// Assumed: the form in which `/smartlic-service` says what is wrong.
    pub(super) fn fault(status: u16, reason: &str) -> Self {
        Self::json(status, &json!({ "error": reason }))
    }

    #[must_use]
    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}
