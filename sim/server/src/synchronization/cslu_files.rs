//! Usage that is carried to CSSM in a bundle, and the bundle of answers that comes back.
//!
//! Source: Obtaining a SLAC Response, steps 4 to 9 ("Export Usage to Cisco", "Import from Cisco").
//! Assumed: what is exported is what waits for a synchronization; a file is called after the poll
//! that waits, so that its answer is known again; an answer lets the poll have its result; with the
//! answers the trust codes are there that waited.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use muster_wire::PollId;
use muster_wire::artefact::Artefact;
use muster_wire::bundle::{
    ACKNOWLEDGED, Bundle, BundledArchive, BundledFile, Manifest, ManifestEntry, archive_name,
    bundle_name,
};
use muster_wire::limits::BUNDLED_FILES_MAX;
use serde::Deserialize;
use serde_json::json;

use crate::control::{good, wrong};
use crate::message::ServerAnswer;
use crate::server::Core;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExportOrder {
    local_account: String,
}

/// The bundle of an account: "Export Usage to Cisco".
pub(crate) fn export(core: &Core, body: &[u8]) -> ServerAnswer {
    let order: ExportOrder = match serde_json::from_slice(body) {
        Ok(order) => order,
        Err(error) => return wrong(400, &format!("not an export: {error}")),
    };
    let (now_ms, mut store) = (core.clock.now_ms(), core.store());
    store.settle(now_ms);
    let Some(account) = store.local_accounts.get(&order.local_account) else {
        return wrong(404, "there is no such local account");
    };
    let pair = account.registration.as_ref().map(|of| (of.pair.clone(), of.uid.clone()));
    let Some((pair, uid)) = pair else { return wrong(409, "the account is not registered") };
    let time_s = now_ms / 1000;
    let files = store.waiting_files(&order.local_account, time_s);
    drop(store);
    if files.is_empty() {
        return wrong(409, "nothing waits for CSSM");
    }
    let count = files.len();
    let name = archive_name(time_s);
    let entry = ManifestEntry {
        name: format!("/{name}"),
        virtual_account: pair.virtual_account,
        virtual_account_id: String::new(),
    };
    let manifest = Manifest {
        uuid: uid,
        smart_account: pair.smart_account,
        smart_account_id: String::new(),
        entries: vec![entry],
    };
    let archives = vec![BundledArchive { name, files }];
    match (Bundle { manifest: Some(manifest), archives }).encode(time_s) {
        Ok(bytes) => good(&json!({
            "file_name": bundle_name(time_s),
            "file": STANDARD.encode(bytes),
            "files": count,
        })),
        Err(error) => wrong(500, &error.to_string()),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ImportOrder {
    local_account: String,
    /// Base64.
    file: String,
}

/// Takes the bundle of answers: "Import from Cisco".
pub(crate) fn import(core: &Core, body: &[u8]) -> ServerAnswer {
    let order: ImportOrder = match serde_json::from_slice(body) {
        Ok(order) => order,
        Err(error) => return wrong(400, &format!("not an import: {error}")),
    };
    let bundle = STANDARD.decode(&order.file).ok().and_then(|file| Bundle::decode(&file).ok());
    let Some(bundle) = bundle else { return wrong(422, "the file is no bundle") };
    let mut store = core.store();
    store.settle(core.clock.now_ms());
    if store.local_accounts.get(&order.local_account).is_none() {
        return wrong(404, "there is no such local account");
    }
    let (mut taken, mut passed_over) = (0, 0);
    for file in bundle.archives.iter().flat_map(|archive| &archive.files) {
        let poll_id = poll_of(&file.name).filter(|_| is_answer(file));
        match poll_id.filter(|of| store.waits_of(*of) == Some(order.local_account.as_str())) {
            Some(poll_id) => {
                store.end_waiting(poll_id);
                taken += 1;
            }
            None => passed_over += 1,
        }
    }
    if taken > 0 {
        store.end_waiting_trust(&order.local_account);
    }
    good(&json!({ "imported": taken, "passed_over": passed_over }))
}

/// The name of the file of a result.
pub(super) fn file_name(poll_id: PollId, time_s: u64) -> String {
    format!("dev_{poll_id}_{time_s}.txt")
}

/// The poll an answer's name stands for.
fn poll_of(name: &str) -> Option<PollId> {
    let name = name.strip_prefix(ACKNOWLEDGED)?.strip_prefix("dev_")?;
    name.split('_').next()?.parse().ok().map(PollId)
}

fn is_answer(file: &BundledFile) -> bool {
    matches!(file.artefact(), Ok(Artefact::Acknowledgement(_) | Artefact::Authorization(_)))
}

impl crate::store::Store {
    /// What waits of an account, as files.
    fn waiting_files(&self, local_account: &str, time_s: u64) -> Vec<BundledFile> {
        let all = self.synchronization.waiting.iter();
        let own = all.filter(|(_, waiting)| waiting.local_account == local_account);
        own.filter_map(|(poll_id, waiting)| {
            let bytes = STANDARD.decode(waiting.artefact.as_deref()?).ok()?;
            Some(BundledFile { name: file_name(*poll_id, time_s), bytes })
        })
        .take(BUNDLED_FILES_MAX)
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_known_by_the_name_of_its_question() {
        let name = file_name(PollId(5_583_000_000_000_000_001), 7);
        assert_eq!(name, "dev_5583000000000000001_7.txt");
        let answer = format!("{ACKNOWLEDGED}{name}");
        assert_eq!(poll_of(&answer), Some(PollId(5_583_000_000_000_000_001)));
        for other in [name.as_str(), "ACK_dev_x_7.txt", "ACK_", "", "ACK_dev_"] {
            assert_eq!(poll_of(other), None, "{other}");
        }
    }
}
