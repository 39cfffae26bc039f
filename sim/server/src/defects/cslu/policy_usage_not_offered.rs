//! Leaves POLICY_USAGE out of what it offers.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::answer("RUM-034", |_, answer| {
    if let Some(sender) = &mut answer.sender_info {
        let offered = &mut sender.connect_info.capabilities;
        *offered = offered.without("POLICY_USAGE");
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    let answer = hello(server, CSLU);
    let offered = &answer["sender_info"]["connect_info"]["capabilities"];
    offered.as_array().is_some_and(|list| list.iter().any(|one| one == "POLICY_USAGE"))
}
