//! Gives an instance the signing certificate in place of its own.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::classic_data("IDC-001", |data| {
    if let muster_wire::classic::AnswerData::Registration(data) = data {
        data.id_cert.clone_from(&data.signing_cert);
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    let data = Instance::new(1).registers(server, "valid");
    data.id_cert != data.signing_cert
}
