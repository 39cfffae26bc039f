//! Answers Call Home messages without an envelope around the licensing message.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("TRANS-002");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    call_home_heartbeat(server).starts_with("<?xml")
}
