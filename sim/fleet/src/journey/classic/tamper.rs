//! Making a classic request wrong on purpose, one deviation at a time. What stands inside the
//! signed text is changed there and signed anew, so that only the change is wrong.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use muster_certs::{InstanceKey, Seed};
use muster_journal::Deviation;
use muster_scenarios::model::Tamper;
use muster_wire::Nonce;
use serde_json::{Value, json};

use super::super::tamper::{Outcome, edited, remove, set};

/// What a poll id is changed by: an id of the same size that the server cannot have given.
const FOREIGN: u64 = 0x5EED;
const NO_REQUEST: &str = "the body is no classic request";
const NO_SIGNATURE: &str = "the request carries no signature";

/// What tampering with a request may need.
pub(in crate::journey) struct Tampering<'a> {
    pub(in crate::journey) last_nonce: Option<Nonce>,
    pub(in crate::journey) seed: &'a Seed,
    pub(in crate::journey) index: u32,
    /// Whether the instance's clock was wrong when it wrote the request.
    pub(in crate::journey) is_skewed: bool,
}

impl Tampering<'_> {
    /// Applies the deviations in order and returns the body to send, with what each tamper came
    /// to. One that finds nothing to change is no deviation.
    pub(in crate::journey) fn apply(
        &self,
        body: Vec<u8>,
        tampers: &[Tamper],
        deviations: &mut Vec<Deviation>,
    ) -> (Vec<u8>, Vec<Outcome>) {
        let mut outcomes = vec![Ok(()); tampers.len()];
        let mut body = self.change(body, tampers, deviations, &mut outcomes);
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

    fn change(
        &self,
        body: Vec<u8>,
        tampers: &[Tamper],
        deviations: &mut Vec<Deviation>,
        outcomes: &mut [Outcome],
    ) -> Vec<u8> {
        let opened = Opened::of(&body);
        let Some(mut opened) = opened else {
            for (tamper, outcome) in tampers.iter().zip(outcomes) {
                if !matches!(tamper, Tamper::Truncate { .. }) {
                    *outcome = Err(NO_REQUEST.to_owned());
                }
            }
            return body;
        };
        let before = opened.clone();
        for (tamper, outcome) in tampers.iter().zip(outcomes.iter_mut()) {
            if matches!(
                tamper,
                Tamper::Truncate { .. } | Tamper::EditPayload | Tamper::BreakSignature
            ) {
                continue;
            }
            *outcome = self.inside(&mut opened, tamper).map(|deviation| deviations.push(deviation));
        }
        if opened.text() != before.text()
            && opened.is_signed()
            && opened.signature() == before.signature()
        {
            opened.sign(&self.sign(&opened.text()));
        }
        // What breaks the signature comes last: nothing may mend it.
        for (tamper, outcome) in tampers.iter().zip(outcomes) {
            match tamper {
                Tamper::BreakSignature | Tamper::EditPayload if !opened.is_signed() => {
                    *outcome = Err(NO_SIGNATURE.to_owned());
                }
                Tamper::BreakSignature => {
                    // A well-formed signature by the right key, over other bytes.
                    opened.sign(&self.sign("MUSTER TEST: not the signed text"));
                    deviations.push(Deviation::SignatureBroken);
                }
                Tamper::EditPayload => {
                    opened.edit_text();
                    deviations.push(Deviation::PayloadEdited);
                }
                _ => {}
            }
        }
        if opened == before { body } else { opened.closed() }
    }

    /// Changes something inside the request.
    fn inside(&self, opened: &mut Opened, tamper: &Tamper) -> Result<Deviation, String> {
        match tamper {
            Tamper::SkewClock { by_ms: 0 } => Err("the skew is 0".to_owned()),
            Tamper::SkewClock { .. } if !self.is_skewed => {
                Err("no clock is read for it".to_owned())
            }
            Tamper::SkewClock { by_ms } => Ok(Deviation::ClockSkewed { by_ms: *by_ms }),
            Tamper::ReplayNonce => {
                let last = self.last_nonce.as_ref().ok_or("there is no earlier nonce")?;
                let last = serde_json::to_value(last).expect("a nonce is plain data");
                for place in ["/header/nonce", "/nonce", "/request_data/nonce"] {
                    if let Some(nonce) = opened.request.pointer_mut(place) {
                        *nonce = last.clone();
                    }
                }
                Ok(Deviation::NonceReplayed)
            }
            Tamper::ForeignPollId => {
                let place = opened.request.pointer_mut("/request_data/poll_id");
                let id = place.as_ref().and_then(|id| id.as_u64());
                let (Some(place), Some(id)) = (place, id) else {
                    return Err("the request carries no poll id".to_owned());
                };
                *place = json!(id ^ FOREIGN);
                Ok(Deviation::PollIdForeign)
            }
            Tamper::Set { pointer, value } => opened
                .edit(|whole| set(whole, pointer, value.clone()))
                .map(|()| Deviation::MemberSet { pointer: pointer.clone() }),
            Tamper::Remove { pointer } => opened
                .edit(|whole| remove(whole, pointer))
                .map(|()| Deviation::MemberRemoved { pointer: pointer.clone() }),
            _ => Err("a classic request has no such thing".to_owned()),
        }
    }

    fn sign(&self, text: &str) -> String {
        let key = InstanceKey::derive(self.seed, u64::from(self.index), 0);
        STANDARD.encode(key.sign(text.as_bytes()))
    }
}

/// A request body with the texts inside it opened.
#[derive(Clone, PartialEq)]
struct Opened {
    /// The envelope, but for the request.
    envelope: Value,
    /// The request; its `request_data` is opened, too.
    request: Value,
    /// The same as it was written, and its text: what is not changed stays as it was, byte by byte.
    written: Value,
    text: String,
    /// The text of the request where it is not what the opened one says.
    edited: Option<String>,
}

impl Opened {
    fn of(body: &[u8]) -> Option<Self> {
        let envelope: Value = serde_json::from_slice(body).ok()?;
        let text = envelope.get("request")?.as_str()?.to_owned();
        let mut request: Value = serde_json::from_str(&text).ok()?;
        let data = request.get_mut("request_data")?;
        *data = serde_json::from_str(data.as_str()?).ok()?;
        Some(Self { envelope, written: request.clone(), request, text, edited: None })
    }

    /// The text that is signed.
    fn text(&self) -> String {
        if let Some(edited) = &self.edited {
            return edited.clone();
        }
        if self.request == self.written {
            return self.text.clone();
        }
        let mut request = self.request.clone();
        if let Some(data) = request.get_mut("request_data") {
            // A text is what stands there; anything else is written as one.
            let text = data.as_str().map_or_else(|| data.to_string(), str::to_owned);
            *data = Value::from(text);
        }
        request.as_str().map_or_else(|| request.to_string(), str::to_owned)
    }

    fn closed(mut self) -> Vec<u8> {
        let text = self.text();
        if let Some(request) = self.envelope.get_mut("request") {
            *request = Value::from(text);
        }
        self.envelope.to_string().into_bytes()
    }

    fn signature(&self) -> Option<&Value> {
        self.envelope.get("signature")
    }

    fn is_signed(&self) -> bool {
        self.envelope.pointer("/signature/value").is_some_and(Value::is_string)
    }

    fn sign(&mut self, signature: &str) {
        if let Some(value) = self.envelope.pointer_mut("/signature/value") {
            *value = Value::from(signature);
        }
    }

    /// Changes the last digit of the signed text.
    fn edit_text(&mut self) {
        self.edited = Some(edited(&self.text()));
    }

    /// Edits the body as a whole, the request opened in its place.
    fn edit(&mut self, edit: impl FnOnce(&mut Value) -> Outcome) -> Outcome {
        let mut whole = self.envelope.clone();
        if let Some(request) = whole.get_mut("request") {
            *request = self.request.clone();
        }
        edit(&mut whole)?;
        match whole.get_mut("request") {
            Some(request) => self.request = request.take(),
            // Removed as a whole: the envelope has none any more.
            None => self.request = Value::Null,
        }
        self.envelope = whole;
        Ok(())
    }
}
