//! Turns the messages of an exchange into what a finding shows: artefacts opened, secrets masked.

use muster_journal::Redactor;
use muster_wire::Artefact;
use muster_wire::proposed::trust_request::TrustRequest;
use serde_json::{Value, json};

use crate::context::Context;
use crate::finding::Evidence;
use crate::recorded_answer::decoded;

/// Characters of one text a finding keeps; the journal has the rest.
const TEXT_MAX: usize = 2000;

/// Bytes of a body a finding repeats; an ordinary one has a few thousand.
const BODY_MAX: usize = 64 * 1024;

/// What stands for an ID token in every output.
const MASK: &str = "[id token]";

/// The evidence of an exchange.
#[must_use]
pub fn of(context: &Context<'_>, scenario: &str) -> Evidence {
    let (entry, exchange) = (context.entry, context.exchange());
    let http = context.message.http();
    let asked = &exchange.request.body.0;
    let is_classic = context.message.classic().is_some();
    Evidence {
        seq: entry.seq,
        exchange: exchange.id,
        journey: entry.journey,
        scenario: scenario.to_owned(),
        instance: entry.instance,
        udi: context.udi.cloned(),
        at_ms: entry.at_ms,
        endpoint: exchange.endpoint.clone(),
        url: exchange.url.clone(),
        request: if is_classic { classic(asked) } else { request(asked) },
        answer: http.map_or(Value::Null, |answer| {
            let body = &answer.message.body.0;
            if is_classic { classic(body) } else { shown(body) }
        }),
        http_status: http.map(|answer| answer.status),
    }
}

/// A request that cannot be read may hold a token anywhere, so only its length is shown.
fn request(body: &[u8]) -> Value {
    if body.is_empty() {
        return Value::Null;
    }
    if body.len() > BODY_MAX {
        return json!(format!("[{} bytes]", body.len()));
    }
    match serde_json::from_slice::<Value>(body) {
        Ok(mut value) => {
            open(&mut value);
            value
        }
        Err(_) if body.starts_with(b"<") => shown(body),
        Err(_) => json!(format!("[{} bytes that are no JSON]", body.len())),
    }
}

/// Texts within texts are opened, and secrets left out, by their codec.
fn classic(body: &[u8]) -> Value {
    if body.len() > BODY_MAX {
        return json!(format!("[{} bytes]", body.len()));
    }
    muster_wire::decoded_json(body)
}

fn shown(body: &[u8]) -> Value {
    if body.len() > BODY_MAX {
        return json!(format!("[{} bytes]", body.len()));
    }
    if let Ok(mut value) = serde_json::from_slice::<Value>(body) {
        open(&mut value);
        return value;
    }
    Value::String(masked(&String::from_utf8_lossy(body)))
}

/// Opens artefacts, masks tokens, cuts long texts. JSON from the wire nests at most 128 levels.
fn open(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(text) if name == "smart_license" => *member = opened(text),
                    Value::String(_) if name == "id_token" => *member = json!(MASK),
                    other => open(other),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(open),
        Value::String(text) => *text = masked(text),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn opened(smart_license: &str) -> Value {
    if smart_license.is_empty() {
        return json!("");
    }
    match Artefact::from_smart_license(smart_license) {
        Ok(Artefact::TrustRequest(request)) => trust_request(&request),
        Ok(_) => decoded(smart_license).map_or(Value::Null, |xml| json!(masked(&xml))),
        Err(error) => json!(format!("[{} characters: {error}]", smart_license.len())),
    }
}

fn trust_request(request: &TrustRequest) -> Value {
    let mut entries = serde_json::to_value(&request.entries).expect("plain values serialise");
    open(&mut entries);
    json!({ "smartLicenseTrustRequest": entries })
}

/// The text without what is a secret by its place, such as the content of an `id_token` element,
/// and cut to its limit.
fn masked(text: &str) -> String {
    cut(&String::from_utf8_lossy(&Redactor::default().body(text.as_bytes())))
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(TEXT_MAX) {
        Some((at, _)) => {
            format!("{}… [{} characters more]", &text[..at], text[at..].chars().count())
        }
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_masked_wherever_they_stand() {
        let xml = "<smartLicense><smartLicenseTrustRequest><data>[{&quot;sudi&quot;:{},\
                   &quot;trust_id&quot;:1,&quot;timestamp&quot;:1,&quot;id_token&quot;:&quot;s3cret\
                   &quot;,&quot;public_key&quot;:&quot;&quot;}]</data><signature/>\
                   </smartLicenseTrustRequest></smartLicense>";
        let body = json!({
            "license_data": [{ "smart_license": muster_wire::artefact::to_smart_license(xml) }],
            "nested": { "id_token": "s3cret" },
        });
        let shown = request(body.to_string().as_bytes()).to_string();
        assert!(shown.contains("smartLicenseTrustRequest"), "{shown}");
        assert_eq!(shown.matches(MASK).count(), 2, "{shown}");
        assert!(!shown.contains("s3cret"), "{shown}");
    }

    #[test]
    fn a_request_in_xml_is_shown_without_its_tokens() {
        let inner = muster_wire::artefact::to_smart_license("<a><id_token>s3cret</id_token></a>");
        let body = format!(
            "<r><sl:id_token kind='a'>s3cret</sl:id_token><idToken>s3cret</idToken>\
             <data>{{&quot;id_token&quot;:&quot;s3cret&quot;}}</data><b>{inner}</b><c>kept</c></r>"
        );
        for shown in
            [request(body.as_bytes()), request(json!({ "import": body }).to_string().as_bytes())]
        {
            let shown = shown.to_string();
            assert_eq!(shown.matches(MASK).count(), 3, "{shown}");
            assert!(!shown.contains("s3cret") && !shown.contains(&inner), "{shown}");
            assert!(shown.contains("kept"), "{shown}");
        }
    }

    #[test]
    fn unreadable_requests_are_not_repeated() {
        let shown = request(b"{\"id_token\":\"s3cret\"").to_string();
        assert!(!shown.contains("s3cret"), "{shown}");
    }
}
