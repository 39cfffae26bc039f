//! Answers every poll for an acknowledgement with OK_POLL.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::answer("RUM-081", |asked, answer| {
    let asked_for = asked.request.license_data.iter().find_map(|line| line.poll_id);
    for line in answer.license_data.iter_mut().filter(|_| asked_for.is_some()) {
        let is_acknowledgement =
            matches!(line.artefact(), Some(Ok(muster_wire::Artefact::Acknowledgement(_))));
        if is_acknowledgement {
            line.status = muster_wire::LineStatus::OkPoll;
            line.poll_id = asked_for;
            line.poll_interval = Some(crate::derivation::DAY_S);
            line.smart_license = None;
        }
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    let mut instance = trusted(server);
    let body = instance.simple_usage(1, 1);
    let answer = ask(server, RECEIVER, &body);
    fetched(server, &mut instance, RECEIVER, &answer)["license_data"][0]["status"] == "COMPLETE"
}
