//! Lets tokens allow export-controlled functions although the account may not.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("EXP-037");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    let change = json!({ "virtual_account": "Default", "export_allowed": false });
    control(server, "PUT", "accounts", &change);
    !Instance::new(1).registers(server, "valid").export_control_allowed
}
