//! Names another virtual account in its answer than the instance registered in.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::classic_data("TOK-018", |data| {
    if let muster_wire::classic::AnswerData::Registration(data) = data {
        data.virtual_account.push_str(" 2");
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    Instance::new(1).registers(server, "valid").virtual_account == "Default"
}
