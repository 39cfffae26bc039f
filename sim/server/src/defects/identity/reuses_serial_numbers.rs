//! Issues every ID certificate of an instance under the same serial number.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("IDC-010");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    let mut instance = Instance::new(1);
    let first = certificate(&instance.registers(server, "valid").id_cert).unwrap();
    let second = registered_again(server, &mut instance);
    second.serial() != first.serial()
}
