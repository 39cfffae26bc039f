//! Goes on reserving export-controlled licences that were returned.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("EXP-032");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    let (mut instance, answer) = exported(server, 1);
    export_decided(server, &mut instance, &answer);
    let data = instance.export(ExportAction::Return, &[(&tag("X_HSEC"), 1)]);
    let answer = instance.ask(server, &data);
    export_decided(server, &mut instance, &answer);
    let row = held(server, "Default", &tag("X_HSEC"));
    row["reserved"].as_u64().unwrap_or_default() == 0
}
