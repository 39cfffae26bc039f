//! Decides conversions at an On-Prem without a synchronization.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("DLC-015");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    let mut instance = registered(server);
    convert(server, &mut instance).status == ClassicStatus::OkPoll
}
