//! Rejects a report for a licence it knows.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::acknowledgement_data("RUM-077", |data| {
    for report in &mut data.acks {
        report.status = "REJECTED".to_owned();
        report.message = "the licence tag is not known".to_owned();
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    acknowledged(server, RECEIVER).is_some_and(|ack| ack.data.acks[0].status == "ACKED")
}
