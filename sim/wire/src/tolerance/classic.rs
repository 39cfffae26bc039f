//! Repairs on classic messages: texts shown as objects, a message inside a line of a log.

use serde_json::Value;

/// What stands before a message in a log line.
const LOGGED: &str = "Attachment_Data = ";

/// Texts within texts that a page may show as objects, outermost first.
const TEXTS: [(&str, &str); 2] = [("request", "request_data"), ("response", "response_data")];

/// Every expanded text as the string it is; none when there is none.
pub(super) fn with_texts_as_strings(text: &str) -> Option<String> {
    let mut message: Value = serde_json::from_str(text).ok()?;
    let mut changed = false;
    for (outer, inner) in TEXTS {
        let Some(body) = message.get_mut(outer) else { continue };
        if let Some(data) = body.get_mut(inner) {
            changed |= collapse(data);
        }
        changed |= collapse(body);
    }
    changed.then(|| message.to_string())
}

fn collapse(value: &mut Value) -> bool {
    let expanded = value.is_object();
    if expanded {
        *value = Value::String(value.to_string());
    }
    expanded
}

/// The message of a log line, up to its last brace; none when there is none.
pub(super) fn logged_message(text: &str) -> Option<String> {
    let (_, message) = text.split_once(LOGGED)?;
    let end = message.rfind('}')?;
    message.starts_with('{').then(|| message[..=end].to_owned())
}
