//! What never reaches the disk: ID tokens, credentials, and every secret the run was given.
//!
//! Redaction changes bodies. A trust request whose ID token was replaced no longer verifies
//! against its own signature; checks judge it by the server's answer instead.

mod bytes;
mod element;
mod patterns;

use std::fmt;

use serde_json::Value;

use crate::exchange::{Answer, Body, Exchange, ExchangeOutcome, HttpMessage};
use crate::{Entry, Event, Header, JourneyOutcome};

use patterns::Patterns;

/// What stands in place of a secret.
pub const REDACTED: &str = "[redacted]";
/// What stands in place of an ID token inside a trust request.
pub const ID_TOKEN: &str = "[id token]";

/// Removes secrets from entries: by place (ID tokens, credential headers, passwords in URLs), and
/// by value for the secrets it was given.
///
/// By value means: literally, as JSON, XML or URL text would spell it, and as base64 at any
/// offset. Secrets of fewer than [`Redactor::SECRET_BYTES_MIN`] bytes are left to redaction by
/// place, because masking every occurrence of so short a text would destroy the journal.
#[derive(Clone, Default)]
pub struct Redactor {
    patterns: Patterns,
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redactor").finish_non_exhaustive()
    }
}

impl Redactor {
    /// The shortest secret that is masked wherever it occurs.
    pub const SECRET_BYTES_MIN: usize = 6;

    /// A redactor that also masks these values.
    pub fn new(secrets: Vec<String>) -> Self {
        Self { patterns: Patterns::new(&secrets) }
    }

    /// `header` without secrets.
    pub fn header(&self, header: &Header) -> Header {
        let mut header = header.clone();
        for url in header.target.endpoints.values_mut() {
            self.url(url);
        }
        header.command.iter_mut().for_each(|word| self.text(word));
        header.scenarios.iter_mut().for_each(|scenario| self.text(&mut scenario.file));
        header
    }

    /// `entry` without secrets.
    pub fn entry(&self, entry: &Entry) -> Entry {
        let mut entry = entry.without_reading();
        self.event(&mut entry.event);
        entry
    }

    /// `body` without secrets.
    pub fn body(&self, body: &[u8]) -> Vec<u8> {
        bytes::redact(body, &self.patterns)
    }

    // Every member is named, so that a new one cannot be forgotten here.
    fn event(&self, event: &mut Event) {
        match event {
            Event::Exchange(exchange) => self.exchange(exchange),
            Event::StepStarted { step: _, verb: _, arguments, line: _ } => self.value(arguments),
            Event::HookCalled { hook: _, arguments, failure } => {
                self.value(arguments);
                failure.iter_mut().for_each(|text| self.text(text));
            }
            Event::Syslog { text } => self.text(text),
            Event::Expectation { step: _, subject: _, expected, actual, met: _ } => {
                self.text(expected);
                self.text(actual);
            }
            Event::StepFinished { step: _, outcome } => self.text(outcome),
            Event::FaultRaised { kind: _, severity: _, detail } => self.text(detail),
            Event::StateChanged { machine: _, key, from: _, to: _, input } => {
                self.text(key);
                self.text(input);
            }
            Event::JourneyFinished { outcome: JourneyOutcome::Broken { reason } } => {
                self.text(reason);
            }
            Event::JourneyStarted { scenario: _, replica: _ }
            | Event::InstanceJoined {
                name: _,
                udi: _,
                platform: _,
                software_tag: _,
                public_key: _,
            }
            | Event::TimerFired { timer: _ }
            | Event::TimeAdvanced { by_ms: _, target_moved: _ }
            | Event::FaultInjected { fault: _ }
            | Event::FaultCleared { kind: _, tag: _ }
            | Event::ServerChosen { server: _ }
            | Event::ThirdPartyKeyReceived { name: _, key_id: _ }
            | Event::JourneyFinished {
                outcome:
                    JourneyOutcome::Completed
                    | JourneyOutcome::NotRun { lacks: _ }
                    | JourneyOutcome::Interrupted,
            }
            | Event::RunFinished { completed: _, interrupted: _ }
            | Event::LoadMeasured(_)
            | Event::Unknown => {}
        }
    }

    fn exchange(&self, exchange: &mut Exchange) {
        self.url(&mut exchange.url);
        self.message(&mut exchange.request);
        match &mut exchange.outcome {
            ExchangeOutcome::Answered(Answer { message, .. }) => self.message(message),
            ExchangeOutcome::Failed { cause: _, detail } => self.text(detail),
        }
    }

    fn message(&self, message: &mut HttpMessage) {
        for (name, value) in &mut message.headers {
            if is_credential(name) {
                REDACTED.clone_into(value);
            } else {
                self.text(value);
            }
        }
        message.body = Body(self.body(&message.body.0));
    }

    fn value(&self, value: &mut Value) {
        match value {
            Value::String(text) => self.text(text),
            Value::Array(items) => items.iter_mut().for_each(|item| self.value(item)),
            Value::Object(members) => members.values_mut().for_each(|item| self.value(item)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn text(&self, text: &mut String) {
        if let Some(masked) = self.patterns.mask(text.as_bytes()) {
            *text = String::from_utf8_lossy(&masked).into_owned();
        }
    }

    /// Masks the password part of `scheme://user:password@host/…`, then the known secrets.
    fn url(&self, url: &mut String) {
        if let Some((scheme, rest)) = url.split_once("://") {
            let authority_end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
            if let Some(at) = rest[..authority_end].rfind('@') {
                *url = format!("{scheme}://{REDACTED}{}", &rest[at..]);
            }
        }
        self.text(url);
    }
}

/// Whether a header's value is a credential as a whole.
fn is_credential(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    matches!(name.as_str(), "authorization" | "proxy-authorization" | "cookie" | "set-cookie")
        || (name.starts_with("x-") && (name.ends_with("-token") || name.ends_with("-api-key")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credential_headers_are_known_by_name() {
        for name in ["Authorization", "cookie", "SET-COOKIE", "x-csrf-token", "X-Auth-Token"] {
            assert!(is_credential(name), "{name}");
        }
        for name in ["content-type", "x-request-id", "token", "x-tokenizer"] {
            assert!(!is_credential(name), "{name}");
        }
    }

    #[test]
    fn a_password_in_a_url_is_masked_and_the_rest_kept() {
        let redactor = Redactor::default();
        for (url, expected) in [
            ("https://mst:pw@onprem.test/cslu?a=b@c", "https://[redacted]@onprem.test/cslu?a=b@c"),
            ("https://onprem.test/a@b", "https://onprem.test/a@b"),
            ("/SmartTransport", "/SmartTransport"),
        ] {
            let mut text = url.to_owned();
            redactor.url(&mut text);
            assert_eq!(text, expected);
        }
    }

    #[test]
    fn the_debug_form_does_not_show_the_secrets() {
        let redactor = Redactor::new(vec!["mst-secret-0001".to_owned()]);
        assert_eq!(format!("{redactor:?}"), "Redactor { .. }");
    }
}
