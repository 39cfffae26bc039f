//! Shows as available what was lent to lower tiers.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::http("LIC-014", |call, answer| {
    crate::defects::rows::alter(call, answer, "entitlements", |row| {
        let number = |name: &str| row[name].as_i64().unwrap_or_default();
        row["available"] = (number("available") + number("lent")).into();
    })
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    let (lower, higher) = (tag("T_ESS"), tag("T_ADV"));
    hold(server, "Default", &lower, 0);
    hold(server, "Default", &higher, 2);
    registered(server).authorized(server, &[(&lower, 1)]);
    held(server, "Default", &higher)["available"] == 1
}
