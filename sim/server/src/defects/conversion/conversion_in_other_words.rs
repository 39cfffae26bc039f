//! Says DONE in place of the documented word for a conversion that succeeded.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::classic_data("DLC-017", |data| {
    use muster_wire::classic::proposed::conversion::ConversionStatus;
    if let muster_wire::classic::AnswerData::Conversion(data) = data
        && data.conversion_status == ConversionStatus::MigrateSuccess
    {
        data.conversion_status = ConversionStatus::from("DONE");
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    let answer = converted(server).1;
    answer.is_some_and(|data| data.conversion_status.as_str() == "MIGRATE_SUCCESS")
}
