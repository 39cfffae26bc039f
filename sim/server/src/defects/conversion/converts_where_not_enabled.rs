//! Converts licences in a virtual account that may not convert.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("DLC-007");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    let mut instance = Instance::new(1);
    instance.registers(server, "other_account");
    let answer = conversion(&convert(server, &mut instance));
    answer.is_some_and(|data| data.conversion_status.as_str() == "MIGRATE_FAILED")
}
