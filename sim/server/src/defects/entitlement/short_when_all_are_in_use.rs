//! Says that licences are short when exactly as many are in use as were purchased.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("AUTH-001");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    let t = tag("X");
    hold(server, "Default", &t, 2);
    registered(server).state(server, &[(&t, 2)]) == "AUTHORIZED"
}
