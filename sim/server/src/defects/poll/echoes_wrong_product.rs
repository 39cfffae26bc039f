//! Changes the product id it repeats.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::answer("RUM-033", |_, answer| {
    if let Some(sender) = &mut answer.sender_info {
        sender.sudi.udi_pid.push('X');
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    hello(server, CSLU)["sender_info"]["sudi"] == Instance::new(1).sudi()
}
