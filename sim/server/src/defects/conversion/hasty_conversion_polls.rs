//! Lets an instance poll for its conversion every minute.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("DLC-013");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    let mut instance = registered(server);
    interval(&convert(server, &mut instance)) == Some(3600)
}
