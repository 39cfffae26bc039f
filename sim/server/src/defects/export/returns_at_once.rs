//! Takes export-controlled licences back without a word from CSSM.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("EXP-017");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    let (mut instance, answer) = exported(server, 1);
    export_decided(server, &mut instance, &answer);
    let data = instance.export(ExportAction::Return, &[(&tag("X_HSEC"), 1)]);
    instance.ask(server, &data).status == ClassicStatus::OkPoll
}
