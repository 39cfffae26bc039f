//! Takes usage of an instance whose trust is missing or invalid.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("TRUST-014");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    let body = Instance::new(1).simple_usage(1, 1);
    !is_taken(&ask(server, RECEIVER, &body))
}
