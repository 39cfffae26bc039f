//! Says that a licence is short although a higher tier could stand in for it.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("AUTH-012");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    let (lower, higher) = (tag("T_ESS"), tag("T_ADV"));
    hold(server, "Default", &lower, 0);
    hold(server, "Default", &higher, 1);
    registered(server).state(server, &[(&lower, 1)]) == "AUTHORIZED"
}
