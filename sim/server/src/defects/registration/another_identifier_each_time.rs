//! Gives an instance another identifier each time it registers.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("REG-041");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    let mut instance = Instance::new(1);
    let first = instance.registers(server, "valid").product_instance_identifier;
    instance.register(server, "valid", true);
    instance.identifier == Some(first)
}
