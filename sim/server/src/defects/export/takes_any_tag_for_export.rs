//! Takes export requests for licences that are not export-controlled.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("EXP-033");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    let mut instance = registered(server);
    let data = instance.export(ExportAction::Request, &[(&tag("X"), 1)]);
    instance.ask(server, &data).status == ClassicStatus::Failed
}
