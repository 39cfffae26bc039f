//! Leaves the signature of acknowledgements empty.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry =
    Entry::acknowledgement("RUM-074", |acknowledgement| acknowledgement.signature.clear());

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    acknowledged(server, RECEIVER).is_some_and(|ack| !ack.signature.is_empty())
}
