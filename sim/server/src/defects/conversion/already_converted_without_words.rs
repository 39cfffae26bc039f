//! Refuses a second conversion without the documented words.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::classic_data("DLC-046", |data| {
    if let muster_wire::classic::AnswerData::Conversion(data) = data {
        data.detail.clear();
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    let (mut instance, _) = converted(server);
    let again = conversion(&convert(server, &mut instance));
    again.is_some_and(|data| data.detail == "License Already Converted")
}
