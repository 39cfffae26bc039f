//! Says out of compliance to every instance.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::classic_data("AUTH-011", |data| {
    if let muster_wire::classic::AnswerData::Entitlement(data) = data {
        data.authorization_state = muster_wire::classic::AuthorizationState::OutOfCompliance;
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    registered(server).state(server, &[(&tag("X"), 1)]) == "AUTHORIZED"
}
