//! Goes on counting subscription licences that have ended.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("AUTH-010");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    let t = tag("X");
    let lot = json!({
        "kind": "term", "quantity": 5, "starts_at_ms": 0, "ends_at_ms": START_MS + DAY_MS,
    });
    let held = json!({ "virtual_account": "Default", "tag": t, "lots": [lot] });
    control(server, "PUT", "entitlements", &held);
    server.advance_clock(2 * DAY_MS);
    registered_now(server).state(server, &[(&t, 1)]) == "OUT_OF_COMPLIANCE"
}
