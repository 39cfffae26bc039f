//! Refuses export-controlled licences without saying why.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::classic_data("EXP-035", |data| {
    if let muster_wire::classic::AnswerData::ExportAuthorization(data) = data {
        for one in &mut data.authorizations {
            one.message = None;
        }
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    hold(server, "Default", &tag("X_HSEC"), 1);
    let (mut instance, answer) = exported(server, 2);
    let decided = export_decided(server, &mut instance, &answer);
    decided.is_some_and(|decided| decided.authorizations[0].message.is_some())
}
