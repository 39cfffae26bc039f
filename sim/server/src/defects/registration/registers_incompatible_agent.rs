//! Registers an old agent before the certificate for it is there.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("CERT-014");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    let mut old = Instance { capabilities: Vec::new(), ..Instance::new(1) };
    old.register(server, "valid", false).status != ClassicStatus::Complete
}
