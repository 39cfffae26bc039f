//! Makes authorization codes out to another product instance.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::authorization("SLAC-004", |answer| answer.udi.push('X'));

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    code(server, HSEC).is_some_and(|code| code.udi == Instance::new(1).udi.to_string())
}
