//! Making a request wrong on purpose, one deviation at a time, and saying so in the intent.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use muster_certs::{InstanceKey, Seed};
use muster_journal::Deviation;
use muster_scenarios::model::Tamper;
use muster_wire::artefact::to_smart_license;
use muster_wire::proposed::trust_request::TrustRequest;
use muster_wire::transport::smart::SmartRequest;
use muster_wire::usage_file::UsageFile;
use muster_wire::{Artefact, Nonce, PollId, RequestType, TrustId};
use serde_json::Value;

/// How far an invented trust id lies past the real one.
const UNKNOWN_TRUST_ID_STEP: u64 = 1_000;

/// A request as the agent meant it, and what tampering may need.
pub(super) struct Request<'a> {
    pub(super) message: SmartRequest,
    pub(super) kind: RequestType,
    pub(super) last_nonce: Option<Nonce>,
    pub(super) seed: &'a Seed,
    pub(super) index: u32,
    /// Whether the instance's clock was wrong when it wrote the request.
    pub(super) is_skewed: bool,
}

/// What is tampered with.
pub(super) enum Original<'a> {
    /// A licensing request.
    Message(Box<Request<'a>>),
    /// Bytes that are none.
    Bytes(Vec<u8>),
}

/// What a tamper came to: the error says why it changed nothing.
pub(super) type Outcome = Result<(), String>;

/// Applies the deviations in order and returns the body to send, with what each tamper came to. A
/// tamper that finds nothing to change is no deviation: the intent must not call an honest request
/// a wrong one.
pub(super) fn apply(
    mut original: Original<'_>,
    tampers: &[Tamper],
    deviations: &mut Vec<Deviation>,
) -> (Vec<u8>, Vec<Outcome>) {
    let mut outcomes = vec![Ok(()); tampers.len()];
    for (tamper, outcome) in tampers.iter().zip(&mut outcomes) {
        *outcome = match (&mut original, tamper) {
            (_, Tamper::Truncate { .. } | Tamper::Set { .. } | Tamper::Remove { .. }) => continue,
            (Original::Message(request), tamper) => request.change(tamper, deviations),
            (Original::Bytes(_), _) => Err("the body is no licensing request".to_owned()),
        };
    }
    let body = match original {
        Original::Message(request) => request.message.encode(),
        Original::Bytes(bytes) => bytes,
    };
    let mut body = edit_members(body, tampers, deviations, &mut outcomes);
    let whole = body.len();
    for (tamper, outcome) in tampers.iter().zip(&mut outcomes) {
        let Tamper::Truncate { bytes } = tamper else { continue };
        if *bytes >= whole {
            *outcome = Err(format!("the body has only {whole} bytes"));
        }
        body.truncate(*bytes);
    }
    if body.len() < whole {
        deviations.push(Deviation::BodyTruncated { kept: body.len() });
    }
    (body, outcomes)
}

/// Sets and removes members of the encoded message.
fn edit_members(
    body: Vec<u8>,
    tampers: &[Tamper],
    deviations: &mut Vec<Deviation>,
    outcomes: &mut [Outcome],
) -> Vec<u8> {
    let edits = |tamper: &Tamper| matches!(tamper, Tamper::Set { .. } | Tamper::Remove { .. });
    if !tampers.iter().any(edits) {
        return body;
    }
    let parsed: Option<Value> = serde_json::from_slice(&body).ok();
    let mut value = parsed.clone();
    for (tamper, outcome) in tampers.iter().zip(outcomes) {
        if !edits(tamper) {
            continue;
        }
        let Some(value) = &mut value else {
            *outcome = Err("the body is not JSON".to_owned());
            continue;
        };
        let edited = match tamper {
            Tamper::Set { pointer, value: new } => set(value, pointer, new.clone())
                .map(|()| Deviation::MemberSet { pointer: pointer.clone() }),
            Tamper::Remove { pointer } => remove(value, pointer)
                .map(|()| Deviation::MemberRemoved { pointer: pointer.clone() }),
            _ => continue,
        };
        *outcome = edited.map(|deviation| deviations.push(deviation));
    }
    match value {
        Some(edited) if parsed.as_ref() != Some(&edited) => edited.to_string().into_bytes(),
        _ => body,
    }
}

impl Request<'_> {
    fn change(&mut self, tamper: &Tamper, deviations: &mut Vec<Deviation>) -> Outcome {
        if let Tamper::SkewClock { by_ms } = tamper {
            if *by_ms == 0 || !self.is_skewed {
                let why = if *by_ms == 0 { "the skew is 0" } else { "no clock is read for it" };
                return Err(why.to_owned());
            }
            deviations.push(Deviation::ClockSkewed { by_ms: *by_ms });
            return Ok(());
        }
        let before = self.message.clone();
        match self.deviate(tamper) {
            Some(deviation) if self.message != before => deviations.push(deviation),
            _ => return Err(self.unchanged(tamper).to_owned()),
        }
        Ok(())
    }

    /// Why a tamper found nothing to change.
    fn unchanged(&self, tamper: &Tamper) -> &'static str {
        match tamper {
            Tamper::EditPayload => "the request carries no report",
            Tamper::BreakSignature => "the request carries no signature",
            Tamper::ReplayNonce => "there is no earlier nonce",
            Tamper::ForeignPollId => "the request carries no poll id",
            _ if self.trust_id().is_none() => "the request carries no trust id",
            _ => "the request carries that trust id already",
        }
    }

    fn deviate(&mut self, tamper: &Tamper) -> Option<Deviation> {
        match tamper {
            Tamper::EditPayload => {
                self.edit_usage(|usage| {
                    for report in &mut usage.reports {
                        report.payload = edited(&report.payload);
                    }
                });
                Some(Deviation::PayloadEdited)
            }
            Tamper::BreakSignature => {
                self.break_signature();
                Some(Deviation::SignatureBroken)
            }
            Tamper::ReplayNonce => {
                self.message.sender_info.nonce = self.last_nonce.clone()?;
                Some(Deviation::NonceReplayed)
            }
            Tamper::ReuseTrustId => {
                self.edit_trust_id(|id| TrustId(id.0.saturating_sub(1)));
                Some(Deviation::TrustIdReused)
            }
            Tamper::TrustId(number) => {
                let own = self.trust_id();
                self.edit_trust_id(|_| TrustId(*number));
                let over = own.is_some_and(|own| *number > own.0);
                Some(if over { Deviation::TrustIdUnknown } else { Deviation::TrustIdReused })
            }
            Tamper::UnknownTrustId => {
                self.edit_trust_id(|id| TrustId(id.0.saturating_add(UNKNOWN_TRUST_ID_STEP)));
                Some(Deviation::TrustIdUnknown)
            }
            Tamper::ForeignPollId => {
                for line in &mut self.message.license_data {
                    // An id of the same size that the server cannot have given to this instance.
                    line.poll_id = line.poll_id.map(|id| PollId(id.0 ^ 0x5EED));
                }
                Some(Deviation::PollIdForeign)
            }
            Tamper::SkewClock { .. }
            | Tamper::Truncate { .. }
            | Tamper::Set { .. }
            | Tamper::Remove { .. } => None,
        }
    }

    fn break_signature(&mut self) {
        // A well-formed signature by the right key, over other bytes.
        let other = self.sign("MUSTER TEST: not the signed text");
        if self.kind == RequestType::LicenseUsage {
            self.edit_usage(|usage| {
                for report in &mut usage.reports {
                    report.signature.value.clone_from(&other);
                }
            });
        } else {
            self.edit_trust(|trust| trust.signature.clone_from(&other));
        }
    }

    /// The trust id the request carries, of the first of several.
    fn trust_id(&self) -> Option<TrustId> {
        let line = self.message.license_data.iter().find_map(|line| line.smart_license.as_ref())?;
        match Artefact::from_smart_license(line).ok()? {
            Artefact::Usage(usage) => {
                usage.reports.first()?.signature.key.parse().ok().map(TrustId)
            }
            Artefact::TrustRequest(trust) => trust.entries.first().map(|entry| entry.trust_id),
            _ => None,
        }
    }

    fn edit_trust_id(&mut self, edit: impl Fn(TrustId) -> TrustId) {
        if self.kind == RequestType::LicenseUsage {
            self.edit_usage(|usage| {
                for report in &mut usage.reports {
                    if let Ok(id) = report.signature.key.parse() {
                        report.signature.key = edit(TrustId(id)).to_string();
                    }
                }
            });
            return;
        }
        let key = InstanceKey::derive(self.seed, u64::from(self.index), 0);
        self.edit_trust(|trust| {
            let mut entries = trust.entries.clone();
            entries.iter_mut().for_each(|entry| entry.trust_id = edit(entry.trust_id));
            let Some(info) = trust.system_info.clone() else { return };
            let sign = |text: &str| STANDARD.encode(key.sign(text.as_bytes()));
            *trust = TrustRequest::new(info, entries, sign);
        });
    }

    fn edit_usage(&mut self, edit: impl Fn(&mut UsageFile)) {
        self.edit_artefacts(|artefact| match artefact {
            Artefact::Usage(mut usage) => {
                edit(&mut usage);
                Some(usage.encode())
            }
            _ => None,
        });
    }

    fn edit_trust(&mut self, edit: impl Fn(&mut TrustRequest)) {
        self.edit_artefacts(|artefact| match artefact {
            Artefact::TrustRequest(mut trust) => {
                edit(&mut trust);
                Some(trust.encode())
            }
            _ => None,
        });
    }

    fn edit_artefacts(&mut self, edit: impl Fn(Artefact) -> Option<String>) {
        for line in &mut self.message.license_data {
            let Some(text) = &line.smart_license else { continue };
            let edited = Artefact::from_smart_license(text).ok().and_then(&edit);
            if let Some(xml) = edited {
                line.smart_license = Some(to_smart_license(&xml));
            }
        }
    }

    fn sign(&self, text: &str) -> String {
        let key = InstanceKey::derive(self.seed, u64::from(self.index), 0);
        STANDARD.encode(key.sign(text.as_bytes()))
    }
}

/// The payload with its last digit changed: the smallest edit that keeps it JSON.
pub(super) fn edited(payload: &str) -> String {
    let mut bytes = payload.as_bytes().to_vec();
    if let Some(digit) = bytes.iter_mut().rev().find(|byte| byte.is_ascii_digit()) {
        *digit = if *digit == b'9' { b'8' } else { *digit + 1 };
    }
    String::from_utf8(bytes).expect("a digit was replaced by a digit")
}

/// Sets the member at a JSON pointer; the parent must exist.
pub(super) fn set(value: &mut Value, pointer: &str, new: Value) -> Outcome {
    if let Some(place) = value.pointer_mut(pointer) {
        if *place == new {
            return Err(format!("`{pointer}` has that value already"));
        }
        *place = new;
        return Ok(());
    }
    let parent = pointer.rsplit_once('/');
    match parent.and_then(|(parent, name)| Some((value.pointer_mut(parent)?, name))) {
        Some((Value::Object(members), name)) => {
            members.insert(unescape(name), new);
            Ok(())
        }
        _ => Err(format!("the body has no place `{pointer}`")),
    }
}

pub(super) fn remove(value: &mut Value, pointer: &str) -> Outcome {
    let nothing = || format!("the body has nothing at `{pointer}`");
    let (parent, name) = pointer.rsplit_once('/').ok_or_else(nothing)?;
    match value.pointer_mut(parent) {
        Some(Value::Object(members)) => {
            members.shift_remove(&unescape(name)).map(drop).ok_or_else(nothing)
        }
        Some(Value::Array(items)) => {
            let at = name.parse().ok().filter(|at: &usize| *at < items.len());
            items.remove(at.ok_or_else(nothing)?);
            Ok(())
        }
        _ => Err(nothing()),
    }
}

fn unescape(name: &str) -> String {
    name.replace("~1", "/").replace("~0", "~")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edited_payload_differs_in_one_digit_and_stays_json() {
        let payload = r#"{"value":{"type":"COUNT","value":"19"}}"#;
        let edited = edited(payload);
        assert_eq!(edited, r#"{"value":{"type":"COUNT","value":"18"}}"#);
    }

    #[test]
    fn members_are_set_added_and_removed_by_pointer() {
        let mut value = serde_json::json!({"a": {"b": 1}, "c": [1, 2]});
        assert_eq!(set(&mut value, "/a/b", 2.into()), Ok(()));
        assert_eq!(set(&mut value, "/a/x~1y", 3.into()), Ok(()));
        assert_eq!(remove(&mut value, "/c/0"), Ok(()));
        let nothing = "the body has nothing at `/nowhere/at/all`".to_owned();
        assert_eq!(remove(&mut value, "/nowhere/at/all"), Err(nothing));
        assert!(remove(&mut value, "/c/7").is_err() && remove(&mut value, "").is_err());
        assert!(set(&mut value, "/no/place", 3.into()).is_err());
        assert!(set(&mut value, "/a/b", 2.into()).is_err(), "it is there already");
        assert_eq!(value, serde_json::json!({"a": {"b": 2, "x/y": 3}, "c": [2]}));
    }
}
