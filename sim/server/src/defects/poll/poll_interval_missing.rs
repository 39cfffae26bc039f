//! Defers without saying for how long.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::answer("RUM-031", |_, answer| {
    for line in &mut answer.license_data {
        line.poll_interval = None;
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    taken(server, RECEIVER)["license_data"][0]["poll_interval"].is_u64()
}
