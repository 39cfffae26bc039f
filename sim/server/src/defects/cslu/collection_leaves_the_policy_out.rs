//! Acknowledges collected reports without the policy the instance lacks.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("POL-002");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    let instance = trusted(server);
    let offer = vec![instance.report(1, &instance.payload(1, LICENCE, 2))];
    let collected = server.0.collect(offer);
    collected.is_ok_and(|collected| collected.import.is_some_and(|import| import.policy))
}
