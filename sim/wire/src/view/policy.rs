//! Smart Transport bodies: every `smart_license` is opened.

use serde_json::Value;

use super::open_text;
use crate::Artefact;

/// Opens the lines of a message, when it has any.
pub(super) fn open(message: &mut Value) {
    let lines = message.get_mut("license_data").and_then(Value::as_array_mut);
    for line in lines.into_iter().flatten() {
        if let Some(license) = line.get_mut("smart_license") {
            open_text(license, |text| Artefact::from_smart_license(text).map(|one| one.to_json()));
        }
    }
}
