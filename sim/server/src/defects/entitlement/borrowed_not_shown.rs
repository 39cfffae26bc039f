//! Shows no borrowed licences where a higher tier stands in.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::http("LIC-011", |call, answer| {
    crate::defects::rows::alter(call, answer, "entitlements", |row| {
        row["borrowed"] = 0.into();
    })
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    let (lower, higher) = (tag("T_ESS"), tag("T_ADV"));
    hold(server, "Default", &lower, 0);
    hold(server, "Default", &higher, 2);
    registered(server).authorized(server, &[(&lower, 1)]);
    held(server, "Default", &lower)["borrowed"] == 1
}
