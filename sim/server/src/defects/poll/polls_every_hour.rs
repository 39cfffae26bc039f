//! Has every deferred result polled for after an hour.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::answer("RUM-032", |_, answer| {
    for line in &mut answer.license_data {
        line.poll_interval = line.poll_interval.map(|seconds| seconds / 24);
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    taken(server, RECEIVER)["license_data"][0]["poll_interval"].as_u64().unwrap() > 80_000
}
