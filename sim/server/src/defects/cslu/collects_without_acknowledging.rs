//! Collects reports and gives the instance no acknowledgement.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("POL-023");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    let instance = trusted(server);
    let offer = vec![instance.report(1, &instance.payload(1, LICENCE, 2))];
    server.0.collect(offer).is_ok_and(|collected| collected.import.is_some())
}
