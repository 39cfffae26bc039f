//! Files that an operator brings to the account's page, and what the account answers them with.
//!
//! Source: Troubleshoot SLP on 9800, "Background Information" (air-gapped instances: usage is
//! downloaded and uploaded to CSSM) and "Trust Code"; Obtaining a SLAC Response, steps 4 to 9.
//! Assumed: a file is of one instance and is judged as if it had come in a message; results are
//! there at once; an instance in no account comes into the first; a file that is refused has no
//! answer in that of its bundle.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use muster_wire::artefact::{Artefact, to_smart_license};
use muster_wire::bundle::{ACKNOWLEDGED, Bundle, BundledArchive, BundledFile};
use muster_wire::proposed::authorization_request::AuthorizationRequestEntry;
use muster_wire::transport::smart::{RequestLine, SenderInfo, SmartRequest};
use muster_wire::transport::smart_answer::AnswerLine;
use muster_wire::{Extra, LineStatus, Nonce, PollId, RequestType, SoftwareTag, Sudi};
use serde::Deserialize;
use serde_json::json;

use crate::collect::connect_info;
use crate::control::{good, wrong};
use crate::derivation::{Digest, collection_nonce};
use crate::handler::{self, Asked};
use crate::message::ServerAnswer;
use crate::refusal::Refusal;
use crate::router::Endpoint;
use crate::server::Core;

/// How every gzip file, and so every bundle, begins.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// A file that has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rejected {
    pub(crate) code: String,
    pub(crate) message: String,
}

impl Rejected {
    fn new(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into() }
    }
}

impl From<Refusal> for Rejected {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Failed { code, message, .. } => Self::new(code, message),
            Refusal::TryAgain => {
                Self::new("TRY_AGAIN", "the server has no room for another product instance")
            }
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UploadOrder {
    /// Base64.
    file: String,
}

/// Answers `POST upload` of the control API.
pub(crate) fn upload(core: &Core, body: &[u8]) -> ServerAnswer {
    let order = serde_json::from_slice::<UploadOrder>(body);
    let file = order.map_err(|error| error.to_string()).and_then(|order| {
        STANDARD.decode(order.file).map_err(|error| format!("the file is no base64: {error}"))
    });
    let file = match file {
        Ok(file) => file,
        Err(reason) => return wrong(400, &format!("not an upload: {reason}")),
    };
    let answer = match file.starts_with(&GZIP) {
        true => core.answer_to_bundle(&file),
        false => core.answer_to_file(&file).map(String::into_bytes),
    };
    match answer {
        Ok(answer) => good(&json!({ "file": STANDARD.encode(answer) })),
        Err(Rejected { code, message }) => {
            ServerAnswer { status: 422, ..good(&json!({ "error": message, "code": code })) }
        }
    }
}

/// What a file asks, and for whom.
struct Errand {
    sender: Sudi,
    lines: Vec<RequestType>,
    /// The file as a message carries it.
    text: String,
}

impl Core {
    /// The bundle of answers to the files of a bundle.
    fn answer_to_bundle(&self, bytes: &[u8]) -> Result<Vec<u8>, Rejected> {
        let unreadable =
            |error: muster_wire::Error| Rejected::new("INVALID_FILE", error.to_string());
        let bundle = Bundle::decode(bytes).map_err(unreadable)?;
        let renamed = |name: &str| format!("{ACKNOWLEDGED}{name}");
        let answered = |file: &BundledFile| {
            let answer = self.answer_to_file(&file.bytes).ok()?;
            Some(BundledFile { name: renamed(&file.name), bytes: answer.into_bytes() })
        };
        let archives = bundle.archives.iter().map(|archive| BundledArchive {
            name: renamed(&archive.name),
            files: archive.files.iter().filter_map(answered).collect(),
        });
        let answer = Bundle { manifest: None, archives: archives.collect() };
        answer.encode(self.clock.now_ms() / 1_000).map_err(unreadable)
    }

    /// The XML that answers a file.
    pub(crate) fn answer_to_file(&self, file: &[u8]) -> Result<String, Rejected> {
        let errand = errand(file)?;
        let mut answer = None;
        for line in self.said_to(&errand, None)? {
            let line = match (&line.status, line.poll_id) {
                (LineStatus::OkPoll, Some(poll_id)) => self.said_to(&errand, Some(poll_id))?.pop(),
                _ => Some(line),
            };
            let Some(line) = line else { continue };
            match line.status {
                LineStatus::Failed => {
                    let code = line.message_code.unwrap_or_default();
                    return Err(Rejected::new(&code, line.message.unwrap_or_default()));
                }
                LineStatus::OkPoll => {
                    let why = "the licence has to be moved into the virtual account first";
                    return Err(Rejected::new("LICENSE_NOT_AVAILABLE", why));
                }
                _ => answer = line.smart_license.or(answer),
            }
        }
        let nothing = || Rejected::new("NO_ANSWER", "the account has nothing to answer");
        let text = STANDARD.decode(answer.ok_or_else(nothing)?).ok();
        text.and_then(|xml| String::from_utf8(xml).ok()).ok_or_else(nothing)
    }

    /// What the handlers say to the message the file stands for, or to the poll for its result.
    fn said_to(
        &self,
        errand: &Errand,
        poll_id: Option<PollId>,
    ) -> Result<Vec<AnswerLine>, Refusal> {
        let now_ms = self.clock.now_ms();
        let number = self.store().begin_collection();
        let request = request(errand, poll_id, collection_nonce(&self.seed, number), now_ms);
        handler::checked(&request).map_err(Refusal::invalid_request)?;
        self.lines(&Asked {
            endpoint: Endpoint::AccountPage,
            udi: request.sender_info.sudi.udi(),
            now_ms,
            digest: Digest::of_request(&request.encode()),
            request: &request,
        })
    }
}

fn errand(file: &[u8]) -> Result<Errand, Rejected> {
    let unreadable = |error: muster_wire::Error| Rejected::new("INVALID_FILE", error.to_string());
    let artefact = Artefact::decode(file).map_err(unreadable)?;
    let text = String::from_utf8_lossy(file);
    let (senders, lines): (Vec<Sudi>, Vec<RequestType>) = match &artefact {
        Artefact::TrustRequest(request) => {
            let senders = request.entries.iter().map(|entry| entry.sudi.clone());
            (senders.collect(), vec![RequestType::TrustSync])
        }
        Artefact::Usage(file) => {
            let payload = file.reports.first().map(|report| report.payload().map_err(unreadable));
            let sender = payload.transpose()?.map(|of| of.asset_identification.instance.sudi);
            (sender.into_iter().collect(), vec![RequestType::LicenseUsage])
        }
        Artefact::AuthorizationRequest(request) => {
            let senders = request.entries.iter().map(|entry| entry.sudi.clone());
            (senders.collect(), authorization_lines(&request.entries))
        }
        _ => return Err(Rejected::new("INVALID_FILE", "the file is no request of an instance")),
    };
    let Ok([sender]) = <[Sudi; 1]>::try_from(senders) else {
        return Err(Rejected::new("INVALID_FILE", "a file is of one product instance"));
    };
    Ok(Errand { sender, lines, text: to_smart_license(&text) })
}

/// A confirmation and a return come before what is asked for anew.
fn authorization_lines(entries: &[AuthorizationRequestEntry]) -> Vec<RequestType> {
    let mut lines = Vec::new();
    if entries.iter().any(|entry| entry.confirm_code.is_some()) {
        lines.push(RequestType::AuthConfirm);
    }
    if entries.iter().any(|entry| entry.remove_code.is_some()) {
        lines.push(RequestType::AuthReturn);
    }
    if entries.iter().any(|entry| !entry.keys.is_empty()) {
        lines.push(RequestType::AuthRequest);
    }
    lines
}

fn request(errand: &Errand, poll_id: Option<PollId>, nonce: Nonce, now_ms: u64) -> SmartRequest {
    let line = |number, kind: RequestType| RequestLine {
        request_type: Some(kind),
        request_line_id: number,
        sudi: None,
        poll_id,
        smart_license: poll_id.is_none().then(|| errand.text.clone()),
        extra: Extra::new(),
    };
    let license_data = match poll_id {
        Some(_) => vec![line(1, RequestType::Poll)],
        None => (1..).zip(errand.lines.iter().cloned()).map(|(at, kind)| line(at, kind)).collect(),
    };
    SmartRequest {
        sender_info: SenderInfo {
            connect_info: connect_info(),
            timestamp: now_ms,
            nonce,
            sudi: errand.sender.clone(),
            product_instance_identifier: None,
            software_tag_identifier: SoftwareTag::default(),
            extra: Extra::new(),
        },
        device_list: Vec::new(),
        license_data,
        request_type: None,
        extra: Extra::new(),
    }
}
