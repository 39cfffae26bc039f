//! Says that export-controlled functions are allowed whatever the token says.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::classic_data("EXP-029", |data| {
    if let muster_wire::classic::AnswerData::Registration(data) = data {
        data.export_control_allowed = true;
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    !Instance::new(1).registers(server, "export_not_allowed").export_control_allowed
}
