//! Classic envelopes: the texts within texts are opened, secrets and certificates are not shown.

use serde_json::Value;

use super::{hide, open_text};
use crate::{Artefact, limits};

const FORMAT: &str = "text inside a message";

/// Members that hold long base64, and what is shown instead.
const CERTIFICATES: [(&str, &str); 4] = [
    ("id_cert", "[certificate]"),
    ("signing_cert", "[certificate]"),
    ("sub_ca_cert", "[certificate]"),
    ("csr", "[certificate request]"),
];

/// Opens an envelope, when the message is one.
pub(super) fn open(message: &mut Value) {
    let is_envelope = ["request", "response"].iter().any(|member| message[*member].is_string());
    if !is_envelope {
        return;
    }
    if let Some(credential) = message.get_mut("credential") {
        hide_credential(credential);
    }
    if let Some(value) = message.pointer_mut("/signature/value") {
        hide(value, "[signature]");
    }
    for (outer, inner) in [("request", "request_data"), ("response", "response_data")] {
        if let Some(text) = message.get_mut(outer) {
            open_text(text, |text| {
                let mut body: Value = limits::json(FORMAT, text)?;
                if let Some(data) = body.get_mut(inner) {
                    open_text(data, |text| limits::json(FORMAT, text).map(without_secrets));
                }
                Ok(body)
            });
        }
    }
}

/// Only the type stays: a form that nobody knows may hold the token anywhere.
fn hide_credential(credential: &mut Value) {
    match credential {
        Value::Object(members) => {
            for (_, value) in members.iter_mut().filter(|(name, _)| *name != "type") {
                *value = Value::from("[id token]");
            }
        }
        Value::Null => {}
        _ => *credential = Value::from("[id token]"),
    }
}

fn without_secrets(mut data: Value) -> Value {
    for (member, instead) in CERTIFICATES {
        if let Some(value) = data.get_mut(member) {
            hide(value, instead);
        }
    }
    if let Some(value) = data.get_mut("id_token") {
        hide(value, "[id token]");
    }
    let authorizations = data.get_mut("authorizations").and_then(Value::as_array_mut);
    for authorization in authorizations.into_iter().flatten() {
        if let Some(license) = authorization.get_mut("smart_license") {
            open_text(license, |text| Artefact::from_smart_license(text).map(|one| one.to_json()));
        }
    }
    // The entries of a request name what a key is for; those of an answer are the keys.
    let keys = data.get_mut("data").and_then(Value::as_array_mut);
    for key in keys.into_iter().flatten().filter(|key| key.get("routing").is_none()) {
        if let Some(value) = key.get_mut("value") {
            hide(value, "[key]");
        }
    }
    data
}
