//! Sends the documents of the admin API as text.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::http("API-001", |call, answer| {
    if call.path.contains("/api/v1/") {
        for (name, value) in &mut answer.headers {
            if name == "content-type" {
                *value = "text/plain".to_owned();
            }
        }
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::api::*;
    let answer = send(server, "GET", ACCOUNTS, &[], &Value::Null);
    answer.headers.contains(&("content-type".to_owned(), "application/json".to_owned()))
}
