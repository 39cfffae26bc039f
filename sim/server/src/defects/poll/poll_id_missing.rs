//! Defers without a poll id.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::answer("RUM-031", |_, answer| {
    for line in &mut answer.license_data {
        line.poll_id = None;
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    taken(server, RECEIVER)["license_data"][0]["poll_id"].is_u64()
}
