//! Says that a conversion succeeded and deposits no licences.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("DLC-001");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    let t = tag("X");
    hold(server, "Default", &t, 0);
    converted(server);
    held(server, "Default", &t)["purchased"] == 1
}
