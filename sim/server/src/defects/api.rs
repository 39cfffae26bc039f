//! Answers of the admin API, for deviations that change them.

use serde_json::Value;

use super::change::Call;
use crate::message::{Listener, ServerAnswer};

/// Whether a call of the admin API, by method and how its path ends.
pub(crate) fn is(call: &Call<'_>, method: &str, end: &str) -> bool {
    call.listener == Listener::Admin
        && call.method == method
        && call.path.contains("/api/v1/accounts/")
        && call.path.ends_with(end)
}

/// Changes the document of an answer, if it is one.
pub(crate) fn edit(answer: &mut ServerAnswer, change: impl FnOnce(&mut Value)) {
    let Ok(mut document) = serde_json::from_slice::<Value>(&answer.body) else { return };
    if document.is_object() {
        change(&mut document);
        answer.body = document.to_string().into_bytes();
    }
}

/// Changes every row of a list in the document of an answer.
pub(crate) fn edit_rows(answer: &mut ServerAnswer, list: &str, change: impl Fn(&mut Value)) {
    edit(answer, |document| {
        let rows = document.get_mut(list).and_then(Value::as_array_mut);
        for row in rows.into_iter().flatten().filter(|row| row.is_object()) {
            change(row);
        }
    });
}

/// Takes a member out of an object.
pub(crate) fn take(row: &mut Value, member: &str) -> Option<Value> {
    row.as_object_mut()?.remove(member)
}
