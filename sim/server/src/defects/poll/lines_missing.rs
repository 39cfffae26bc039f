//! Leaves license_data out of an answer.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::answer("RUM-030", |_, answer| answer.license_data.clear());

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    hello(server, RECEIVER)["license_data"].is_array()
}
