//! What is wrong with a request, as RESTCONF says it.
//!
//! Source: RFC 8040, section 7 ("Error Reporting"): tags and the status that goes with each.

use serde_json::json;

use super::YANG_JSON;
use crate::pull::InstanceAnswer;

/// One thing that is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    status: u16,
    kind: &'static str,
    tag: &'static str,
    message: &'static str,
}

impl Fault {
    pub(super) const ACCESS: Self =
        Self::new(401, "protocol", "access-denied", "user and password are needed");
    pub(super) const METHOD: Self =
        Self::new(405, "protocol", "operation-not-supported", "the resource takes other methods");
    pub(super) const ACCEPT: Self =
        Self::new(406, "protocol", "invalid-value", "JSON and XML can be given");
    pub(super) const CONTENT: Self =
        Self::new(415, "protocol", "invalid-value", "JSON and XML are taken");
    pub(super) const TOO_LONG: Self =
        Self::new(413, "transport", "too-big", "the body is too long");
    pub(super) const BODY: Self =
        Self::new(400, "rpc", "malformed-message", "the body is not the input of the operation");
    pub(super) const ENCODING: Self =
        Self::new(400, "protocol", "invalid-value", "the path is not encoded properly");
    pub(super) const QUERY: Self =
        Self::new(400, "protocol", "invalid-value", "the query is not supported");
    pub(super) const NO_RESOURCE: Self =
        Self::new(404, "application", "invalid-value", "there is no such node in the model");
    pub(super) const NO_ENTRY: Self =
        Self::new(404, "application", "invalid-value", "there is no such data");
    pub(super) const SEVERAL: Self =
        Self::new(400, "protocol", "invalid-value", "in XML, one entry of a list can be given");
    pub(super) const NO_KEY: Self =
        Self::new(400, "protocol", "missing-attribute", "the list needs its key");
    pub(super) const KEY: Self =
        Self::new(400, "protocol", "unknown-attribute", "the node is no list and has no key");
    pub(super) const UNKNOWN_INPUT: Self =
        Self::new(400, "application", "unknown-element", "the operation has no such input");
    pub(super) const MISSING_INPUT: Self =
        Self::new(400, "application", "missing-element", "the operation needs another input");
    pub(super) const INPUT: Self =
        Self::new(400, "application", "invalid-value", "the input is of another type or range");

    const fn new(
        status: u16,
        kind: &'static str,
        tag: &'static str,
        message: &'static str,
    ) -> Self {
        Self { status, kind, tag, message }
    }

    pub(super) fn answer(self) -> InstanceAnswer {
        self.about(None)
    }

    /// With the node it is about.
    pub(super) fn about(self, path: Option<&str>) -> InstanceAnswer {
        let mut error = json!({
            "error-type": self.kind,
            "error-tag": self.tag,
            "error-message": self.message,
        });
        if let Some(path) = path {
            error["error-path"] = json!(path);
        }
        let body = json!({ "ietf-restconf:errors": { "error": [error] } });
        InstanceAnswer::typed(self.status, YANG_JSON, body.to_string())
    }
}
