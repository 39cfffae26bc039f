//! Makes acknowledgements out to another product instance.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::acknowledgement_data("RUM-075", |data| {
    data.sudi.udi_serial_number.push('X');
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    acknowledged(server, RECEIVER).is_some_and(|ack| ack.data.sudi.udi() == Instance::new(1).udi)
}
