//! Smart Transport requests: reading, checks common to all, one handler per request family.
//!
//! Source: Troubleshoot SLP on 9800, "Usage Reporting". A handler reads facts under the lock,
//! verifies without it, and commits under it again.

mod acknowledgement;
pub(crate) mod authorization;
mod poll;
pub(crate) mod relayed_usage;
mod trust;
mod usage;

#[cfg(test)]
pub(crate) mod tests;

use muster_wire::transport::smart::{RequestLine, SmartRequest};
use muster_wire::transport::smart_answer::AnswerLine;
use muster_wire::{LineStatus, Nonce, PollId, RequestType, Sudi, Udi};
use serde_json::Value;

use self::authorization::Errand;
use crate::defects::Defect;
use crate::derivation::Digest;
use crate::envelope;
use crate::local_account::service::Service;
use crate::message::ServerAnswer;
use crate::nonce_memory::NonceUse;
use crate::refusal::Refusal;
use crate::router::{Endpoint, Role};
use crate::server::Core;
use crate::store::Store;
use crate::strictness;

/// Lines of one request: one per request family and member of the largest stack is far less.
const LINES_MAX: usize = 64;

/// The longest documented nonce has 20 characters.
pub(crate) const NONCE_LENGTH_MAX: usize = 128;

/// Product id and serial number together: what fits the common name of a certificate.
const UDI_LENGTH_MAX: usize = 54;

/// Seconds after which a request answered OK_TRY_AGAIN is welcome again. Assumed: the documents
/// give no number; the short poll interval of the public samples is taken.
const TRY_AGAIN_AFTER_S: u64 = 300;

/// The reason in a public sample of OK_TRY_AGAIN.
pub(crate) const TRY_AGAIN_MESSAGE: &str = "Server error occurred: LS_LICENGINE_FAIL_TO_CONNECT";

/// One request and where and when it came.
pub(crate) struct Asked<'a> {
    pub(crate) endpoint: Endpoint,
    pub(crate) request: &'a SmartRequest,
    /// The sender.
    pub(crate) udi: Udi,
    pub(crate) now_ms: u64,
    /// Of the whole body.
    pub(crate) digest: Digest,
}

impl Asked<'_> {
    /// What the sender calls itself, when it says so.
    fn host_name(&self) -> Option<&str> {
        let is_own = |sudi: &Sudi| {
            sudi.udi_pid == self.udi.product_id && sudi.udi_serial_number == self.udi.serial_number
        };
        let own = self.request.device_list.iter().find(|member| is_own(&member.sudi));
        own.and_then(|member| member.hostname.as_deref())
    }

    /// Whether it came to an On-Prem, over the network.
    fn goes_to_on_prem(&self) -> bool {
        self.endpoint.tenant().is_some() && self.endpoint != Endpoint::AccountPage
    }

    /// Whether the request may speak for `udi`: the sender, or a member of its set.
    fn speaks_for(&self, udi: &Udi) -> bool {
        let is = |sudi: &Sudi| {
            sudi.udi_pid == udi.product_id && sudi.udi_serial_number == udi.serial_number
        };
        self.udi == *udi || self.request.device_list.iter().any(|member| is(&member.sudi))
    }
}

/// Answers one request body.
pub(crate) fn smart_transport(
    core: &Core,
    endpoint: Endpoint,
    body: &[u8],
    try_again: bool,
) -> ServerAnswer {
    let failed = |refusal, nonce| failure(core, refusal, nonce);
    let request = match SmartRequest::decode(body) {
        Ok(request) => request,
        Err(error) => {
            return failed(Refusal::invalid_request(error.to_string()), salvaged_nonce(body));
        }
    };
    let nonce = request.sender_info.nonce.clone();
    if let Err(fault) = checked(&request) {
        let nonce = if nonce.as_str().len() > NONCE_LENGTH_MAX { Nonce::default() } else { nonce };
        return failed(Refusal::invalid_request(fault), nonce);
    }
    if core.options.strict
        && let Err(fault) = strictness::check(&request, core.clock.now_ms())
    {
        return failed(Refusal::invalid_request(fault), nonce);
    }
    if has_id_token_at_onprem(core, endpoint, &request) {
        return ServerAnswer::not_found();
    }
    let asked = Asked {
        endpoint,
        udi: request.sender_info.sudi.udi(),
        now_ms: core.clock.now_ms(),
        digest: Digest::of_request(body),
        request: &request,
    };
    let lines = if try_again { Err(Refusal::TryAgain) } else { core.lines(&asked) };
    match lines {
        Ok(lines) => envelope::full(core, &asked, lines),
        Err(Refusal::TryAgain) => envelope::full(core, &asked, try_again_lines(&request)),
        Err(refusal) => failed(refusal, nonce),
    }
}

impl Core {
    /// The answer lines; the first refused line refuses the whole request. Assumed: lines before
    /// it keep their effect, as if they had come alone.
    pub(crate) fn lines(&self, asked: &Asked<'_>) -> Result<Vec<AnswerLine>, Refusal> {
        let nonce = &asked.request.sender_info.nonce;
        let mut store = self.store();
        self.check_account_serves(&mut store, asked)?;
        let instance = store.instance_mut(&asked.udi)?;
        let nonce_use = instance.use_nonce(nonce, asked.digest);
        let software = &asked.request.sender_info.software_tag_identifier;
        if instance.account.is_none() {
            instance.facts.registered_at_ms = asked.now_ms;
        }
        instance.facts.heard(software, asked.host_name(), asked.now_ms);
        drop(store);
        if nonce_use == NonceUse::OtherRequest {
            return Err(Refusal::nonce_replayed());
        }
        let mut lines = Vec::with_capacity(asked.request.license_data.len());
        for line in &asked.request.license_data {
            match asked.request.line_type(line) {
                Some(RequestType::IdTokenTrust) => {
                    lines.extend(self.trust(asked, line, trust::Way::IdToken)?);
                }
                Some(RequestType::TrustSync) => {
                    lines.extend(self.trust(asked, line, trust::Way::Sync)?);
                }
                Some(RequestType::LicenseUsage) => lines.push(self.usage(asked, line)?),
                Some(RequestType::Poll) => lines.push(self.poll(asked, line)?),
                Some(RequestType::AuthRequest) => {
                    lines.extend(self.authorization(asked, line, Errand::Request)?);
                }
                Some(RequestType::AuthConfirm) => {
                    lines.extend(self.authorization(asked, line, Errand::Confirm)?);
                }
                Some(RequestType::AuthReturn) => {
                    lines.extend(self.authorization(asked, line, Errand::Return)?);
                }
                Some(RequestType::Hello | RequestType::TrustAck) => {
                    lines.push(about(line, &asked.udi, LineStatus::Complete));
                }
                Some(other) => lines.push(unknown_type(line, &asked.udi, other)),
                None => return Err(Refusal::invalid_request("a line has no request_type")),
            }
        }
        Ok(lines)
    }

    /// An OK_POLL line for a result that was deferred.
    fn deferred_line(&self, line: &RequestLine, udi: &Udi, poll_id: PollId) -> AnswerLine {
        let mut answer = about(line, udi, LineStatus::OkPoll);
        answer.poll_id = Some(poll_id);
        answer.poll_interval = Some(self.poll_intervals.seconds(poll_id));
        answer
    }

    /// Source: SSM On-Prem 7 User Guide, "Synchronization Alerts" (after a year without one nobody
    /// gets a valid answer). Assumed: the same before the account is registered.
    fn check_account_serves(&self, store: &mut Store, asked: &Asked<'_>) -> Result<(), Refusal> {
        let Some(at) = asked.endpoint.tenant().filter(|_| asked.goes_to_on_prem()) else {
            return Ok(());
        };
        store.settle(asked.now_ms);
        let Some(number) = store.holdings.number(&self.accounts[at]) else { return Ok(()) };
        match store.service(Role::OnPrem, number, asked.now_ms) {
            Service::None => Err(Refusal::account_not_serving()),
            _ => Ok(()),
        }
    }

    /// When a result asked for now is ready, unix milliseconds.
    fn ready_at_ms(store: &Store, asked: &Asked<'_>) -> u64 {
        let after_ms = match (asked.endpoint, asked.endpoint.tenant()) {
            // Whoever brings a file waits for the answer.
            (Endpoint::AccountPage, _) => 0,
            (_, None) => store.settings.acknowledge_after_ms,
            // The synchronization itself is what is waited for.
            _ if store.synchronization.settings.results_wait => 0,
            (_, Some(_)) => store.settings.onprem_acknowledge_after_ms,
        };
        asked.now_ms.saturating_add(after_ms)
    }
}

/// A line about one product instance.
fn about(line: &RequestLine, udi: &Udi, status: LineStatus) -> AnswerLine {
    AnswerLine { sudi: Some(Sudi::from(udi)), ..AnswerLine::new(status, line.request_line_id) }
}

/// A refused line. Assumed: codes and messages at line level.
fn failed_line(line: &RequestLine, udi: &Udi, code: &str, message: String) -> AnswerLine {
    let mut answer = about(line, udi, LineStatus::Failed);
    answer.message_code = Some(code.to_owned());
    answer.message = Some(message);
    answer
}

fn unknown_type(line: &RequestLine, udi: &Udi, found: &RequestType) -> AnswerLine {
    let (code, message) = match found {
        RequestType::Other(_) => ("UNKNOWN_REQUEST_TYPE", "the request type is not known"),
        _ => ("UNSUPPORTED_REQUEST_TYPE", "this server does not serve the request type"),
    };
    failed_line(line, udi, code, message.to_owned())
}

fn try_again_lines(request: &SmartRequest) -> Vec<AnswerLine> {
    let udi = request.sender_info.sudi.udi();
    let line = |line| {
        let mut answer = about(line, &udi, LineStatus::OkTryAgain);
        answer.poll_interval = Some(TRY_AGAIN_AFTER_S);
        answer.message = Some(TRY_AGAIN_MESSAGE.to_owned());
        answer
    };
    request.license_data.iter().map(line).collect()
}

fn failure(core: &Core, refusal: Refusal, nonce: Nonce) -> ServerAnswer {
    match refusal {
        Refusal::Failed { http_status, code, message } => {
            envelope::failure(core, http_status, code, &message, nonce)
        }
        // Without a readable request there are no lines to send again.
        Refusal::TryAgain => ServerAnswer::text(503, "Service Unavailable"),
    }
}

/// Source: Troubleshoot SLP on 9800, "HTTP Server Error 404: Not Found". Assumed: that the other
/// On-Prem URLs behave like the CSLU one.
fn has_id_token_at_onprem(core: &Core, endpoint: Endpoint, request: &SmartRequest) -> bool {
    let id_token = |line| request.line_type(line) == Some(&RequestType::IdTokenTrust);
    endpoint.tenant().is_some()
        && request.license_data.iter().any(id_token)
        && !core.has(Defect::ID_TOKEN_AT_ONPREM_ACCEPTED)
}

/// What must hold before a request is looked into.
pub(crate) fn checked(request: &SmartRequest) -> Result<(), &'static str> {
    let nonce = request.sender_info.nonce.as_str();
    if nonce.is_empty() || nonce.len() > NONCE_LENGTH_MAX {
        return Err("the nonce must have 1 to 128 characters");
    }
    if request.license_data.is_empty() || request.license_data.len() > LINES_MAX {
        return Err("license_data must have 1 to 64 lines");
    }
    checked_udi(&request.sender_info.sudi.udi())
}

/// A comma would make the UDI's text form ambiguous; control characters have no place in XML.
pub(crate) fn checked_udi(udi: &Udi) -> Result<(), &'static str> {
    let parts = [udi.product_id.as_str(), udi.serial_number.as_str()];
    if parts.iter().any(|part| part.is_empty()) {
        return Err("sudi must have udi_pid and udi_serial_number");
    }
    if parts.iter().map(|part| part.chars().count()).sum::<usize>() > UDI_LENGTH_MAX {
        return Err("udi_pid and udi_serial_number may have 54 characters together");
    }
    if parts.iter().any(|part| part.contains(|c: char| c == ',' || c.is_control())) {
        return Err("udi_pid and udi_serial_number may not hold commas or control characters");
    }
    Ok(())
}

/// The nonce of a body that is no request, if one can be seen in it; empty otherwise.
fn salvaged_nonce(body: &[u8]) -> Nonce {
    let whole = serde_json::from_slice::<Value>(body).ok();
    let member = whole.as_ref().and_then(|value| {
        let sender = value.pointer("/sender_info/nonce");
        sender.or_else(|| value.get("nonce"))?.as_str().map(str::to_owned)
    });
    // A body cut short is no JSON, but its first bytes still say which exchange it was.
    let nonce = member.or_else(|| {
        let text = String::from_utf8_lossy(body);
        let (_, rest) = text.split_once("\"nonce\"")?;
        let rest = rest.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
        rest.split_once('"').map(|(nonce, _)| nonce.to_owned())
    });
    nonce.filter(|nonce| nonce.len() <= NONCE_LENGTH_MAX).map_or_else(Nonce::default, Nonce::from)
}
