//! Shows every licence as In Compliance, also one that is short.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::http("LIC-015", |call, answer| {
    crate::defects::rows::alter(call, answer, "entitlements", |row| {
        row["status"] = "In Compliance".into();
    })
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    let t = tag("X");
    hold(server, "Default", &t, 0);
    registered(server).authorized(server, &[(&t, 1)]);
    held(server, "Default", &t)["status"] == "Out Of Compliance"
}
