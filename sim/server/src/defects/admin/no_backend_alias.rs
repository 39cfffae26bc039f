//! Does not answer under the path of newer releases.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::http("API-058", |call, answer| {
    if call.path.starts_with("/backend/") {
        *answer = crate::message::ServerAnswer::not_found();
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::api::*;
    let path = format!("/backend{ACCOUNTS}");
    call(server, "GET", &path, Value::Null).0 == 200
}
