//! Hand-made product instances against the server, through its front door.

mod account_page;
mod authorization;
mod collection;
mod envelope;
mod options;
mod poll;
mod restart;
mod trust;
mod usage;
mod waiting;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use muster_certs::{InstanceKey, Seed};
use muster_wire::artefact::{Artefact, to_smart_license};
use muster_wire::proposed::acknowledgement::Acknowledgement;
use muster_wire::proposed::trust_request::TrustRequest;
use muster_wire::rum_report::RumReport;
use muster_wire::transport::smart_answer::{AnswerLine, SmartAnswer};
use muster_wire::trust::TrustCode;
use muster_wire::usage_file::UsageFile;
use muster_wire::{PollId, Udi};
use serde_json::{Value, json};

use crate::defects::Defect;
use crate::message::{Listener, ServerAnswer, ServerRequest};
use crate::{ClockSource, Server, ServerOptions, id_token};

pub(crate) const START_MS: u64 = 1_780_000_000_000;
pub(crate) const SEED: u64 = 77;
pub(crate) const RECEIVER: &str = "/licservice/license";
pub(crate) const CSLU: &str = "/cslu/v1/pi/Default-1";
pub(crate) const CSLU_OTHER: &str = "/cslu/v1/pi/My%20VA-1";
pub(crate) const CSLU_VALIDATING: &str = "/cslu/v1/pi/Validated-1";
pub(crate) const LICENCE: &str =
    "regid.2021-03.com.cisco.MUSTER_ADV,1.0_3f0c2a51-0d6e-4b6e-8d53-70a1b52f4c01";
const SOFTWARE: &str = "regid.2017-05.com.cisco.C9300,v1_727af1d9-6c39-4444-b301-863f81445b72";

pub(crate) fn server(defects: &[Defect]) -> Server {
    let options =
        ServerOptions { seed: SEED, defects: defects.to_vec(), ..ServerOptions::default() };
    Server::new(options, ClockSource::Manual { start_ms: START_MS }).unwrap()
}

pub(crate) fn good_server() -> Server {
    server(&[])
}

pub(crate) fn token(name: &str) -> Option<String> {
    Some(id_token(SEED, name).unwrap_or_else(|| "nobody-knows-me".to_owned()))
}

pub(crate) fn post(server: &Server, path: &str, body: &[u8]) -> ServerAnswer {
    let request = ServerRequest { method: "POST", path_and_query: path, headers: &[], body };
    server.answer(Listener::ProductHttps, request)
}

pub(crate) fn put_settings(server: &Server, change: &Value) {
    let body = change.to_string();
    let request = ServerRequest {
        method: "PUT",
        path_and_query: "/muster/control/settings",
        headers: &[],
        body: body.as_bytes(),
    };
    assert_eq!(server.answer(Listener::Admin, request).status, 200);
}

pub(crate) fn decoded(answer: &ServerAnswer) -> SmartAnswer {
    SmartAnswer::decode(&answer.body).unwrap_or_else(|error| panic!("{error}: {answer:?}"))
}

/// The only line of an answer.
pub(crate) fn line(answer: &ServerAnswer) -> AnswerLine {
    let answer = decoded(answer);
    assert_eq!(answer.license_data.len(), 1, "{answer:?}");
    answer.license_data.into_iter().next().unwrap()
}

/// The code of the short failure envelope.
pub(crate) fn code(answer: &ServerAnswer) -> String {
    let answer = decoded(answer);
    assert!(answer.is_short(), "{answer:?}");
    answer.message_code.unwrap()
}

pub(crate) fn trust_code(line: &AnswerLine) -> TrustCode {
    match Artefact::from_smart_license(line.smart_license.as_deref().unwrap()).unwrap() {
        Artefact::Trust(trust) => trust.trust_code,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn acknowledgement(line: &AnswerLine) -> Acknowledgement {
    match Artefact::from_smart_license(line.smart_license.as_deref().unwrap()).unwrap() {
        Artefact::Acknowledgement(acknowledgement) => *acknowledgement,
        other => panic!("{other:?}"),
    }
}

/// A product instance that does what it is told.
pub(crate) struct Instance {
    pub(crate) udi: Udi,
    pub(crate) key: InstanceKey,
    /// The instance's clock.
    pub(crate) now_ms: u64,
    nonce: u64,
}

impl Instance {
    pub(crate) fn new(number: u64) -> Self {
        Self {
            udi: Udi::new("C9300-24T", &format!("MST{number:08}")),
            key: InstanceKey::derive(&Seed::from_u64(5), number, 1),
            now_ms: START_MS,
            nonce: number * 1_000_000,
        }
    }

    /// A request body with a fresh nonce.
    pub(crate) fn body(&mut self, lines: Value) -> Vec<u8> {
        self.nonce += 1;
        self.body_with_nonce(&self.nonce.to_string(), lines)
    }

    pub(crate) fn body_with_nonce(&self, nonce: &str, lines: Value) -> Vec<u8> {
        let request = json!({
            "sender_info": {
                "connect_info": { "name": "C_agent", "version": "5.0", "production": false },
                "timestamp": self.now_ms,
                "nonce": nonce,
                "sudi": self.sudi(),
                "software_tag_identifier": SOFTWARE,
            },
            "device_list": [{ "sudi": self.sudi(), "software_tag_identifier": SOFTWARE }],
            "license_data": lines,
        });
        request.to_string().into_bytes()
    }

    pub(crate) fn sudi(&self) -> Value {
        json!({
            "udi_pid": self.udi.product_id.as_str(),
            "udi_serial_number": self.udi.serial_number.as_str(),
        })
    }

    pub(crate) fn sign(&self, text: &str) -> String {
        STANDARD.encode(self.key.sign(text.as_bytes()))
    }

    pub(crate) fn trust_request(&self, trust_id: u64, id_token: Option<String>) -> TrustRequest {
        let mut entry = json!({
            "sudi": self.sudi(),
            "trust_id": trust_id,
            "timestamp": self.now_ms,
            "public_key": self.key.public_key().to_spki_base64(),
        });
        if let Some(id_token) = id_token {
            entry["id_token"] = Value::String(id_token);
        }
        let entries: Vec<Value> = vec![entry];
        let signed = serde_json::to_string(&entries).unwrap();
        let signature = self.sign(&signed);
        let entries = serde_json::from_str(&signed).unwrap();
        TrustRequest { system_info: None, entries, signed, signature }
    }

    pub(crate) fn trust_body(&mut self, trust_id: u64, id_token: Option<String>) -> Vec<u8> {
        let kind = if id_token.is_some() { "ID_TOKEN_TRUST" } else { "TRUST_SYNC" };
        let request = self.trust_request(trust_id, id_token);
        self.artefact_body(kind, &request.encode())
    }

    pub(crate) fn artefact_body(&mut self, kind: &str, xml: &str) -> Vec<u8> {
        let smart_license = to_smart_license(xml);
        self.body(json!([
            { "request_type": kind, "request_line_id": 1, "smart_license": smart_license }
        ]))
    }

    /// Trust by ID token at CSSM; the trust code that came back.
    pub(crate) fn trust(&mut self, server: &Server, trust_id: u64, name: &str) -> TrustCode {
        let body = self.trust_body(trust_id, token(name));
        trust_code(&line(&post(server, RECEIVER, &body)))
    }

    pub(crate) fn payload(&self, report_id: u64, tag: &str, count: u32) -> Value {
        let (end, start) = (self.now_ms / 1000, self.now_ms / 1000 - 900);
        json!({
            "version": "2.0",
            "asset_identification": {
                "report_id": report_id,
                "asset": { "name": SOFTWARE },
                "instance": { "sudi": self.sudi() },
            },
            "meta": { "entitlement_tag": tag, "ha_udi": [] },
            "measurements": [{
                "log_time": end, "metric_name": "ENTITLEMENT", "start_time": start,
                "end_time": end, "sample_interval": 900, "num_samples": 1,
                "value": { "type": "COUNT", "value": count.to_string() },
            }],
        })
    }

    /// A signed report over `payload` under a trust id.
    pub(crate) fn report(&self, trust_id: u64, payload: &Value) -> RumReport {
        let payload = payload.to_string();
        let signature = json!({
            "sudi": self.sudi(),
            "signing_type": "SHA-256",
            "key": trust_id.to_string(),
            "value": self.sign(&payload),
        });
        RumReport::new(payload, serde_json::from_value(signature).unwrap())
    }

    pub(crate) fn usage_body(&mut self, reports: Vec<RumReport>) -> Vec<u8> {
        let file = UsageFile { reports, system_info: None };
        self.artefact_body("LICENSE_USAGE", &file.encode())
    }

    /// A usage request with one good report.
    pub(crate) fn simple_usage(&mut self, trust_id: u64, report_id: u64) -> Vec<u8> {
        let report = self.report(trust_id, &self.payload(report_id, LICENCE, 2));
        self.usage_body(vec![report])
    }

    pub(crate) fn poll_body(&mut self, poll_id: PollId) -> Vec<u8> {
        self.body(json!([{ "request_type": "POLL", "request_line_id": 1, "poll_id": poll_id }]))
    }

    pub(crate) fn poll(&mut self, server: &Server, path: &str, poll_id: PollId) -> AnswerLine {
        let body = self.poll_body(poll_id);
        line(&post(server, path, &body))
    }
}
