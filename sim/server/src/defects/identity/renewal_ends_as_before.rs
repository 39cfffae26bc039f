//! Renews an ID certificate without extending it.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("IDC-007");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    let mut instance = Instance::new(1);
    let first = certificate(&instance.registers(server, "valid").id_cert).unwrap();
    server.advance_clock(10 * DAY_MS);
    let answer = renew(server, &mut instance);
    let Ok(AnswerData::IdCertificateRenewal(data)) = answer.data() else { return false };
    certificate(&data.id_cert).is_some_and(|now| now.not_after_ms() > first.not_after_ms())
}
