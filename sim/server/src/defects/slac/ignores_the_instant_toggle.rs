//! Waits for the synchronization although requests are to go to CSSM at once.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("SLAC-010");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    put_settings(server, &json!({ "instant_authorization": true }));
    let mut instance = trusted(server);
    let body = code_request(&mut instance, HSEC, 1);
    let answer = ask(server, CSLU, &body);
    let early = fetched(server, &mut instance, CSLU, &answer);
    early["license_data"][0]["status"] == "COMPLETE"
}
