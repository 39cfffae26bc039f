//! Synchronizations of the first local account, for probes.

use serde_json::{Value, json};

use super::classic::{ApplicationRole, control, exported, pair, registered, tag};
use crate::Server;
use crate::synchronization::sealed::Opened;

/// The local account the server starts with.
const ACCOUNT: &str = "Muster Test SA";

/// The file of a full synchronization.
pub(crate) fn file(server: &Server) -> Value {
    let order = json!({ "local_account": ACCOUNT, "type": "full" });
    control(server, "POST", "synchronization-files", &order)
}

fn opened(server: &Server) -> Value {
    let file = file(server);
    let content = file["content"].as_str().unwrap_or_default();
    Opened::read(content).map(|opened| opened.members).unwrap_or_default()
}

/// What CSSM is told, with one licence in use by one product instance.
pub(crate) fn request(server: &Server) -> Value {
    registered(server).authorized(server, &[(&tag("X"), 1)]);
    opened(server)
}

/// The same when host names are to be kept.
pub(crate) fn private_request(server: &Server) -> Value {
    let privacy = json!({ "privacy": { "hostname": true } });
    control(server, "PUT", "synchronization", &privacy);
    request(server)
}

/// What CSSM is told of a redundant application.
pub(crate) fn redundant_request(server: &Server) -> Value {
    let (mut instances, uses) = pair(server, [ApplicationRole::Active, ApplicationRole::Standby]);
    for (instance, used) in instances.iter_mut().zip(uses) {
        let data = instance.entitlement(vec![used]);
        instance.ask(server, &data);
    }
    opened(server)
}

/// What CSSM is told while an export-controlled licence waits for it.
pub(crate) fn waiting_request(server: &Server) -> Value {
    exported(server, 1);
    opened(server)
}

/// The answer to a full synchronization over the network, after something was bought.
pub(crate) fn synchronized(server: &Server) -> Value {
    let bought = json!({ "virtual_account": "Default", "tag": tag("X"), "purchased": 5 });
    control(server, "PUT", "cssm-entitlements", &bought);
    control(server, "POST", "synchronize", &json!({ "local_account": ACCOUNT, "type": "full" }))
}
