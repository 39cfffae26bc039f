//! Leaves the issuing authority out of the certificates of a registration.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::classic_data("IDC-022", |data| {
    if let muster_wire::classic::AnswerData::Registration(data) = data {
        data.sub_ca_cert.clear();
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    certificate(&Instance::new(1).registers(server, "valid").sub_ca_cert).is_some()
}
