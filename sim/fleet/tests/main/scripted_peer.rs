//! A licensing server of a few lines, in memory: scripted replies first, then a plain happy path.

use std::collections::VecDeque;

use muster_fleet::transport::{Call, Received, Reply, Undelivered};
use muster_fleet::virtual_run::Peer;
use muster_journal::FailureCause;
use muster_wire::artefact::to_smart_license;
use muster_wire::proposed::acknowledgement::{
    AcknowledgedReport, Acknowledgement, AcknowledgementData,
};
use muster_wire::transport::smart::SmartRequest;
use muster_wire::transport::smart_answer::{AnswerLine, SmartAnswer};
use muster_wire::trust::{CustomerInfo, TrustAnswer, TrustCode, TrustStatus};
use muster_wire::{
    AnswerStatus, Artefact, Extra, LineStatus, PollId, ProductInstanceId, RequestType,
};
use serde_json::json;

/// Seconds until a deferred result is there.
pub(crate) const POLL_INTERVAL_S: u64 = 3_600;

#[derive(Default)]
pub(crate) struct ScriptedPeer {
    /// Replies given before the happy path begins.
    pub(crate) script: VecDeque<Result<Received, Undelivered>>,
    /// Everything asked, hooks too.
    pub(crate) calls: Vec<Call>,
    /// Every setting of the clock.
    pub(crate) clock: Vec<u64>,
    /// Polls answered `OK_POLL` once more.
    pub(crate) still_running: u32,
    /// Whether such a poll gets another poll id.
    pub(crate) renames: bool,
    /// Polls that get no answer, before any other.
    pub(crate) lost_polls: u32,
    /// HTTP status of hooks.
    pub(crate) hook_status: u16,
    pub(crate) next_poll: u64,
    pub(crate) waiting: Vec<(u64, Artefact)>,
}

impl Peer for ScriptedPeer {
    fn exchange(&mut self, call: &Call) -> Reply {
        self.calls.push(call.clone());
        let result = if &*call.endpoint == "hook" {
            answered(if self.hook_status == 0 { 200 } else { self.hook_status }, b"hook says hello")
        } else {
            self.script.pop_front().unwrap_or_else(|| self.answer(call))
        };
        Reply { result, tls: None, elapsed_us: 0 }
    }

    fn set_clock(&mut self, now_ms: u64) {
        self.clock.push(now_ms);
    }
}

pub(crate) fn answered(status: u16, body: &[u8]) -> Result<Received, Undelivered> {
    Ok(Received { status, headers: Vec::new(), body: body.to_vec() })
}

pub(crate) fn lost(cause: FailureCause) -> Result<Received, Undelivered> {
    Err(Undelivered { cause, detail: "scripted".to_owned() })
}

impl ScriptedPeer {
    pub(crate) fn with(script: Vec<Result<Received, Undelivered>>) -> Self {
        Self { script: script.into(), ..Self::default() }
    }

    pub(crate) fn answer(&mut self, call: &Call) -> Result<Received, Undelivered> {
        let Ok(request) = SmartRequest::decode(&call.body) else {
            return answered(400, b"no request");
        };
        let Some(line) = request.license_data.first() else { return answered(400, b"no line") };
        let artefact = line.smart_license.as_deref().map(Artefact::from_smart_license);
        let line = match (line.request_type.clone(), artefact, line.poll_id) {
            (Some(RequestType::IdTokenTrust), Some(Ok(Artefact::TrustRequest(trust))), _) => {
                complete(&trust_of(trust.entries[0].trust_id, &request))
            }
            (Some(RequestType::TrustSync), Some(Ok(Artefact::TrustRequest(trust))), _) => {
                self.defer(trust_of(trust.entries[0].trust_id, &request))
            }
            (Some(RequestType::LicenseUsage), Some(Ok(Artefact::Usage(usage))), _) => {
                let acks = usage.reports.iter().filter_map(|report| {
                    let payload = report.payload().ok()?;
                    Some(AcknowledgedReport {
                        report_id: payload.report_id()?,
                        entitlement_tag: payload.meta.entitlement_tag.clone()?,
                        status: AcknowledgedReport::ACKED.to_owned(),
                        message: String::new(),
                    })
                });
                let acks = acks.collect();
                self.defer(acknowledgement(acks, &request))
            }
            (Some(RequestType::Poll), ..) if self.lost_polls > 0 => {
                self.lost_polls -= 1;
                return lost(FailureCause::Closed);
            }
            (Some(RequestType::Poll), _, Some(id)) => self.poll(id.0),
            _ => return answered(200, br#"{"status":"FAILED","message_code":"NOT_UNDERSTOOD"}"#),
        };
        let answer = SmartAnswer {
            sender_info: Some(request.sender_info),
            status: AnswerStatus::Complete,
            message_code: None,
            message: None,
            nonce: None,
            license_data: vec![line],
            extra: Extra::new(),
        };
        answered(200, &answer.encode())
    }

    fn defer(&mut self, artefact: Artefact) -> AnswerLine {
        self.next_poll += 1;
        self.waiting.push((self.next_poll, artefact));
        ok_poll(self.next_poll)
    }

    fn poll(&mut self, id: u64) -> AnswerLine {
        let Some(at) = self.waiting.iter().position(|(known, _)| *known == id) else {
            return AnswerLine::new(LineStatus::Failed, 1);
        };
        if self.still_running == 0 {
            return complete(&self.waiting[at].1);
        }
        self.still_running -= 1;
        if self.renames {
            self.next_poll += 1;
            self.waiting[at].0 = self.next_poll;
        }
        ok_poll(self.waiting[at].0)
    }
}

fn ok_poll(id: u64) -> AnswerLine {
    let mut line = AnswerLine::new(LineStatus::OkPoll, 1);
    (line.poll_id, line.poll_interval) = (Some(PollId(id)), Some(POLL_INTERVAL_S));
    line
}

fn complete(artefact: &Artefact) -> AnswerLine {
    let xml = match artefact {
        Artefact::Trust(trust) => trust.encode(),
        Artefact::Acknowledgement(ack) => ack.encode(),
        other => panic!("{other:?}"),
    };
    let mut line = AnswerLine::new(LineStatus::Complete, 1);
    line.smart_license = Some(to_smart_license(&xml));
    line
}

fn trust_of(id: muster_wire::TrustId, request: &SmartRequest) -> Artefact {
    let now_ms = i64::try_from(request.sender_info.timestamp).unwrap_or_default();
    let now = jiff::Timestamp::from_millisecond(now_ms).unwrap_or_default();
    let stamp = now.strftime("%Y-%m-%dT%H:%M:%S").to_string();
    let code = TrustCode {
        udi: request.sender_info.sudi.udi().to_string(),
        customer: Some(CustomerInfo {
            smart_account: "Parade Ground".to_owned(),
            virtual_account: "Drill Square".to_owned(),
        }),
        product_instance_identifier: Some(ProductInstanceId::new("pi-of-the-scripted-peer")),
        date_stamp: Some(stamp),
        id_certificate: None,
        sub_ca: None,
        trust_id: Some(id),
        status: TrustStatus { success: true, message: None, code: None, correlation_id: None },
    };
    Artefact::Trust(Box::new(TrustAnswer::new(code, |_| String::new())))
}

fn acknowledgement(acks: Vec<AcknowledgedReport>, request: &SmartRequest) -> Artefact {
    let sender = &request.sender_info;
    let data = AcknowledgementData {
        version: "2.0".to_owned(),
        timestamp: sender.timestamp,
        nonce: sender.nonce.clone(),
        sudi: sender.sudi.clone(),
        product_instance_identifier: sender.product_instance_identifier.clone(),
        acks,
        next_report_due: 0,
        extra: Extra::new(),
    };
    Artefact::Acknowledgement(Box::new(Acknowledgement::new(data, Vec::new(), |_| String::new())))
}

/// A one-line answer of any status, without the rest of the envelope.
pub(crate) fn bare(line: serde_json::Value) -> Result<Received, Undelivered> {
    let body = json!({ "status": "COMPLETE", "license_data": [line] });
    answered(200, body.to_string().as_bytes())
}
