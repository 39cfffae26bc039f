//! Says that export-controlled functions are not allowed whatever the token says.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::classic_data("EXP-036", |data| {
    if let muster_wire::classic::AnswerData::Registration(data) = data {
        data.export_control_allowed = false;
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    Instance::new(1).registers(server, "valid").export_control_allowed
}
