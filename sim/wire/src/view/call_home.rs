//! XML bodies: a Call Home message with its licensing data opened, a fault, an artefact.

use serde_json::{Value, json};

use super::{opened as opened_message, undecodable};
use crate::Artefact;
use crate::transport::callhome::{CallHome, CallHomeMessage};

/// What every artefact's root begins with.
const ARTEFACTS: [&str; 2] = ["<smartLicense", "<specificPLR"];

/// The view of an XML body; none when it is neither a Call Home document nor a known artefact.
pub(super) fn opened(text: &str) -> Option<Value> {
    let text = text.trim_start();
    if !text.starts_with('<') {
        return None;
    }
    match CallHome::decode(text.as_bytes()) {
        Ok(CallHome::Message(message)) => return Some(view(&message)),
        Ok(CallHome::Fault(fault)) => {
            let (code, reason) = (fault.code.as_str(), &fault.reason);
            return Some(json!({"kind": "soap_fault", "code": code, "reason": reason}));
        }
        // An envelope that is damaged says how; other documents are no envelope.
        Err(error) if text.contains("Envelope") => return Some(undecodable(&error, text.len())),
        Err(_) => {}
    }
    let is_ours = ARTEFACTS.iter().any(|front| text.contains(front));
    match Artefact::decode(text.as_bytes()) {
        Err(error) if is_ours => Some(undecodable(&error, text.len())),
        Ok(Artefact::Unknown { .. }) | Err(_) => None,
        Ok(artefact) => Some(artefact.to_json()),
    }
}

fn view(message: &CallHomeMessage) -> Value {
    let data = match message.licensing_text() {
        // Data is JSON: an attachment that holds a document again is not opened once more.
        Ok(text) if text.trim_start().starts_with('<') => json!({"bytes": text.len()}),
        Ok(text) => opened_message(text).unwrap_or_else(|error| undecodable(&error, text.len())),
        Err(error) => undecodable(&error, 0),
    };
    json!({
        "kind": "call_home",
        "to": message.to,
        "from": message.from,
        "message_id": message.message_id,
        "type": message.block_type,
        "creation_date": message.creation_date,
        "device_id": message.content.as_ref().map(|content| &content.device_id),
        "data": data,
    })
}
