//! The envelope around answers: sender, echo, capabilities, and the short failure form.
//!
//! Source: Troubleshoot SLP on 9800, "Valid Response Poll_id" and "Error Response packet"; the
//! name, version and capabilities of CSSM from public samples.

use std::sync::LazyLock;

use muster_wire::transport::smart::{CSLU_NAME, ConnectInfo, SSM_NAME, SenderInfo};
use muster_wire::transport::smart_answer::{AnswerLine, SmartAnswer};
use muster_wire::{AnswerStatus, Capabilities, Extra, Nonce};
use serde_json::Value;

use crate::handler::Asked;
use crate::message::ServerAnswer;
use crate::router::Endpoint;
use crate::server::Core;

static CSLU_CAPABILITIES: LazyLock<Capabilities> = LazyLock::new(|| {
    let listed = [
        "UTILITY",
        "DLC",
        "AppHA",
        "MULTITIER",
        "EXPORT_2",
        "OK_TRY_AGAIN",
        "POLICY_USAGE",
        "CSLU_V1",
        "CSLU_V2",
        "TELEMETRY",
    ];
    listed.into_iter().collect()
});

pub(crate) static SSM_CAPABILITIES: LazyLock<Capabilities> = LazyLock::new(|| {
    ["DLC", "AppHA", "EXPORT_2", "POLICY_USAGE", "UTILITY", "TELEMETRY"].into_iter().collect()
});

/// The full envelope.
pub(crate) fn full(core: &Core, asked: &Asked<'_>, lines: Vec<AnswerLine>) -> ServerAnswer {
    let sender = &asked.request.sender_info;
    let mut answer = SmartAnswer {
        sender_info: Some(SenderInfo {
            connect_info: connect_info(asked),
            timestamp: asked.now_ms,
            nonce: sender.nonce.clone(),
            sudi: sender.sudi.clone(),
            // As in the sample, the identifier the instance sent, also when it has a new one.
            product_instance_identifier: sender.product_instance_identifier.clone(),
            software_tag_identifier: sender.software_tag_identifier.clone(),
            extra: Extra::new(),
        }),
        status: AnswerStatus::Complete,
        message_code: None,
        message: None,
        nonce: None,
        license_data: lines,
        extra: Extra::new(),
    };
    core.defects.alter_answer(asked, &mut answer);
    ServerAnswer::json(200, answer.encode())
}

/// The short failure envelope. Its nonce is empty when the request's could not be read.
pub(crate) fn failure(
    core: &Core,
    http_status: u16,
    code: &str,
    message: &str,
    nonce: Nonce,
) -> ServerAnswer {
    tracing::debug!(code, message, nonce = nonce.as_str(), "request refused");
    let mut answer = SmartAnswer::failure(code, message, nonce);
    core.defects.alter(&mut answer);
    ServerAnswer::json(http_status, answer.encode())
}

fn connect_info(asked: &Asked<'_>) -> ConnectInfo {
    let (name, version, capabilities) = match asked.endpoint {
        Endpoint::SmartReceiver | Endpoint::CallHomeReceiver => {
            (SSM_NAME, "1.3", &SSM_CAPABILITIES)
        }
        _ => (CSLU_NAME, "v1", &CSLU_CAPABILITIES),
    };
    ConnectInfo {
        name: name.into(),
        version: version.into(),
        // Assumed: both sides must mean the same kind of certificates, so the server agrees.
        production: asked.request.sender_info.connect_info.production,
        additional_info: Value::String(String::new()),
        capabilities: Capabilities::clone(capabilities),
        extra: Extra::new(),
    }
}
