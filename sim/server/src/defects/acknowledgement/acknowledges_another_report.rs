//! Acknowledges reports under other ids than they came with.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::acknowledgement_data("RUM-076", |data| {
    for report in &mut data.acks {
        report.report_id.0 = report.report_id.0.wrapping_add(1);
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    acknowledged(server, RECEIVER).is_some_and(|ack| ack.data.acks[0].report_id.0 == 1)
}
