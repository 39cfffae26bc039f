//! Gives the lines of an answer other numbers than the request did.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::answer("RUM-030", |_, answer| {
    for line in &mut answer.license_data {
        line.request_line_id = line.request_line_id.map(|id| id.wrapping_add(1));
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    hello(server, RECEIVER)["license_data"][0]["request_line_id"] == 7
}
