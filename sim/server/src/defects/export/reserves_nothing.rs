//! Authorizes export-controlled licences without reserving them.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("EXP-025");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    let (mut instance, answer) = exported(server, 1);
    export_decided(server, &mut instance, &answer);
    held(server, "Default", &tag("X_HSEC"))["reserved"] == 1
}
