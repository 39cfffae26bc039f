//! Says that an instance is authorized although more is in use than was purchased.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("AUTH-009");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    let t = tag("X");
    hold(server, "Default", &t, 1);
    registered(server).state(server, &[(&t, 2)]) == "OUT_OF_COMPLIANCE"
}
