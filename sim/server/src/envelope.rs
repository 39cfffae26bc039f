//! The envelope around answers: sender, echo, capabilities, and the short failure form.
//!
//! Source: Troubleshoot SLP on 9800, "Valid Response Poll_id" and "Error Response packet"; the
//! name, version and capabilities of CSSM from public samples.

use muster_wire::transport::smart::{CSLU_NAME, ConnectInfo, SSM_NAME, SenderInfo};
use muster_wire::transport::smart_answer::{AnswerLine, SmartAnswer};
use muster_wire::{AnswerStatus, Extra, LineStatus, Nonce};
use serde_json::Value;

use crate::defects::Defect;
use crate::handler::Asked;
use crate::message::ServerAnswer;
use crate::router::Endpoint;
use crate::server::Core;

const CSLU_CAPABILITIES: [&str; 10] = [
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

pub(crate) const SSM_CAPABILITIES: [&str; 6] =
    ["DLC", "AppHA", "EXPORT_2", "POLICY_USAGE", "UTILITY", "TELEMETRY"];

/// The full envelope.
pub(crate) fn full(core: &Core, asked: &Asked<'_>, lines: Vec<AnswerLine>) -> ServerAnswer {
    let sender = &asked.request.sender_info;
    let mut sudi = sender.sudi.clone();
    if core.has(Defect::ECHOES_WRONG_SERIAL) {
        sudi.udi_serial_number = format!("{}X", sudi.udi_serial_number).into();
    }
    let nonce = if core.has(Defect::STALE_NONCE) {
        Nonce::from(asked.digest.number().to_string())
    } else {
        sender.nonce.clone()
    };
    let deferred = lines.iter().any(|line| line.status == LineStatus::OkPoll);
    let status = if deferred && core.has(Defect::ENVELOPE_STATUS_OK_POLL) {
        AnswerStatus::from(LineStatus::OkPoll.as_str())
    } else {
        AnswerStatus::Complete
    };
    let answer = SmartAnswer {
        sender_info: Some(SenderInfo {
            connect_info: connect_info(core, asked),
            timestamp: asked.now_ms,
            nonce,
            sudi,
            // As in the sample, the identifier the instance sent, also when it has a new one.
            product_instance_identifier: sender.product_instance_identifier.clone(),
            software_tag_identifier: sender.software_tag_identifier.clone(),
            extra: Extra::new(),
        }),
        status,
        message_code: None,
        message: None,
        nonce: None,
        license_data: lines,
        extra: Extra::new(),
    };
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
    if core.has(Defect::FAILURE_WITHOUT_NONCE) {
        answer.nonce = None;
    }
    ServerAnswer::json(http_status, answer.encode())
}

fn connect_info(core: &Core, asked: &Asked<'_>) -> ConnectInfo {
    let (name, version, capabilities) = match asked.endpoint {
        Endpoint::SmartReceiver | Endpoint::CallHomeReceiver => {
            (SSM_NAME, "1.3", SSM_CAPABILITIES.as_slice())
        }
        _ => (CSLU_NAME, "v1", CSLU_CAPABILITIES.as_slice()),
    };
    let capabilities = if core.has(Defect::CAPABILITIES_MISSING) { &[] } else { capabilities };
    ConnectInfo {
        name: name.into(),
        version: version.into(),
        // Assumed: both sides must mean the same kind of certificates, so the server agrees.
        production: asked.request.sender_info.connect_info.production,
        additional_info: Value::String(String::new()),
        capabilities: capabilities.iter().map(|&capability| capability.into()).collect(),
        extra: Extra::new(),
    }
}
