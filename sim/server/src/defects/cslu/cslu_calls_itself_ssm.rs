//! Calls itself SSM at a CSLU tenant.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::answer("RUM-034", |asked, answer| {
    if let (Some(_), Some(sender)) = (asked.endpoint.tenant(), &mut answer.sender_info) {
        sender.connect_info.name = muster_wire::transport::smart::SSM_NAME.into();
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    hello(server, CSLU)["sender_info"]["connect_info"]["name"] == "CSLU_V1"
}
