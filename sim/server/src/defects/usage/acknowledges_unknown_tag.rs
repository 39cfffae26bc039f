//! Acknowledges a report for a licence it does not know.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("RUM-022");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    let mut instance = trusted(server);
    let tag = LICENCE.replace("MUSTER", "UNKNOWN");
    let report = instance.report(1, &instance.payload(1, &tag, 1));
    let body = instance.usage_body(vec![report]);
    let acknowledgement = acknowledged_usage(server, &mut instance, RECEIVER, &body);
    acknowledgement.is_some_and(|ack| ack.data.acks[0].status == "REJECTED")
}
