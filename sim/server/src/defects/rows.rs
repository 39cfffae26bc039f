//! Lists in JSON answers, for deviations that change every row.

use serde_json::Value;

use super::change::Call;
use crate::message::{Listener, ServerAnswer};

/// Changes every row of a list of the control API; `resource` names it in path and answer.
pub(crate) fn alter(
    call: &Call<'_>,
    answer: &mut ServerAnswer,
    resource: &str,
    change: fn(&mut Value),
) {
    let asked = call.path.strip_prefix("/muster/control/");
    if call.listener != Listener::Admin || call.method != "GET" || asked != Some(resource) {
        return;
    }
    let Ok(mut document) = serde_json::from_slice::<Value>(&answer.body) else { return };
    for row in document[resource].as_array_mut().into_iter().flatten() {
        change(row);
    }
    answer.body = document.to_string().into_bytes();
}
