//! Gives out authorization codes at an On-Prem without a synchronization.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("SLAC-001");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    let mut instance = trusted(server);
    let body = code_request(&mut instance, HSEC, 1);
    let answer = ask(server, CSLU, &body);
    let early = fetched(server, &mut instance, CSLU, &answer);
    early["license_data"][0]["status"] == "OK_POLL"
}
