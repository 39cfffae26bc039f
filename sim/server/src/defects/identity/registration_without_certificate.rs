//! Registers an instance without giving it an ID certificate.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::classic_data("IDC-001", |data| {
    if let muster_wire::classic::AnswerData::Registration(data) = data {
        data.id_cert.clear();
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    certificate(&Instance::new(1).registers(server, "valid").id_cert).is_some()
}
