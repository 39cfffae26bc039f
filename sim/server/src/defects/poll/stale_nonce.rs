//! Answers with a nonce of its own instead of the request's.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::answer("RUM-035", |asked, answer| {
    if let Some(sender) = &mut answer.sender_info {
        sender.nonce = muster_wire::Nonce::from(asked.digest.number().to_string());
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    let lines = json!([{ "request_type": "HELLO", "request_line_id": 1 }]);
    let answer = ask(server, CSLU, &Instance::new(1).body_with_nonce("4711", lines));
    answer["sender_info"]["nonce"] == "4711"
}
