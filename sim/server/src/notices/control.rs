//! The control API's view of alerts, events and syslog lines.
//!
//! Assumed: all of it, as the rest of the control API.

use std::net::SocketAddr;

use serde::Deserialize;
use serde_json::{Value, json};

use super::Place;
use super::alert::{Alert, Dismissal};
use crate::control::{good, query_value, wrong};
use crate::message::ServerAnswer;
use crate::server::Core;

/// What a line says it comes from.
const HOST: &str = "muster";

/// Records of one answer unless it asks for fewer.
const RECORDS_MAX: usize = 1_000;

/// What a listing asks for.
struct Wanted {
    local_account: Option<String>,
    virtual_account: Option<String>,
    /// Records after this one only.
    after: u64,
    limit: usize,
}

impl Wanted {
    fn read(query: Option<&str>) -> Result<Self, ServerAnswer> {
        let number = |name: &str, otherwise: u64| match query_value(query, name) {
            None => Ok(otherwise),
            Some(text) => {
                text.parse().map_err(|_| wrong(400, &format!("{name} must be a whole number")))
            }
        };
        let limit = number("limit", 1_000)?;
        Ok(Self {
            local_account: query_value(query, "local_account"),
            virtual_account: query_value(query, "virtual_account"),
            after: number("after", 0)?,
            limit: usize::try_from(limit).unwrap_or(RECORDS_MAX).min(RECORDS_MAX),
        })
    }

    fn takes(&self, place: &Place, number: u64) -> bool {
        let account = self.local_account.as_ref().is_none_or(|name| *name == place.local_account);
        let pool = self.virtual_account.is_none() || self.virtual_account == place.virtual_account;
        account && pool && number > self.after
    }
}

/// Alerts that stand.
pub(crate) fn alerts(core: &Core, query: Option<&str>) -> ServerAnswer {
    listed(core, query, "alerts", |core, wanted| {
        let (now_ms, mut store) = (core.clock.now_ms(), core.store());
        store.settle_and_look(now_ms);
        let all = store.notices.alerts();
        let all = all.into_iter().filter(|alert| wanted.takes(&alert.place, alert.number));
        all.take(wanted.limit).map(alert).collect()
    })
}

/// Events, oldest first.
pub(crate) fn events(core: &Core, query: Option<&str>) -> ServerAnswer {
    listed(core, query, "events", |core, wanted| {
        let (now_ms, mut store) = (core.clock.now_ms(), core.store());
        store.settle_and_look(now_ms);
        let all = store.notices.events();
        let all = all.filter(|event| wanted.takes(&event.place, event.number));
        let shown = all.take(wanted.limit).map(|event| {
            json!({
                "number": event.number,
                "at_ms": event.at_ms,
                "local_account": event.place.local_account,
                "virtual_account": event.place.virtual_account,
                "type": event.topic.title(),
                "message": event.message,
                "user": event.user,
            })
        });
        shown.collect()
    })
}

/// Lines for a syslog server, oldest first.
pub(crate) fn syslog(core: &Core, query: Option<&str>) -> ServerAnswer {
    listed(core, query, "syslog", |core, wanted| {
        let (now_ms, mut store) = (core.clock.now_ms(), core.store());
        store.settle_and_look(now_ms);
        let all = store.notices.syslog();
        let all = all.filter(|line| wanted.takes(&line.place, line.number));
        let shown = all.take(wanted.limit).map(|line| {
            json!({
                "number": line.number,
                "at_ms": line.at_ms,
                "severity": line.severity.as_str(),
                "local_account": line.place.local_account,
                "virtual_account": line.place.virtual_account,
                "type": line.topic.title(),
                "text": line.text,
                "datagram": line.datagram(HOST),
            })
        });
        shown.collect()
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SyslogServer {
    /// None sends no more.
    address: Option<SocketAddr>,
}

/// Sends lines to a syslog server on this machine.
pub(crate) fn set_syslog_server(core: &Core, body: &[u8]) -> ServerAnswer {
    let SyslogServer { address } = match serde_json::from_slice(body) {
        Ok(server) => server,
        Err(error) => return wrong(400, &format!("not a syslog server: {error}")),
    };
    if address.is_some_and(|address| !address.ip().is_loopback()) {
        return wrong(400, "the syslog server must be on a loopback address");
    }
    core.store().notices.send_to(address);
    good(&json!({ "address": address }))
}

fn listed(
    core: &Core,
    query: Option<&str>,
    name: &str,
    records: impl FnOnce(&Core, &Wanted) -> Vec<Value>,
) -> ServerAnswer {
    match Wanted::read(query) {
        Ok(wanted) => good(&json!({ name: records(core, &wanted) })),
        Err(refused) => refused,
    }
}

fn alert(alert: &Alert) -> Value {
    json!({
        "number": alert.number,
        "raised_at_ms": alert.raised_at_ms,
        "local_account": alert.place.local_account,
        "virtual_account": alert.place.virtual_account,
        "severity": alert.severity.as_str(),
        "type": alert.topic.title(),
        "message": alert.message,
        "action_due": alert.action_due.text(),
        "source": alert.source(),
        "source_type": alert.source_type().as_str(),
        "license": alert.license(),
        "product_instance": alert.product_instance(),
        "on_prem": alert.on_prem(),
    })
}

/// Dismisses an alert, or hides it until the next warning.
pub(crate) fn dismiss(core: &Core, query: Option<&str>) -> ServerAnswer {
    let number = query_value(query, "number").and_then(|text| text.parse().ok());
    let Some(number) = number else { return wrong(400, "say which one: ?number=<number>") };
    match core.store().notices.dismiss(number) {
        Some(Dismissal::Dismiss) => good(&json!({ "dismissed": true })),
        Some(Dismissal::RemindLater) => good(&json!({ "hidden": true })),
        Some(Dismissal::Never) => wrong(409, "this alert ends when its cause is gone"),
        None => wrong(404, "there is no such alert"),
    }
}
