//! Says that export-controlled licences were authorized and gives no code.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::classic_data("EXP-034", |data| {
    if let muster_wire::classic::AnswerData::ExportAuthorization(data) = data {
        for one in &mut data.authorizations {
            one.smart_license = None;
        }
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    let (mut instance, answer) = exported(server, 1);
    let decided = export_decided(server, &mut instance, &answer);
    decided.is_some_and(|decided| decided.authorizations[0].smart_license.is_some())
}
