//! Acknowledges reports for another licence than they are about.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::acknowledgement_data("RUM-076", |data| {
    for report in &mut data.acks {
        let other = report.entitlement_tag.as_str().replacen("regid.", "regid.x", 1);
        report.entitlement_tag = muster_wire::EntitlementTag::from(other);
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    let acknowledgement = acknowledged(server, RECEIVER);
    acknowledgement.is_some_and(|ack| ack.data.acks[0].entitlement_tag.as_str() == LICENCE)
}
