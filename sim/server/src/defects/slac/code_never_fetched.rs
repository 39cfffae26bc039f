//! Answers every poll for an authorization code with OK_POLL.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::answer("RUM-081", |asked, answer| {
    let asked_for = asked.request.license_data.iter().find_map(|line| line.poll_id);
    for line in answer.license_data.iter_mut().filter(|_| asked_for.is_some()) {
        if matches!(line.artefact(), Some(Ok(muster_wire::Artefact::Authorization(_)))) {
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
    code(server, HSEC).is_some()
}
