//! A product instance as the benches need one: request bodies, signed ahead of time.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use muster_certs::{InstanceKey, Seed};
use muster_server::{ClockSource, Server, ServerOptions, SigningMode, id_token};
use muster_wire::Udi;
use muster_wire::artefact::to_smart_license;
use muster_wire::rum_report::RumReport;
use muster_wire::usage_file::UsageFile;
use serde_json::{Value, json};

/// Where the recorded requests live in time, unix milliseconds.
const START_MS: u64 = 1_780_000_000_000;
/// Trust with an ID token.
pub(crate) const RECEIVER: &str = "/licservice/license";
/// Usage that is deferred for a minute: polls right after it come early.
pub(crate) const CSLU: &str = "/cslu/v1/pi/Default-1";

const SEED: u64 = 77;
const LICENCE: &str = "regid.2021-03.com.cisco.MUSTER_ADV,1.0_3f0c2a51-0d6e-4b6e-8d53-70a1b52f4c01";
const SOFTWARE: &str = "regid.2017-05.com.cisco.C9300,v1_727af1d9-6c39-4444-b301-863f81445b72";

/// Stands at the recorded time.
pub(crate) const CLOCK: ClockSource = ClockSource::Manual { start_ms: START_MS };

pub(crate) fn options(signing: SigningMode) -> ServerOptions {
    ServerOptions { seed: SEED, signing, instances_max: 1_000_000, ..ServerOptions::default() }
}

/// A server whose clock stands at the recorded time.
pub(crate) fn server(signing: SigningMode) -> Server {
    Server::new(options(signing), CLOCK).unwrap()
}

/// What makes requests of one product instance.
pub(crate) struct Instance {
    udi: Udi,
    key: InstanceKey,
    /// The last one used.
    pub(crate) nonce: u64,
    /// The last one made.
    pub(crate) report: u64,
}

impl Instance {
    /// The instance with this number; the same number is the same instance.
    pub(crate) fn new(number: u64) -> Self {
        Self {
            udi: Udi::new("C9300-24T", &format!("MST{number:08}")),
            key: InstanceKey::derive(&Seed::from_u64(5), number, 1),
            nonce: 1_000_000_000_000_000_000 + number * 1_000_000,
            report: 1_000_000,
        }
    }

    /// A trust request with the default account's token.
    pub(crate) fn trust(&mut self, trust_id: u64) -> Vec<u8> {
        let entries = json!([{
            "sudi": self.sudi(),
            "trust_id": trust_id,
            "timestamp": START_MS,
            "public_key": self.key.public_key().to_spki_base64(),
            "id_token": id_token(SEED, "valid"),
        }]);
        let signed = entries.to_string();
        let request = muster_wire::proposed::trust_request::TrustRequest {
            system_info: None,
            entries: serde_json::from_str(&signed).unwrap(),
            signature: self.sign(&signed),
            signed,
        };
        self.artefact("ID_TOKEN_TRUST", &request.encode())
    }

    /// A usage request with one report signed under a trust id.
    pub(crate) fn usage(&mut self, trust_id: u64) -> Vec<u8> {
        self.report += 1;
        let (end, start) = (START_MS / 1000, START_MS / 1000 - 28_800);
        let payload = json!({
            "version": "2.0",
            "asset_identification": {
                "report_id": self.report,
                "asset": { "name": SOFTWARE },
                "instance": { "sudi": self.sudi() },
            },
            "meta": {
                "entitlement_tag": LICENCE,
                "software_version": "17.12.02",
                "ha_udi": [{ "role": "Active", "sudi": self.sudi() }],
            },
            "measurements": [{
                "log_time": end, "metric_name": "ENTITLEMENT", "start_time": start,
                "end_time": end, "sample_interval": 28_800, "num_samples": 32,
                "meta": { "added_sudi_list": [], "removed_sudi_list": [] },
                "value": { "type": "COUNT", "value": "2" },
            }],
        });
        let payload = payload.to_string();
        let signature = json!({
            "sudi": self.sudi(),
            "signing_type": "SHA-256",
            "key": trust_id.to_string(),
            "value": self.sign(&payload),
        });
        let report = RumReport::new(payload, serde_json::from_value(signature).unwrap());
        let file = UsageFile { reports: vec![report], system_info: None };
        self.artefact("LICENSE_USAGE", &file.encode())
    }

    /// A poll for a deferred result.
    pub(crate) fn poll(&mut self, poll_id: &Value) -> Vec<u8> {
        self.body(json!([{ "request_type": "POLL", "request_line_id": 1, "poll_id": poll_id }]))
    }

    fn artefact(&mut self, kind: &str, xml: &str) -> Vec<u8> {
        let smart_license = to_smart_license(xml);
        self.body(json!([
            { "request_type": kind, "request_line_id": 1, "smart_license": smart_license }
        ]))
    }

    fn body(&mut self, lines: Value) -> Vec<u8> {
        self.nonce += 1;
        let request = json!({
            "sender_info": {
                "connect_info": {
                    "name": "C_agent", "version": "5.8.6_rel/15", "production": false,
                    "additional_info": "",
                    "capabilities": ["UTILITY", "DLC", "AppHA", "POLICY_USAGE"],
                },
                "timestamp": START_MS,
                "nonce": self.nonce.to_string(),
                "sudi": self.sudi(),
                "product_instance_identifier": "",
                "software_tag_identifier": SOFTWARE,
            },
            "device_list": [{
                "sudi": self.sudi(), "software_tag_identifier": SOFTWARE,
                "product_instance_identifier": "",
            }],
            "license_data": lines,
        });
        request.to_string().into_bytes()
    }

    fn sudi(&self) -> Value {
        json!({
            "udi_pid": self.udi.product_id.as_str(),
            "udi_serial_number": self.udi.serial_number.as_str(),
        })
    }

    fn sign(&self, text: &str) -> String {
        STANDARD.encode(self.key.sign(text.as_bytes()))
    }
}

/// The poll id in an answer body.
pub(crate) fn poll_id(answer: &[u8]) -> Value {
    let answer: Value = serde_json::from_slice(answer).unwrap();
    answer["license_data"][0]["poll_id"].clone()
}

/// The status of the first line of an answer body.
pub(crate) fn line_status(answer: &[u8]) -> String {
    let answer: Value = serde_json::from_slice(answer).unwrap();
    answer["license_data"][0]["status"].as_str().unwrap_or_default().to_owned()
}
