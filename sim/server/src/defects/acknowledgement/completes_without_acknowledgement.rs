//! Answers an early poll with COMPLETE and no acknowledgement.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("RUM-039");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    let mut instance = trusted(server);
    let body = instance.simple_usage(1, 1);
    let answer = ask(server, CSLU, &body);
    let early = fetched(server, &mut instance, CSLU, &answer);
    early["license_data"][0]["status"] == "OK_POLL"
}
