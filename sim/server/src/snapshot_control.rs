//! The control API's snapshots: the whole server as it was, for tests that begin in one state again
//! and again.
//!
//! Unlike the backup of an On-Prem nothing survives it: CSSM, settings and the clock go back as
//! well. Assumed: all of it, as the rest of the control API.

use serde_json::json;

use crate::classic::control::backup_name;
use crate::control::{good, wrong};
use crate::message::ServerAnswer;
use crate::server::Core;
use crate::state::snapshot::Snapshot;
use crate::store::Store;

/// Snapshots kept at a time: each is a copy of everything.
const SNAPSHOTS_MAX: usize = 4;

pub(crate) fn snapshots(core: &Core) -> ServerAnswer {
    listed(&core.store())
}

fn listed(store: &Store) -> ServerAnswer {
    good(&json!({ "snapshots": store.snapshots.0.keys().collect::<Vec<_>>() }))
}

pub(crate) fn take(core: &Core, body: &[u8]) -> ServerAnswer {
    let name = match backup_name(body) {
        Ok(name) => name,
        Err(answer) => return answer,
    };
    let mut store = core.timed_store();
    let all = &store.snapshots.0;
    if !all.contains_key(&name) && all.len() >= SNAPSHOTS_MAX {
        return wrong(409, "there are 4 snapshots already; use the name of one of them");
    }
    let snapshot = Snapshot::of(&mut *store);
    store.snapshots.0.insert(name, snapshot);
    listed(&store)
}

pub(crate) fn put_back(core: &Core, body: &[u8]) -> ServerAnswer {
    let name = match backup_name(body) {
        Ok(name) => name,
        Err(answer) => return answer,
    };
    let mut store = core.store();
    let Some(snapshot) = store.snapshots.0.get(&name).cloned() else {
        return wrong(404, "there is no snapshot of that name");
    };
    if let Err(error) = snapshot.put_back(&mut *store) {
        // Read from a file that another version wrote: the records it has are in force.
        tracing::error!(name, %error, "a record of the snapshot cannot be read");
        store.rebuild();
        return wrong(409, "the snapshot was kept by another version");
    }
    store.rebuild();
    core.clock.go_on_from(store.time.clock);
    good(&json!({ "restored": name }))
}

#[cfg(test)]
mod tests {
    use crate::handler::tests::{START_MS, server};
    use crate::state::tests::{after_a_kill, options, records, server_in};
    use crate::{Listener, Server, ServerRequest};

    fn call(server: &Server, method: &str, resource: &str, body: &str) -> u16 {
        let path = format!("/muster/control/{resource}");
        let body = body.as_bytes();
        let request = ServerRequest { method, path_and_query: &path, headers: &[], body };
        server.answer(Listener::Admin, request).status
    }

    #[test]
    fn snapshots_outlive_the_process_and_what_came_after_them() {
        let folder = tempfile::tempdir().unwrap();
        let server = server_in(folder.path(), options()).unwrap();
        assert_eq!(call(&server, "POST", "snapshots", r#"{"name":"before"}"#), 200);
        let settings = r#"{"acknowledge_after_ms":7}"#;
        assert_eq!(call(&server, "PUT", "settings", settings), 200);
        let (again, _) = after_a_kill(&server, folder.path());
        assert_eq!(again.0.store().settings.acknowledge_after_ms, 7);
        assert_eq!(call(&again, "PUT", "snapshots", r#"{"name":"before"}"#), 200);
        assert_eq!(again.0.store().settings.acknowledge_after_ms, 0);
        assert_eq!(call(&again, "PUT", "snapshots", r#"{"name":"before"}"#), 200);
    }

    #[test]
    fn the_whole_server_goes_back_to_a_snapshot() {
        let server = server(&[]);
        let call = |method, resource: &str, body: &str| call(&server, method, resource, body);
        let records = |server| {
            let mut records = records(server);
            records.retain(|(name, _), _| *name != "snapshots");
            records
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
