//! Defers with a poll id that is no number.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::answer("RUM-031", |_, answer| {
    for line in &mut answer.license_data {
        if let Some(poll_id) = line.poll_id.take() {
            line.extra.insert("poll_id".to_owned(), format!("poll-{poll_id}").into());
        }
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    taken(server, RECEIVER)["license_data"][0]["poll_id"].is_u64()
}
