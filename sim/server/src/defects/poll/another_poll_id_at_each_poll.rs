//! Gives a deferred result another poll id each time it is asked for.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::answer("RUM-078", |asked, answer| {
    let polls = asked.request.license_data.iter().any(|line| line.poll_id.is_some());
    for line in answer.license_data.iter_mut().filter(|_| polls) {
        line.poll_id = line.poll_id.map(|id| muster_wire::PollId(id.0.wrapping_add(1)));
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    let mut instance = trusted(server);
    let body = instance.simple_usage(1, 1);
    let answer = ask(server, CSLU, &body);
    let early = fetched(server, &mut instance, CSLU, &answer);
    early["license_data"][0]["poll_id"] == answer["license_data"][0]["poll_id"]
}
