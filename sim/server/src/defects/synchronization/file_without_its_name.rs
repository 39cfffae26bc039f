//! Leaves the name of the On-Prem out of the names of synchronization files.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::http("SYNC-025", |call, answer| {
    if call.path == "/muster/control/synchronization-files" && call.method == "POST" {
        crate::defects::api::edit(answer, |file| file["file_name"] = "synchronization.yml".into());
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::synchronization::*;
    file(server)["file_name"] != "synchronization.yml"
}
