//! Gives every instance exactly one day.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::answer("RUM-032", |_, answer| {
    for line in &mut answer.license_data {
        line.poll_interval = line.poll_interval.map(|_| crate::derivation::DAY_S);
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    let mut instance = trusted(server);
    let intervals = [1, 2, 3].map(|report| {
        let body = instance.simple_usage(1, report);
        ask(server, RECEIVER, &body)["license_data"][0]["poll_interval"].as_u64().unwrap()
    });
    intervals.iter().any(|interval| *interval != intervals[0])
}
