//! Issues ID certificates that are valid for two years.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("IDC-003");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    let issued = certificate(&Instance::new(1).registers(server, "valid").id_cert).unwrap();
    issued.not_after_ms() - issued.not_before_ms() == 365 * DAY_MS
}
