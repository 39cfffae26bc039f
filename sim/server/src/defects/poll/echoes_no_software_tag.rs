//! Leaves the software tag it repeats empty.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::answer("RUM-033", |_, answer| {
    if let Some(sender) = &mut answer.sender_info {
        sender.software_tag_identifier = muster_wire::SoftwareTag::new("");
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    hello(server, CSLU)["sender_info"]["software_tag_identifier"] != ""
}
