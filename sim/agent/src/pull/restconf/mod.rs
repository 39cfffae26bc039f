//! RESTCONF over `cisco-smart-license`: its state as data, its operations as commands.
//!
//! Source: RFC 8040; RFC 7951 for JSON, RFC 7950 for XML; the public YANG model, revision
//! 2021-03-01 (names), of which only names are repeated here. Assumed: the configuration is not
//! written by this way.
//!
//! - `tree`: the data; `spelling`: the model's words; `path`: finding a node; `selection`: queries
//! - `operation`: the operations and their input; `outcome`: what they answer
//! - `classic_tree`, `classic_operation`: the same of an instance of the classic era
//! - `encoding`: JSON or XML; `xml`: the latter
//! - `fault`: errors

mod classic_operation;
mod classic_tree;
mod encoding;
mod fault;
mod operation;
mod outcome;
mod path;
mod selection;
mod spelling;
mod tree;
mod xml;

pub(super) use classic_operation::{ClassicPending, answer as answer_classic};
use encoding::Encoding;
use fault::Fault;
use operation::Operation;
pub(super) use outcome::{Pending, answer};
use serde_json::{Map, Value, json};

use super::{Asked, ClassicAsked, InstanceAnswer, InstanceFacts, InstanceRequest, access};
use crate::classic::ClassicView;
use crate::files::Flash;
use crate::platform::Platform;

const MODULE: &str = "cisco-smart-license";
const YANG_JSON: &str = "application/yang-data+json";

/// Date of the library of modules, as servers of this generation give it (RFC 8040, section 3.3.3).
const YANG_LIBRARY: &str = "2016-06-21";

/// A request without credentials.
pub(super) fn refused() -> InstanceAnswer {
    access::challenging(Fault::ACCESS.answer())
}

/// Where a request leads.
enum Route {
    /// It is answered.
    Answered(InstanceAnswer),
    /// An operation is asked for, with input that fits it.
    Operation { operation: &'static Operation, input: operation::Input, encoding: Encoding },
}

pub(super) fn ask(
    request: &InstanceRequest<'_>,
    facts: &InstanceFacts<'_>,
    server_url: Option<&str>,
    flash: &Flash,
) -> Asked {
    match route(request, || tree::licensing(facts, server_url)) {
        Route::Answered(answer) => Asked::Answered(answer),
        Route::Operation { operation, input, encoding } => {
            operation.ask(&input, facts, flash, encoding)
        }
    }
}

pub(super) fn ask_classic(
    request: &InstanceRequest<'_>,
    view: &ClassicView,
    platform: &Platform,
    server_url: Option<&str>,
) -> ClassicAsked {
    match route(request, || classic_tree::licensing(view, platform, server_url)) {
        Route::Answered(answer) => ClassicAsked::Answered(answer),
        Route::Operation { operation, input, encoding } => {
            classic_operation::ask(operation, &input, encoding)
        }
    }
}

fn route(request: &InstanceRequest<'_>, tree: impl FnOnce() -> Value) -> Route {
    if request.path() == "/.well-known/host-meta" {
        return Route::Answered(host_meta(request));
    }
    let Some(encoding) = Encoding::wanted(request) else {
        return Route::Answered(Fault::ACCEPT.answer());
    };
    let done = |answer| Route::Answered(encoding.write(answer));
    let path = request.path().strip_prefix("/restconf").unwrap_or_default();
    let path = path.strip_prefix('/').unwrap_or_default();
    if let Some(operation) = Operation::at(path) {
        if let Some(answer) = allowed(request, "POST", operation::METHODS) {
            return done(answer);
        }
        return match operation.input_of(request) {
            Ok(input) => Route::Operation { operation, input, encoding },
            Err((fault, about)) => done(fault.about(about.as_deref())),
        };
    }
    if let Some(answer) = allowed(request, "GET", "GET, HEAD, OPTIONS") {
        return done(answer);
    }
    let answer = encoding.write(match data(path, request, tree) {
        Ok(Some(body)) => InstanceAnswer::typed(200, YANG_JSON, body.to_string()),
        Ok(None) => InstanceAnswer::new(204),
        Err(fault) => fault.answer(),
    });
    Route::Answered(match request.method {
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
    tree: impl FnOnce() -> Value,
) -> Result<Option<Value>, Fault> {
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
    let tree = tree();
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
