//! RESTCONF over `cisco-smart-license`: its state as data, its operations as commands.
//!
//! Source: RFC 8040; RFC 7951 for JSON; the public YANG model, revision 2021-03-01 (names), of
//! which only names are repeated here. Assumed: only JSON is spoken, and the configuration is not
//! written by this way.
//!
//! - `tree`: the data; `spelling`: the model's words; `path`: finding a node; `selection`: queries
//! - `operation`: the operations and their input; `outcome`: what they answer
//! - `fault`: errors

mod fault;
mod operation;
mod outcome;
mod path;
mod selection;
mod spelling;
mod tree;

use fault::Fault;
use operation::Operation;
pub(super) use outcome::Awaited;
pub(super) use outcome::answer;
use serde_json::{Map, Value, json};

use super::{Asked, InstanceAnswer, InstanceFacts, InstanceRequest, access};
use crate::files::Flash;

const MODULE: &str = "cisco-smart-license";
const YANG_JSON: &str = "application/yang-data+json";

/// Date of the library of modules, as servers of this generation give it (RFC 8040, section 3.3.3).
const YANG_LIBRARY: &str = "2016-06-21";

/// A request without credentials.
pub(super) fn refused() -> InstanceAnswer {
    access::challenging(Fault::ACCESS.answer())
}

pub(super) fn ask(
    request: &InstanceRequest<'_>,
    facts: &InstanceFacts<'_>,
    server_url: Option<&str>,
    flash: &Flash,
) -> Asked {
    let done = |answer| Asked::Answered(answer);
    if request.path() == "/.well-known/host-meta" {
        return done(host_meta(request));
    }
    let path = request.path().strip_prefix("/restconf").unwrap_or_default();
    let path = path.strip_prefix('/').unwrap_or_default();
    if let Some(operation) = Operation::at(path) {
        return match allowed(request, "POST", operation::METHODS) {
            Some(answer) => done(answer),
            None => operation.ask(request, facts, flash),
        };
    }
    if let Some(answer) = allowed(request, "GET", "GET, HEAD, OPTIONS") {
        return done(answer);
    }
    let answer = match data(path, request, facts, server_url) {
        Ok(Some(body)) => InstanceAnswer::typed(200, YANG_JSON, body.to_string()),
        Ok(None) => InstanceAnswer::new(204),
        Err(fault) => fault.answer(),
    };
    done(match request.method {
        "HEAD" => InstanceAnswer { body: Vec::new(), ..answer },
        _ => answer,
    })
}

/// The answer to a method that leads nowhere, or to one that only asks for methods.
fn allowed(
    request: &InstanceRequest<'_>,
    method: &str,
    methods: &'static str,
) -> Option<InstanceAnswer> {
    match request.method {
        "OPTIONS" => Some(InstanceAnswer::new(200).with("allow", methods)),
        "HEAD" if method == "GET" => None,
        other if other == method => None,
        _ => Some(Fault::METHOD.answer().with("allow", methods)),
    }
}

/// The data at a path; none when it is known and has nothing to show.
fn data(
    path: &str,
    request: &InstanceRequest<'_>,
    facts: &InstanceFacts<'_>,
    server_url: Option<&str>,
) -> Result<Option<Value>, Fault> {
    if !accepts_json(request) {
        return Err(Fault::ACCEPT);
    }
    let selection = selection::of(request)?;
    let library = json!(YANG_LIBRARY);
    match path {
        "" => {
            let root = json!({"data": {}, "operations": {}, "yang-library-version": library});
            return Ok(Some(json!({ "ietf-restconf:restconf": root })));
        }
        "yang-library-version" => {
            return Ok(Some(json!({ "ietf-restconf:yang-library-version": library })));
        }
        "operations" => return Ok(Some(operation::listed())),
        _ => {}
    }
    let tree = tree::licensing(facts, server_url);
    let root = format!("{MODULE}:licensing");
    if path == "data" {
        let all = Map::from_iter([(root, selection.of_licensing(tree))]);
        return Ok(Some(json!({ "ietf-restconf:data": selection.pruned(Value::Object(all), 1) })));
    }
    let path = path.strip_prefix("data/").ok_or(Fault::NO_RESOURCE)?;
    let found = path::find(path, selection.of_licensing(tree))?;
    let Some(value) = found.value else { return Ok(None) };
    Ok(Some(json!({ format!("{MODULE}:{}", found.name): selection.pruned(value, 0) })))
}

/// Where RESTCONF begins (RFC 8040, section 3.1).
fn host_meta(request: &InstanceRequest<'_>) -> InstanceAnswer {
    if let Some(answer) = allowed(request, "GET", "GET, HEAD, OPTIONS") {
        return answer;
    }
    let link = "<Link rel='restconf' href='/restconf'/>";
    let body = format!("<XRD xmlns='http://docs.oasis-open.org/ns/xri/xrd-1.0'>{link}</XRD>");
    InstanceAnswer::typed(200, "application/xrd+xml", body)
}

/// Whether an answer in JSON is welcome. Quality values do not matter: there is one choice.
fn accepts_json(request: &InstanceRequest<'_>) -> bool {
    let Some(accept) = request.header("accept") else { return true };
    accept.split(',').any(|kind| is_json(kind) || is_anything(kind))
}

fn is_json(kind: &str) -> bool {
    matches!(media_type(kind).as_str(), YANG_JSON | "application/json")
}

fn is_anything(kind: &str) -> bool {
    matches!(media_type(kind).as_str(), "" | "*/*" | "application/*")
}

/// `application/json` of `application/json; charset=utf-8`.
fn media_type(text: &str) -> String {
    text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}
