//! Counts a licence twice once the standby has taken over.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("AHA-009");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    use ApplicationRole::{Active, Standby};
    let ([mut a, mut b], [of_a, of_b]) = pair(server, [Active, Standby]);
    for (instance, used) in [(&mut a, of_a), (&mut b, of_b)] {
        let data = instance.entitlement(vec![used]);
        instance.ask(server, &data);
    }
    let taken_over = shared_use(&[a, b.clone()], &[Standby, Active], 1);
    let data = b.entitlement(vec![taken_over]);
    b.ask(server, &data);
    held(server, "Default", &tag("X"))["in_use"] == 1
}
