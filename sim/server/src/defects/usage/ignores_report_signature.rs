//! Does not verify the signature of a report.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("RUM-060");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    let mut instance = trusted(server);
    let mut report = instance.report(1, &instance.payload(1, LICENCE, 2));
    report.payload = report.payload.replace("\"2\"", "\"1\"");
    let body = instance.usage_body(vec![report]);
    !is_taken(&ask(server, RECEIVER, &body))
}
