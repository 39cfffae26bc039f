//! The admin listener: a banner, and the control API a harness moves the server with.
//!
//! Assumed: all of it; no document describes such an interface, it stands in for the web
//! interface and for waiting.

use muster_wire::Udi;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::account_page;
use crate::admin::control as api_console;
use crate::classic::control as classic;
use crate::defects::control as defects;
use crate::holdings::control as holdings;
use crate::message::{ServerAnswer, ServerRequest};
use crate::mishap_control;
use crate::on_prem_control;
use crate::product_instance::{ProductInstance, UsageRecord};
use crate::router::percent_decoded;
use crate::server::Core;
use crate::settings::{Settings, SettingsChange};
use crate::snapshot_control;

const BANNER: &str = "Muster embedded licensing server (TEST). Control API: /muster/control/";
const ROOT: &str = "/muster/control/";
const RESOURCES: &str = "accounts, alerts, api-clients, authorization-files, backups, clock, \
    collect, cslu-files, cssm-entitlements, cssm-files, defects, entitlements, events, faults, \
    hierarchies, local-accounts, \
    local-virtual-accounts, on-prems, product-instances, registration-files, registrations, \
    restore, settings, snapshots, synchronization, synchronization-files, synchronize, syslog, \
    tokens, transfers, upload, user-groups";
const COLLECT: &str = "/muster/control/collect";

/// Whether a request to the admin listener asks for a collection, which needs sockets.
pub(crate) fn is_collection(method: &str, path_and_query: &str) -> bool {
    let path = path_and_query.split('?').next().and_then(percent_decoded);
    method == "POST" && path.as_deref() == Some(COLLECT)
}

pub(crate) fn answer(
    core: &Core,
    request: &ServerRequest<'_>,
    path: &str,
    query: Option<&str>,
) -> ServerAnswer {
    if path == "/" {
        return match request.method {
            "GET" => ServerAnswer::text(200, BANNER),
            "HEAD" => ServerAnswer::text(200, ""),
            _ => ServerAnswer::method_not_allowed("GET, HEAD"),
        };
    }
    let Some(resource) = path.strip_prefix(ROOT) else { return ServerAnswer::not_found() };
    let of_accounts = of_accounts(core, resource, request, query)
        .or_else(|| on_prem_control::answer(core, resource, request, query));
    if let Some(answer) = of_accounts {
        return answer;
    }
    match (resource, request.method) {
        ("clock", "GET") => clock(core),
        ("clock", "POST") => move_clock(core, request.body),
        ("clock", _) => ServerAnswer::method_not_allowed("GET, POST"),
        ("product-instances", "GET") => product_instances(core),
        ("product-instances", "DELETE") => remove(core, query),
        ("product-instances", _) => ServerAnswer::method_not_allowed("GET, DELETE"),
        ("settings", "GET") => settings(core),
        ("settings", "PUT") => change_settings(core, request.body),
        ("settings", _) => ServerAnswer::method_not_allowed("GET, PUT"),
        ("snapshots", "GET") => snapshot_control::snapshots(core),
        ("snapshots", "POST") => snapshot_control::take(core, request.body),
        ("snapshots", "PUT") => snapshot_control::put_back(core, request.body),
        ("snapshots", _) => ServerAnswer::method_not_allowed("GET, POST, PUT"),
        ("collect", "POST") => wrong(501, "without sockets no product instance can be called"),
        ("collect", _) => ServerAnswer::method_not_allowed("POST"),
        ("upload", "POST") => account_page::upload(core, request.body),
        ("upload", _) => ServerAnswer::method_not_allowed("POST"),
        ("defects", "GET") => defects::defects(core),
        ("defects", "PUT") => defects::switch_defects(core, request.body),
        ("defects", _) => ServerAnswer::method_not_allowed("GET, PUT"),
        ("faults", "GET") => mishap_control::faults(core),
        ("faults", "PUT") => mishap_control::change_faults(core, request.body),
        ("faults", _) => ServerAnswer::method_not_allowed("GET, PUT"),
        _ => wrong(404, &format!("no such resource: {RESOURCES}")),
    }
}

/// Accounts, and what the classic era adds; none for other resources.
fn of_accounts(
    core: &Core,
    resource: &str,
    request: &ServerRequest<'_>,
    query: Option<&str>,
) -> Option<ServerAnswer> {
    let body = request.body;
    Some(match (resource, request.method) {
        ("api-clients", "GET") => api_console::clients(core),
        ("api-clients", "PUT") => api_console::let_in(core, body),
        ("api-clients", "DELETE") => api_console::shut_out(core, query),
        ("api-clients", _) => ServerAnswer::method_not_allowed("GET, PUT, DELETE"),
        ("accounts", "GET") => holdings::accounts(core),
        ("accounts", "PUT") => holdings::change_account(core, body),
        ("accounts", _) => ServerAnswer::method_not_allowed("GET, PUT"),
        ("entitlements", "GET") => holdings::entitlements(core, query),
        ("entitlements", "PUT") => holdings::change_entitlement(core, body),
        ("entitlements", _) => ServerAnswer::method_not_allowed("GET, PUT"),
        ("tokens", "GET") => classic::tokens(core),
        ("tokens", "POST") => classic::create_token(core, body),
        ("tokens", "DELETE") => classic::withdraw_token(core, query),
        ("tokens", _) => ServerAnswer::method_not_allowed("GET, POST, DELETE"),
        ("registrations", "GET") => classic::registrations(core),
        ("registrations", "DELETE") => classic::remove_registration(core, query),
        ("registrations", _) => ServerAnswer::method_not_allowed("GET, DELETE"),
        ("backups", "GET") => classic::backups(core),
        ("backups", "POST") => classic::back_up(core, body),
        ("backups", _) => ServerAnswer::method_not_allowed("GET, POST"),
        ("restore", "POST") => classic::restore(core, body),
        ("restore", _) => ServerAnswer::method_not_allowed("POST"),
        _ => return None,
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockChange {
    set_ms: Option<u64>,
    advance_ms: Option<u64>,
}

fn clock(core: &Core) -> ServerAnswer {
    good(&json!({ "now_ms": core.clock.now_ms() }))
}

fn move_clock(core: &Core, body: &[u8]) -> ServerAnswer {
    match serde_json::from_slice(body) {
        Ok(ClockChange { set_ms: Some(now_ms), advance_ms: None }) => core.clock.set_ms(now_ms),
        Ok(ClockChange { set_ms: None, advance_ms: Some(by_ms) }) => core.clock.advance_ms(by_ms),
        Ok(_) => return wrong(400, "give either set_ms or advance_ms"),
        Err(error) => return wrong(400, &format!("not a clock change: {error}")),
    }
    clock(core)
}

fn product_instances(core: &Core) -> ServerAnswer {
    let store = core.store();
    let listed = store.instances().filter(|(_, instance)| {
        // Whoever only said hello is nobody's product instance.
        instance.account.is_some()
    });
    let mut listed: Vec<_> = listed.collect();
    listed.sort_unstable_by_key(|(udi, _)| *udi);
    let listed: Vec<Value> =
        listed.into_iter().map(|(udi, instance)| product_instance(udi, instance)).collect();
    good(&json!({ "product_instances": listed }))
}

fn product_instance(udi: &Udi, instance: &ProductInstance) -> Value {
    json!({
        "udi": udi.to_string(),
        "trust_id": instance.trust.as_ref().map(|trust| trust.id),
        "last_trust_id": instance.last_trust_id,
        "trust_is_invalid": instance.trust_is_invalid,
        "virtual_account": instance.account.as_ref().map(|account| &account.virtual_account),
        "record": instance.record.as_ref().map(record),
    })
}

fn record(record: &UsageRecord) -> Value {
    json!({
        "virtual_account": record.account.virtual_account,
        "reports_taken": record.reports_taken,
        "in_use": record
            .in_use()
            .map(|(tag, count)| (tag.as_str().to_owned(), count.into()))
            .collect::<serde_json::Map<_, _>>(),
    })
}

fn remove(core: &Core, query: Option<&str>) -> ServerAnswer {
    let Some(text) = query_value(query, "udi") else {
        return wrong(400, "say which one: ?udi=P:<product id>,S:<serial number>");
    };
    match text.parse::<Udi>() {
        Ok(udi) if core.remove_product_instance(&udi) => good(&json!({ "removed": true })),
        Ok(udi) => wrong(404, &format!("{udi} is in no account")),
        Err(error) => wrong(400, &error.to_string()),
    }
}

/// The value of a member of the query, decoded.
pub(crate) fn query_value(query: Option<&str>, name: &str) -> Option<String> {
    let mut members = query.unwrap_or_default().split('&');
    let value = members.find_map(|member| member.strip_prefix(name)?.strip_prefix('='));
    value.and_then(percent_decoded)
}

fn settings(core: &Core) -> ServerAnswer {
    let settings = Settings::clone(&core.store().settings);
    good(&settings)
}

fn change_settings(core: &Core, body: &[u8]) -> ServerAnswer {
    let change = match serde_json::from_slice::<SettingsChange>(body) {
        Ok(change) => change,
        Err(error) => return wrong(400, &format!("not a change of settings: {error}")),
    };
    let applied = core.store().settings.apply(change);
    match applied {
        Ok(()) => settings(core),
        Err(tenant) => wrong(400, &format!("there is no tenant {tenant:?}")),
    }
}

pub(crate) fn good(value: &impl Serialize) -> ServerAnswer {
    let body = serde_json::to_vec(value).expect("string keys and plain values always serialise");
    ServerAnswer::json(200, body)
}

pub(crate) fn wrong(status: u16, what: &str) -> ServerAnswer {
    ServerAnswer { status, ..good(&json!({ "error": what })) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ClockSource, Listener, Server, ServerOptions};

    fn call(server: &Server, method: &str, path: &str, body: &str) -> (u16, String) {
        let body = body.as_bytes();
        let request = ServerRequest { method, path_and_query: path, headers: &[], body };
        let answer = server.answer(Listener::Admin, request);
        (answer.status, String::from_utf8(answer.body).unwrap())
    }

    fn server() -> Server {
        Server::new(ServerOptions::default(), ClockSource::Manual { start_ms: 1_000 }).unwrap()
    }

    #[test]
    fn the_clock_is_read_set_and_advanced() {
        let server = server();
        let clock = "/muster/control/clock";
        assert_eq!(call(&server, "GET", clock, "").1, r#"{"now_ms":1000}"#);
        assert_eq!(call(&server, "POST", clock, r#"{"advance_ms":5}"#).1, r#"{"now_ms":1005}"#);
        assert_eq!(call(&server, "POST", clock, r#"{"set_ms":7}"#).1, r#"{"now_ms":7}"#);
        assert_eq!(server.now_ms(), 7);
        for body in ["", "{}", r#"{"set_ms":1,"advance_ms":1}"#, r#"{"by":1}"#, r#"{"set_ms":-1}"#]
        {
            let (status, text) = call(&server, "POST", clock, body);
            assert!(status == 400 && text.contains("error"), "{body}: {text}");
        }
        assert_eq!(server.now_ms(), 7);
    }

    #[test]
    fn settings_change_in_part_and_refuse_what_they_do_not_know() {
        let server = server();
        let path = "/muster/control/settings";
        let change = r#"{"tenants":{"Default-1":{"validate_device":true}},"try_again_next":2}"#;
        let (status, text) = call(&server, "PUT", path, change);
        assert_eq!(status, 200);
        let settings: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(settings["tenants"]["Default-1"]["validate_device"], true);
        assert_eq!(settings["tenants"]["My VA-1"]["validate_device"], false);
        assert_eq!((&settings["try_again_next"], &settings["close_next"]), (&json!(2), &json!(0)));
        assert_eq!(call(&server, "PUT", path, r#"{"validate":true}"#).0, 400);
        let nobody = r#"{"tenants":{"X":{"validate_device":true}}}"#;
        assert!(call(&server, "PUT", path, nobody).1.contains("there is no tenant"));
        assert_eq!(call(&server, "GET", path, "").1, text);
    }

    #[test]
    fn what_cannot_be_done_says_why() {
        let server = server();
        let instances = "/muster/control/product-instances";
        let none = r#"{"product_instances":[]}"#;
        assert_eq!(call(&server, "GET", instances, ""), (200, none.to_owned()));
        assert_eq!(call(&server, "DELETE", instances, "").0, 400);
        assert_eq!(call(&server, "DELETE", &format!("{instances}?udi=X"), "").0, 400);
        let (status, text) = call(&server, "DELETE", &format!("{instances}?udi=P:A%2CS:B"), "");
        assert!(status == 404 && text.contains("P:A,S:B"), "{text}");
        assert_eq!(call(&server, "PATCH", instances, "").0, 405);
        assert_eq!(call(&server, "GET", "/muster/control/nothing", "").0, 404);
        assert_eq!(call(&server, "GET", COLLECT, "").0, 405);
        let (status, text) = call(&server, "POST", COLLECT, r#"{"url":"http://127.0.0.1:9"}"#);
        assert!(status == 501 && text.contains("without sockets"), "{text}");
        assert_eq!(call(&server, "GET", "/licservice/license", "").0, 404);
    }
}
