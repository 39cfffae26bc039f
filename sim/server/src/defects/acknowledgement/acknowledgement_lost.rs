//! Answers a poll with COMPLETE and an empty artefact.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::answer("RUM-039", |_, answer| {
    for line in &mut answer.license_data {
        if matches!(line.artefact(), Some(Ok(muster_wire::Artefact::Acknowledgement(_)))) {
            line.smart_license = Some(String::new());
        }
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    acknowledged(server, RECEIVER).is_some()
}
