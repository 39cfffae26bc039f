//! Authorizes more export-controlled licences than the account holds.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("EXP-025");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    hold(server, "Default", &tag("X_HSEC"), 1);
    let (mut instance, answer) = exported(server, 2);
    let decided = export_decided(server, &mut instance, &answer);
    decided.is_some_and(|decided| decided.authorizations[0].smart_license.is_none())
}
