//! Takes access tokens also after their hour.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("SEC-006");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::api::*;
    let token = granted(server)["access_token"].as_str().unwrap_or_default().to_owned();
    let headers = [("authorization".to_owned(), format!("Bearer {token}"))];
    server.advance_clock(2 * 3_600_000);
    send(server, "GET", ACCOUNTS, &headers, &Value::Null).status == 403
}
