//! Messages and artefacts as JSON for people: reports, scenario conditions, `muster show`.
//!
//! A view leaves out what a reader cannot use (certificates, signatures) and never shows an ID
//! token. It is not a wire format.

mod artefact;
mod authorization;
mod call_home;
mod classic;
mod instance_service;
mod policy;

use serde_json::{Value, json};

use crate::{Error, limits};

const FORMAT: &str = "message";

/// A request or answer body with everything in it opened: artefacts, the texts inside a classic
/// envelope, the attachment of a Call Home message, collected reports.
///
/// Bytes that are not such a message become `{"undecodable": <why>, "bytes": <length>}`; so does
/// a part that does not decode, in its place.
pub fn decoded_json(bytes: &[u8]) -> Value {
    match limits::text(FORMAT, bytes, limits::MESSAGE_BYTES_MAX) {
        Ok(text) => opened(text).unwrap_or_else(|error| undecodable(&error, bytes.len())),
        Err(error) => undecodable(&error, bytes.len()),
    }
}

fn opened(text: &str) -> Result<Value, Error> {
    if let Some(view) = call_home::opened(text) {
        return Ok(view);
    }
    let mut message = match limits::json::<Value>(FORMAT, text) {
        Ok(message) => message,
        // The body of an import is a file, not JSON; anything else is named as what it is not.
        Err(error) => return instance_service::imported(text).ok_or(error),
    };
    policy::open(&mut message);
    classic::open(&mut message);
    instance_service::open(&mut message);
    Ok(message)
}

fn undecodable(error: &Error, bytes: usize) -> Value {
    json!({"undecodable": error.to_string(), "bytes": bytes})
}

/// Replaces a text with what `open` makes of it, or with why that does not work.
fn open_text(value: &mut Value, open: impl FnOnce(&str) -> Result<Value, Error>) {
    if let Some(text) = value.as_str().filter(|text| !text.is_empty()) {
        let opened = open(text).unwrap_or_else(|error| undecodable(&error, text.len()));
        *value = opened;
    }
}

/// Replaces a text that nobody reads, or nobody may.
fn hide(value: &mut Value, instead: &str) {
    if value.as_str().is_some_and(|text| !text.is_empty()) {
        *value = json!(instead);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artefact::to_smart_license;

    #[test]
    fn bytes_that_are_no_message_say_why_and_how_many() {
        assert_eq!(
            decoded_json(b"<html>"),
            json!({"undecodable": "message: expected value at line 1 column 1", "bytes": 6})
        );
        assert_eq!(
            decoded_json(&[0xff]),
            json!({"undecodable": "message is not UTF-8 (first bad byte at 0)", "bytes": 1})
        );
    }

    #[test]
    fn an_artefact_that_does_not_decode_is_shown_in_its_place() {
        let unknown = to_smart_license("<other/>");
        let body = json!({"license_data": [
            {"smart_license": "%%"}, {"smart_license": ""}, {"smart_license": unknown}, 7,
        ]});
        let view = decoded_json(body.to_string().as_bytes());
        assert_eq!(view["license_data"][0]["smart_license"]["bytes"], 2);
        assert_eq!(view["license_data"][1]["smart_license"], "");
        assert_eq!(
            view["license_data"][2]["smart_license"],
            json!({"kind": "unknown", "root": "other"})
        );
    }
}
