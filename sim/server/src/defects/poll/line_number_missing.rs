//! Leaves the numbers of the lines out of an answer.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::answer("RUM-030", |_, answer| {
    for line in &mut answer.license_data {
        line.request_line_id = None;
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    hello(server, RECEIVER)["license_data"][0]["request_line_id"] == 7
}
