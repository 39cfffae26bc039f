//! The description of the admin API, of the calls of CSSM, and of the control API, as OpenAPI 3.1.
//!
//! Paths come from the tables that requests are matched against, schemas from the types that bodies
//! are read into and written from. The control API is described without schemas: its document is
//! `docs/control-api.md`.

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::answer::{Said, good, refused};
use super::cssm::Failure;
use super::oauth::{TokenAnswer, TokenRequest};
use super::route::{CSSM, ON_PREM, Route};
use crate::message::ServerAnswer;

/// What stands before the paths of CSSM.
const CSSM_ROOT: &str = "/services/api/smart-accounts-and-licensing";

/// The methods of the control API.
const CONTROL: &[(&str, &str, &str)] = &[
    ("get", "accounts", "Virtual accounts and what they allow"),
    ("put", "accounts", "Change what a virtual account allows"),
    ("get", "alerts", "Alerts that stand"),
    ("delete", "alerts", "Dismiss an alert"),
    ("get", "api-clients", "Who may call the admin API"),
    ("put", "api-clients", "Let a client or user in"),
    ("delete", "api-clients", "Shut one out"),
    ("post", "authorization-files", "Register a local account with the file of CSSM"),
    ("get", "backups", "States of the On-Prem"),
    ("post", "backups", "Keep the state of the On-Prem"),
    ("get", "clock", "The server's time"),
    ("post", "clock", "Set or advance the server's time"),
    ("post", "collect", "Fetch reports from a product instance"),
    ("post", "cslu-files", "Export usage that a CSLU collected"),
    ("put", "cslu-files", "Import acknowledgements into a CSLU"),
    ("get", "cssm-entitlements", "What CSSM holds for its accounts"),
    ("put", "cssm-entitlements", "Change it"),
    ("post", "cssm-files", "Bring a file to CSSM"),
    ("get", "defects", "Named deviations"),
    ("put", "defects", "Switch deviations on and off"),
    ("get", "entitlements", "What the accounts hold and use"),
    ("put", "entitlements", "Change what an account holds"),
    ("get", "events", "What happened"),
    ("get", "faults", "Mishaps to come"),
    ("put", "faults", "Plan mishaps"),
    ("put", "hierarchies", "Say which licences stand in for which"),
    ("get", "local-accounts", "Local accounts"),
    ("post", "local-accounts", "Ask for a local account"),
    ("put", "local-accounts", "Change a local account"),
    ("delete", "local-accounts", "Delete a local account"),
    ("post", "local-virtual-accounts", "Create a local virtual account"),
    ("put", "local-virtual-accounts", "Rename a local virtual account"),
    ("delete", "local-virtual-accounts", "Delete a local virtual account"),
    ("get", "on-prems", "On-Prems as CSSM knows them"),
    ("put", "on-prems", "Rename one of them"),
    ("delete", "on-prems", "Remove one of them"),
    ("get", "product-instances", "Product instances of the policy era"),
    ("delete", "product-instances", "Remove one of them"),
    ("post", "registration-files", "Make the file that registers a local account"),
    ("get", "registrations", "Product instances of the classic era"),
    ("delete", "registrations", "Remove one of them"),
    ("post", "restore", "Go back to a state of the On-Prem"),
    ("get", "settings", "Delays, toggles and faults to come"),
    ("put", "settings", "Change them"),
    ("get", "snapshots", "States of the whole server"),
    ("post", "snapshots", "Keep the state of the whole server"),
    ("put", "snapshots", "Go back to one of them"),
    ("get", "synchronization", "Schedules and privacy"),
    ("put", "synchronization", "Change them"),
    ("post", "synchronization-files", "Make a synchronization file"),
    ("put", "synchronization-files", "Bring the answer to one"),
    ("post", "synchronize", "Synchronize the On-Prem with CSSM"),
    ("get", "syslog", "Lines for a syslog server"),
    ("get", "tokens", "Registration tokens"),
    ("post", "tokens", "Create a registration token"),
    ("delete", "tokens", "Revoke or remove a registration token"),
    ("post", "transfers", "Move licences or a product instance"),
    ("post", "upload", "Bring a file to the account"),
    ("get", "user-groups", "Groups of users"),
    ("put", "user-groups", "Create a group of users, or change one"),
    ("delete", "user-groups", "Remove one"),
];

pub(super) fn answer(method: &str) -> ServerAnswer {
    match method {
        "GET" => good(&document()),
        _ => {
            let mut answer = refused(405, "Method Not Allowed");
            answer.headers.push(("allow".to_owned(), "GET".to_owned()));
            answer
        }
    }
}

/// Ends of the paths of CSSM whose refusals have a form of their own, whatever their status.
const ORDERS: [&str; 4] = ["authrequest", "reportusage", "accounts/poll", "licenses/summary"];

/// The whole document.
pub(super) fn document() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    let mut generator = settings.into_generator();
    let mut paths = Map::new();
    add(&mut paths, "/oauth/token", "post", token(&mut generator));
    for (root, routes) in [("/api/v1", ON_PREM), (CSSM_ROOT, CSSM)] {
        for route in routes {
            let path = format!("{root}{}", route.path);
            let method = route.method.to_ascii_lowercase();
            add(&mut paths, &path, &method, operation(route, &mut generator));
        }
    }
    for (method, resource, summary) in CONTROL {
        let path = format!("/muster/control/{resource}");
        add(&mut paths, &path, method, control(method, resource, summary));
    }
    let schemas = generator.take_definitions(true);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Muster embedded licensing server (TEST)",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "The admin API of an SSM On-Prem, REST calls of CSSM, and the control \
                API of the embedded server.",
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": { "bearer": { "type": "http", "scheme": "bearer" } },
        },
    })
}

fn add(paths: &mut Map<String, Value>, path: &str, method: &str, operation: Value) {
    let methods = paths.entry(path).or_insert_with(|| json!({}));
    methods[method] = operation;
}

fn operation(route: &Route, generator: &mut SchemaGenerator) -> Value {
    let mut refusal = Value::from(generator.subschema_for::<Said>());
    let mut answer = Value::from((route.response)(generator));
    if ORDERS.iter().any(|of| route.path.ends_with(of)) {
        let failure = generator.subschema_for::<Failure<'_>>();
        refusal = json!({ "anyOf": [refusal, failure] });
        answer = json!({ "anyOf": [answer, failure] });
    }
    let (refusal, answer) = (content(refusal), content(answer));
    let refused = |what: &str| json!({ "description": what, "content": refusal });
    let mut operation = json!({
        "operationId": route.id,
        "summary": route.summary,
        "security": [{ "bearer": [] }],
        "parameters": parameters(route),
        "responses": {
            "200": { "description": "Done, or done in part", "content": answer },
            "202": { "description": "Taken; poll for the result", "content": answer },
            "400": refused("The body cannot be read"),
            "403": refused("No access token, or no role"),
            "422": { "description": "Refused, as a whole or in all its parts" },
        },
    });
    let is_put_off = ["authrequest", "reportusage"].iter().any(|of| route.path.ends_with(of));
    if let Some(responses) = operation["responses"].as_object_mut().filter(|_| !is_put_off) {
        responses.shift_remove("202");
    }
    if let Some(request) = route.request {
        operation["requestBody"] = json!({ "content": content(request(generator)) });
    }
    operation
}

fn parameters(route: &Route) -> Vec<Value> {
    let text = json!({ "type": "string" });
    let of = |name: &str, place: &str| {
        let required = place == "path";
        json!({ "name": name, "in": place, "required": required, "schema": text })
    };
    let names = route.path.split(['{', '}']).skip(1).step_by(2);
    let mut parameters: Vec<Value> = names.map(|name| of(name, "path")).collect();
    if route.id == "searchProductInstances" {
        let names = super::instance_search::NAMES.iter().chain(&["limit", "offset"]);
        parameters.extend(names.map(|name| of(name, "query")));
    }
    parameters
}

fn token(generator: &mut SchemaGenerator) -> Value {
    let request = generator.subschema_for::<TokenRequest>();
    json!({
        "operationId": "grantToken",
        "summary": "Grant an access token for an hour",
        "requestBody": { "content": {
            "application/json": { "schema": request },
            "application/x-www-form-urlencoded": { "schema": request },
        } },
        "responses": {
            "200": {
                "description": "The access token",
                "content": content(generator.subschema_for::<TokenAnswer>()),
            },
            "400": { "description": "Something is missing, or the user is not known" },
            "401": { "description": "The client is not known, or locked" },
            "403": { "description": "The API console is disabled" },
        },
    })
}

fn control(method: &str, resource: &str, summary: &str) -> Value {
    let any = json!({ "type": "object" });
    let mut operation = json!({
        "operationId": format!("control-{method}-{resource}"),
        "summary": summary,
        "responses": {
            "200": { "description": "Done", "content": { "application/json": { "schema": any } } },
            "400": { "description": "Not understood; nothing was changed" },
            "404": { "description": "There is no such thing" },
        },
    });
    if matches!(method, "post" | "put") {
        let body = json!({ "application/json": { "schema": any } });
        operation["requestBody"] = json!({ "content": body });
    }
    operation
}

fn content(schema: impl Into<Value>) -> Value {
    json!({ "application/json": { "schema": schema.into() } })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::{ClockSource, Listener, Server, ServerOptions, ServerRequest};

    fn call(server: &Server, method: &str, path: &str) -> (u16, String) {
        let request = ServerRequest { method, path_and_query: path, headers: &[], body: b"" };
        let answer = server.answer(Listener::Admin, request);
        (answer.status, String::from_utf8(answer.body).unwrap())
    }

    fn server() -> Server {
        Server::new(ServerOptions::default(), ClockSource::Manual { start_ms: 0 }).unwrap()
    }

    #[test]
    fn the_document_that_is_served_is_the_one_that_is_checked_in() {
        let document = serde_json::to_string_pretty(&document()).unwrap() + "\n";
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
        if std::env::var_os("INSTA_UPDATE").is_some_and(|update| update == "always") {
            std::fs::write(&path, &document).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(kept == document, "docs/openapi.json is out of date: run with INSTA_UPDATE=always");
        let (status, served) = call(&server(), "GET", "/openapi.json");
        let served: Value = serde_json::from_str(&served).unwrap();
        assert_eq!((status, served), (200, serde_json::from_str(&kept).unwrap()));
        assert_eq!(call(&server(), "POST", "/openapi.json").0, 405);
    }

    #[test]
    fn every_resource_of_the_control_api_is_described_as_it_is() {
        let server = server();
        let (_, all) = call(&server, "GET", "/muster/control/nothing");
        let all = all.split_once("resource: ").unwrap().1.trim_end_matches("\"}");
        for resource in all.split(", ") {
            assert!(CONTROL.iter().any(|(_, known, _)| *known == resource), "{resource}");
        }
        for (method, resource, _) in CONTROL {
            let path = format!("/muster/control/{resource}");
            let (status, _) = call(&server, &method.to_ascii_uppercase(), &path);
            assert!(![404, 405].contains(&status), "{method} {resource}: {status}");
        }
    }

    #[test]
    fn every_reference_of_the_document_leads_somewhere() {
        let document = document();
        let text = document.to_string();
        let references = text.split("\"$ref\":\"#").skip(1).map(|of| of.split('"').next().unwrap());
        let mut count = 0;
        for reference in references {
            assert!(document.pointer(reference).is_some(), "{reference}");
            count += 1;
        }
        assert!(count > 40, "{count}");
    }
}
