//! Converts the licences of an instance again.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("DLC-004");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    let (mut instance, _) = converted(server);
    let again = conversion(&convert(server, &mut instance));
    again.is_some_and(|data| data.conversion_status.as_str() == "ALREADY_CONVERTED")
}
