//! Refuses conversions also where an administrator enabled them.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("DLC-047");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    let answer = converted(server).1;
    answer.is_some_and(|data| data.conversion_status.as_str() == "MIGRATE_SUCCESS")
}
