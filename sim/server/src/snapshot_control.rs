//! The control API's snapshots: the whole server as it was, for tests that begin in one state again
//! and again.
//!
//! Unlike the backup of an On-Prem nothing survives it: CSSM, settings and the clock go back as
//! well. Assumed: all of it, as the rest of the control API.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};

use serde_json::json;

use crate::classic::control::backup_name;
use crate::control::{good, wrong};
use crate::message::ServerAnswer;
use crate::server::Core;
use crate::state::snapshot::Snapshot;

/// Snapshots kept at a time: each is a copy of everything.
const SNAPSHOTS_MAX: usize = 4;

/// By name. They end with the process: they are no part of what they hold.
#[derive(Debug, Default)]
pub(crate) struct Snapshots(Mutex<BTreeMap<String, Snapshot>>);

impl Snapshots {
    fn all(&self) -> MutexGuard<'_, BTreeMap<String, Snapshot>> {
        self.0.lock().expect("nothing panics between lock and unlock")
    }
}

pub(crate) fn snapshots(core: &Core) -> ServerAnswer {
    good(&json!({ "snapshots": core.snapshots.all().keys().collect::<Vec<_>>() }))
}

pub(crate) fn take(core: &Core, body: &[u8]) -> ServerAnswer {
    let name = match backup_name(body) {
        Ok(name) => name,
        Err(answer) => return answer,
    };
    let snapshot = Snapshot::of(&mut *core.timed_store());
    let mut all = core.snapshots.all();
    if !all.contains_key(&name) && all.len() >= SNAPSHOTS_MAX {
        return wrong(409, "there are 4 snapshots already; use the name of one of them");
    }
    all.insert(name, snapshot);
    drop(all);
    snapshots(core)
}

pub(crate) fn put_back(core: &Core, body: &[u8]) -> ServerAnswer {
    let name = match backup_name(body) {
        Ok(name) => name,
        Err(answer) => return answer,
    };
    let Some(snapshot) = core.snapshots.all().get(&name).cloned() else {
        return wrong(404, "there is no snapshot of that name");
    };
    let mut store = core.store();
    snapshot.put_back(&mut *store).expect("it was made of this store's records");
    store.rebuild();
    core.clock.go_on_from(store.time.clock);
    good(&json!({ "restored": name }))
}

#[cfg(test)]
mod tests {
    use crate::handler::tests::{START_MS, server};
    use crate::state::tests::records;
    use crate::{Listener, ServerRequest};

    #[test]
    fn the_whole_server_goes_back_to_a_snapshot() {
        let server = server(&[]);
        let call = |method, resource: &str, body: &str| {
            let path = format!("/muster/control/{resource}");
            let body = body.as_bytes();
            let request = ServerRequest { method, path_and_query: &path, headers: &[], body };
            server.answer(Listener::Admin, request).status
        };
        server.advance_clock(5_000);
        assert_eq!(call("POST", "snapshots", r#"{"name":"before"}"#), 200);
        let before = records(&server);
        assert_eq!(call("PUT", "settings", r#"{"close_next":3}"#), 200);
        let token = r#"{"virtual_account":"Default","days":3}"#;
        assert_eq!(call("POST", "tokens", token), 200);
        server.advance_clock(60_000);
        assert_ne!(records(&server), before);
        assert_eq!(call("PUT", "snapshots", r#"{"name":"before"}"#), 200);
        assert_eq!(records(&server), before);
        assert_eq!(server.now_ms(), START_MS + 5_000);
        assert_eq!(call("PUT", "snapshots", r#"{"name":"nothing"}"#), 404);
        for name in ["a", "b", "c"] {
            assert_eq!(call("POST", "snapshots", &format!(r#"{{"name":"{name}"}}"#)), 200);
        }
        assert_eq!(call("POST", "snapshots", r#"{"name":"d"}"#), 409);
        assert_eq!(call("DELETE", "snapshots", ""), 405);
    }
}
