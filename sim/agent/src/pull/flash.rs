//! The files of an instance, to be fetched and brought.
//!
//! Assumed, all of it: a real collector copies files by SCP or a copy operation, which a harness
//! does not speak; here they lie under `/flash/`.

use super::request::decoded;
use super::{InstanceAnswer, InstanceRequest};
use crate::files::{Flash, FlashFault};

pub(super) const PREFIX: &str = "/flash/";

pub(super) fn ask(request: &InstanceRequest<'_>, path: &str, flash: &mut Flash) -> InstanceAnswer {
    let Some(path) = decoded(path) else {
        return InstanceAnswer::fault(400, "the path is not encoded properly");
    };
    match request.method {
        "GET" => match flash.read(&path) {
            Some(file) => InstanceAnswer::typed(200, "application/octet-stream", file),
            None => InstanceAnswer::fault(404, "there is no such file"),
        },
        "PUT" => match flash.write(&path, request.body.to_vec()) {
            Ok(()) => InstanceAnswer::new(204),
            Err(fault @ FlashFault::Path) => InstanceAnswer::fault(400, &fault.to_string()),
            Err(fault) => InstanceAnswer::fault(507, &fault.to_string()),
        },
        _ => InstanceAnswer::fault(405, "GET and PUT are possible").with("allow", "GET, PUT"),
    }
}
