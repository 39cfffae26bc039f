//! Serves ID_TOKEN_TRUST at an On-Prem URL.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("RUM-046");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    let body = Instance::new(1).trust_body(1, token("valid"));
    post(server, CSLU, &body).status == 404
}
