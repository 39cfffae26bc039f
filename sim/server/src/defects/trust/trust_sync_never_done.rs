//! Answers every poll for a trust code with OK_POLL.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::answer("RUM-081", |asked, answer| {
    for line in &mut answer.license_data {
        let asked_for = asked.request.license_data.iter().find_map(|line| line.poll_id);
        let is_trust = matches!(line.artefact(), Some(Ok(muster_wire::Artefact::Trust(_))));
        if asked_for.is_some() && is_trust {
            line.status = muster_wire::LineStatus::OkPoll;
            line.poll_id = asked_for;
            line.poll_interval = Some(300);
            line.smart_license = None;
        }
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    let mut instance = Instance::new(1);
    let body = instance.trust_body(1, None);
    let answer = ask(server, CSLU, &body);
    server.advance_clock(3_600_000);
    let line = &fetched(server, &mut instance, CSLU, &answer)["license_data"][0];
    line["status"] == "COMPLETE"
}
