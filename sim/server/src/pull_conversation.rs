//! A collection as a conversation, without I/O: what a product instance is asked next, from what
//! it answered before.
//!
//! Source: public IOS XE documentation of the `/smartlic-service` interface (paths, base64 of the
//! file) and the public YANG model (operations of RESTCONF); Troubleshoot SLP on 9800, "Trust Code"
//! (from 17.9.1 on a collection brings a trust code). Assumed: the members `import` and
//! `trust_request`; that files of RESTCONF operations are fetched and brought under `/flash/`;
//! that a collector reads the reports once more after it has brought a trust code.

use std::collections::VecDeque;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use muster_wire::Artefact;
use muster_wire::rum_report::RumReport;
use muster_wire::transport::instance_service::{ALL_REPORTS, IMPORT};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::account_page::Rejected;
use crate::collect::Import;
use crate::control::{good, wrong};
use crate::message::ServerAnswer;
use crate::server::Core;

const OPERATIONS: &str = "/restconf/operations/cisco-smart-license:";
const TRUST_CODES: &str =
    "/restconf/data/cisco-smart-license:licensing/state/state-info/trust-code";
const FLASH: &str = "/flash/";

/// Names of the files on the instance.
const TRUST_FILE: &str = "muster-trust.xml";
const USAGE_FILE: &str = "muster-usage.xml";
const ANSWER_FILE: &str = "muster-answer.xml";

/// How an instance is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Interface {
    #[default]
    Rest,
    Restconf,
}

/// What the hook orders.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CollectionOrder {
    pub(crate) url: String,
    #[serde(default)]
    interface: Interface,
}

impl CollectionOrder {
    pub(crate) fn read(body: &[u8]) -> Result<Self, ServerAnswer> {
        let order = serde_json::from_slice(body);
        order.map_err(|error| wrong(400, &format!("not a collection order: {error}")))
    }
}

/// One request to a product instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PullCall {
    /// Method, in capitals.
    pub method: &'static str,
    /// Path below the URL of the instance.
    pub path: String,
    /// Body, JSON or a file.
    pub body: Vec<u8>,
}

/// What the answer to a request means.
#[derive(Debug, PartialEq, Eq)]
enum Meaning {
    /// `all-reports`.
    Offer,
    /// The state of its trust codes.
    TrustState,
    /// The file of a trust request.
    TrustRequest,
    /// The file of its usage.
    Usage,
    /// An operation was done.
    Operation,
    /// A file was imported; an acknowledgement, if it is one.
    Imported(Option<Box<Import>>),
    /// Whatever it is.
    Nothing,
}

/// A collection under way.
pub(crate) struct Conversation {
    interface: Interface,
    ahead: VecDeque<(PullCall, Meaning)>,
    awaited: Option<Meaning>,
    brought_trust: bool,
    reports: usize,
    policy: bool,
}

/// What an instance offers.
#[derive(Deserialize)]
struct Offer {
    usage: Vec<RumReport>,
    /// Base64 of the artefact.
    trust_request: Option<String>,
}

impl Conversation {
    pub(crate) fn begin(order: &CollectionOrder) -> Self {
        let interface = order.interface;
        let first = match interface {
            Interface::Rest => (get(ALL_REPORTS), Meaning::Offer),
            Interface::Restconf => (get(TRUST_CODES), Meaning::TrustState),
        };
        Self {
            interface,
            ahead: VecDeque::from([first]),
            awaited: None,
            brought_trust: false,
            reports: 0,
            policy: false,
        }
    }

    /// What to ask next; none when all is done.
    pub(crate) fn next_call(&mut self) -> Option<PullCall> {
        let (call, meaning) = self.ahead.pop_front()?;
        self.awaited = Some(meaning);
        Some(call)
    }

    /// Takes the body of a successful answer; the error ends the collection.
    pub(crate) fn answered(&mut self, core: &Core, body: &[u8]) -> Result<(), ServerAnswer> {
        match self.awaited.take() {
            Some(Meaning::Offer) => self.offered(core, body),
            Some(Meaning::TrustState) => {
                if !has_trust(body) {
                    self.have_written("trust-request-save", TRUST_FILE, Meaning::TrustRequest);
                }
                self.have_written("rum-save-usage-all", USAGE_FILE, Meaning::Usage);
                Ok(())
            }
            Some(Meaning::TrustRequest) => self.bring_trust(core, body),
            Some(Meaning::Usage) => match Artefact::decode(body) {
                Ok(Artefact::Usage(file)) => self.collected(core, file.reports),
                Ok(_) => Err(wrong(502, "the file holds no usage")),
                Err(error) => Err(wrong(502, &format!("the file of usage: {error}"))),
            },
            Some(Meaning::Operation) => operated(body),
            Some(Meaning::Imported(import)) => {
                if self.interface == Interface::Restconf {
                    operated(body)?;
                }
                if let Some(import) = import {
                    core.imported(&import);
                }
                Ok(())
            }
            Some(Meaning::Nothing) | None => Ok(()),
        }
    }

    /// What the control API answers when all is done.
    pub(crate) fn end(&self) -> ServerAnswer {
        good(&json!({
            "collected": self.reports,
            "policy": self.policy,
            "trust": self.brought_trust,
        }))
    }

    fn offered(&mut self, core: &Core, body: &[u8]) -> Result<(), ServerAnswer> {
        let offer: Offer = serde_json::from_slice(body).map_err(|error| {
            wrong(502, &format!("{ALL_REPORTS} answered no list of reports: {error}"))
        })?;
        let Some(request) = offer.trust_request.filter(|_| !self.brought_trust) else {
            return self.collected(core, offer.usage);
        };
        let request = STANDARD.decode(request);
        let request =
            request.map_err(|error| wrong(502, &format!("the trust request: {error}")))?;
        // What is signed under no trust code is read again, signed under the new one.
        self.ahead.push_front((get(ALL_REPORTS), Meaning::Offer));
        self.bring_trust(core, &request)
    }

    fn bring_trust(&mut self, core: &Core, request: &[u8]) -> Result<(), ServerAnswer> {
        let code = core.answer_to_file(request).map_err(rejected)?;
        self.brought_trust = true;
        self.bring(&code, None);
        Ok(())
    }

    fn collected(&mut self, core: &Core, reports: Vec<RumReport>) -> Result<(), ServerAnswer> {
        let collection = core.collect(reports).map_err(|refusal| rejected(refusal.into()))?;
        self.reports = collection.reports;
        if let Some(import) = collection.import {
            self.policy = import.policy;
            let file = import.file.clone();
            self.bring(&file, Some(Box::new(import)));
        }
        Ok(())
    }

    /// Plans an operation that writes a file, and the file's way here.
    fn have_written(&mut self, operation: &str, file: &str, meaning: Meaning) {
        self.ahead.push_back((operate(operation, file), Meaning::Operation));
        self.ahead.push_back((get(&format!("{FLASH}{file}")), meaning));
    }

    /// Plans a file's way to the instance, before all else.
    fn bring(&mut self, file: &str, import: Option<Box<Import>>) {
        match self.interface {
            Interface::Rest => {
                let body = json!({ "import": STANDARD.encode(file) }).to_string().into_bytes();
                let call = PullCall { method: "POST", path: IMPORT.to_owned(), body };
                self.ahead.push_front((call, Meaning::Imported(import)));
            }
            Interface::Restconf => {
                let path = format!("{FLASH}{ANSWER_FILE}");
                let put = PullCall { method: "PUT", path, body: file.as_bytes().to_vec() };
                let import_file = operate("import-file", ANSWER_FILE);
                self.ahead.push_front((import_file, Meaning::Imported(import)));
                self.ahead.push_front((put, Meaning::Nothing));
            }
        }
    }
}

fn get(path: &str) -> PullCall {
    PullCall { method: "GET", path: path.to_owned(), body: Vec::new() }
}

fn operate(operation: &str, file: &str) -> PullCall {
    let input = json!({ "cisco-smart-license:input": { "file-path": format!("flash:{file}") } });
    let body = input.to_string().into_bytes();
    PullCall { method: "POST", path: format!("{OPERATIONS}{operation}"), body }
}

/// Whether the state of an instance shows a trust code.
fn has_trust(body: &[u8]) -> bool {
    let state: Value = serde_json::from_slice(body).unwrap_or_default();
    let codes = state.get("cisco-smart-license:trust-code").and_then(Value::as_array);
    codes.into_iter().flatten().any(|code| code.get("is-installed") == Some(&Value::Bool(true)))
}

/// Whether an operation succeeded.
fn operated(body: &[u8]) -> Result<(), ServerAnswer> {
    let output: Value = serde_json::from_slice(body).unwrap_or_default();
    match output.pointer("/cisco-smart-license:output/return-code").and_then(Value::as_str) {
        Some("success") => Ok(()),
        code => {
            let code = code.unwrap_or("nothing");
            Err(wrong(502, &format!("an operation of the instance returned {code}")))
        }
    }
}

fn rejected(Rejected { code, message }: Rejected) -> ServerAnswer {
    let status = if code == "TRY_AGAIN" { 503 } else { 422 };
    ServerAnswer { status, ..good(&json!({ "error": message, "code": code })) }
}
