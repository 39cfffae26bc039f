//! Bodies of the service on a product instance: collected reports, imports.

use serde_json::{Value, json};

use super::artefact::report;
use crate::Artefact;
use crate::rum_report::RumReport;
use crate::transport::instance_service::imported_file;

/// Opens collected reports and a wrapped import, when the message is one of them.
pub(super) fn open(message: &mut Value) {
    let reports = message.get_mut("usage").and_then(Value::as_array_mut);
    for one in reports.into_iter().flatten() {
        if let Ok(decoded) = serde_json::from_value::<RumReport>(one.clone()) {
            *one = report(&decoded);
        }
    }
    // An answer to an import says `"import":"success"`: only what is an artefact is opened.
    if message["import"].is_string()
        && let Some(artefact) = imported(&message.to_string())
    {
        message["import"] = artefact;
    }
}

/// The view of the body of an import; none when it holds no artefact.
pub(super) fn imported(text: &str) -> Option<Value> {
    let file = imported_file(text.as_bytes()).ok()?;
    match Artefact::decode(&file) {
        Ok(Artefact::Unknown { root }) if !text.starts_with('<') => {
            Some(json!({"kind": "unknown", "root": root}))
        }
        Ok(Artefact::Unknown { .. }) | Err(_) => None,
        Ok(artefact) => Some(artefact.to_json()),
    }
}
