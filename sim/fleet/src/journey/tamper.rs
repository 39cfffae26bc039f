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
}

/// Applies the deviations in order and returns the body to send. A tamper that finds nothing to
/// change is no deviation: the intent must not call an honest request a wrong one.
pub(super) fn apply(
    mut request: Request<'_>,
    tampers: &[Tamper],
    deviations: &mut Vec<Deviation>,
) -> Vec<u8> {
    let mut kept = None;
    for tamper in tampers {
        match tamper {
            Tamper::Truncate { bytes } => {
                kept = Some(kept.map_or(*bytes, |kept: usize| kept.min(*bytes)));
            }
            Tamper::Set { .. } | Tamper::Remove { .. } => {}
            tamper => {
                let before = request.message.clone();
                let deviation = request.deviate(tamper);
                let skewed = matches!(tamper, Tamper::SkewClock { .. });
                deviations.extend(deviation.filter(|_| skewed || before != request.message));
            }
        }
    }
    let mut body = edit_members(request.message.encode(), tampers, deviations);
    if let Some(kept) = kept.filter(|kept| *kept < body.len()) {
        body.truncate(kept);
        deviations.push(Deviation::BodyTruncated { kept });
    }
    body
}

/// Sets and removes members of the encoded message.
fn edit_members(body: Vec<u8>, tampers: &[Tamper], deviations: &mut Vec<Deviation>) -> Vec<u8> {
    let edits = |tamper: &&Tamper| matches!(tamper, Tamper::Set { .. } | Tamper::Remove { .. });
    if !tampers.iter().any(|tamper| edits(&tamper)) {
        return body;
    }
    let mut value: Value = serde_json::from_slice(&body).expect("the message was just encoded");
    for tamper in tampers.iter().filter(edits) {
        let before = value.clone();
        let deviation = match tamper {
            Tamper::Set { pointer, value: new } => {
                set(&mut value, pointer, new.clone());
                Deviation::MemberSet { pointer: pointer.clone() }
            }
            Tamper::Remove { pointer } => {
                remove(&mut value, pointer);
                Deviation::MemberRemoved { pointer: pointer.clone() }
            }
            _ => continue,
        };
        if value != before {
            deviations.push(deviation);
        }
    }
    value.to_string().into_bytes()
}

impl Request<'_> {
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
            Tamper::SkewClock { by_ms } => Some(Deviation::ClockSkewed { by_ms: *by_ms }),
            Tamper::Truncate { .. } | Tamper::Set { .. } | Tamper::Remove { .. } => None,
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
fn edited(payload: &str) -> String {
    let mut bytes = payload.as_bytes().to_vec();
    if let Some(digit) = bytes.iter_mut().rev().find(|byte| byte.is_ascii_digit()) {
        *digit = if *digit == b'9' { b'8' } else { *digit + 1 };
    }
    String::from_utf8(bytes).expect("a digit was replaced by a digit")
}

/// Sets the member at a JSON pointer; the parent must exist.
fn set(value: &mut Value, pointer: &str, new: Value) {
    if let Some(place) = value.pointer_mut(pointer) {
        *place = new;
        return;
    }
    let Some((parent, name)) = pointer.rsplit_once('/') else { return };
    if let Some(Value::Object(members)) = value.pointer_mut(parent) {
        members.insert(unescape(name), new);
    }
}

fn remove(value: &mut Value, pointer: &str) {
    let Some((parent, name)) = pointer.rsplit_once('/') else { return };
    match value.pointer_mut(parent) {
        Some(Value::Object(members)) => drop(members.shift_remove(&unescape(name))),
        Some(Value::Array(items)) => {
            if let Some(at) = name.parse().ok().filter(|at: &usize| *at < items.len()) {
                items.remove(at);
            }
        }
        _ => {}
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
        set(&mut value, "/a/b", 2.into());
        set(&mut value, "/a/x~1y", 3.into());
        remove(&mut value, "/c/0");
        remove(&mut value, "/nowhere/at/all");
        assert_eq!(value, serde_json::json!({"a": {"b": 2, "x/y": 3}, "c": [2]}));
    }
}
