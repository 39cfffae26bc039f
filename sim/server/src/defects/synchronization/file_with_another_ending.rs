//! Gives synchronization files another ending than .yml.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::http("SYNC-024", |call, answer| {
    if call.path == "/muster/control/synchronization-files" && call.method == "POST" {
        crate::defects::api::edit(answer, |file| {
            let name = file["file_name"].as_str().unwrap_or_default().replace(".yml", ".txt");
            file["file_name"] = name.into();
        });
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::synchronization::*;
    file(server)["file_name"].as_str().is_some_and(|name| name.ends_with(".yml"))
}
