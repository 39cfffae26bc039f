//! Answers conversions of instances it does not know with success.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::classic_data("DLC-011", |data| {
    use muster_wire::classic::proposed::conversion::ConversionStatus;
    if let muster_wire::classic::AnswerData::Conversion(data) = data
        && data.conversion_status == ConversionStatus::AgentNotRegistered
    {
        data.conversion_status = ConversionStatus::MigrateSuccess;
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::classic::*;
    let mut stranger = Instance::new(1);
    let answer = conversion(&convert(server, &mut stranger));
    answer.is_some_and(|data| data.conversion_status.as_str() == "AGENT_NOT_REGISTERED")
}
