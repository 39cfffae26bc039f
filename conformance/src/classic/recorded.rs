//! Recorded classic answers made wrong, to show what a check catches. An edited text no longer fits
//! its signature, so the signature goes: an unsigned answer claims nothing.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use muster_wire::classic::{AnswerEnvelope, ClassicAnswer, ClassicStatus};
use muster_wire::transport::callhome::CallHome;
use serde_json::Value;

use super::exchange::{ClassicExchange, is_xml};
use crate::recorded_answer::RecordedAnswer;

impl RecordedAnswer<'_> {
    /// Changes the classic answer.
    pub fn edit_classic(&mut self, change: impl FnOnce(&mut ClassicAnswer)) {
        self.edit_envelope(|envelope| {
            let Ok(mut answer) = envelope.open() else { return };
            change(&mut answer);
            *envelope = AnswerEnvelope::new(answer.encode(), None);
        });
    }

    /// Changes what the classic answer gives.
    pub fn edit_given(&mut self, change: impl FnOnce(&mut Value)) {
        self.edit_classic(|answer| {
            let data = serde_json::from_str(&answer.response_data).ok();
            let Some(mut data) = data.filter(Value::is_object) else { return };
            change(&mut data);
            answer.response_data = data.to_string();
        });
    }

    /// Sets what stands at a JSON pointer in what the classic answer gives, if anything does.
    pub fn set_given(&mut self, pointer: &str, value: Value) {
        self.edit_given(|given| {
            if let Some(known) = given.pointer_mut(pointer) {
                *known = value;
            }
        });
    }

    /// Changes the envelope of the classic answer.
    pub fn edit_envelope(&mut self, change: impl FnOnce(&mut AnswerEnvelope)) {
        let Some(http) = self.http() else { return };
        let body = &mut http.message.body.0;
        if !is_xml(body) {
            if let Ok(mut envelope) = AnswerEnvelope::decode(body) {
                change(&mut envelope);
                *body = envelope.encode();
            }
            return;
        }
        let Ok(CallHome::Message(mut message)) = CallHome::decode(body) else { return };
        let Ok(mut envelope) = message.classic_answer() else { return };
        change(&mut envelope);
        let text = String::from_utf8(envelope.encode()).expect("JSON is text");
        if let Some(attachment) = message.attachments.first_mut() {
            attachment.data = text;
        }
        *body = CallHome::Message(message).encode().into_bytes();
    }

    /// Makes what was put off due at another time.
    pub fn poll_later(&mut self, seconds: u64) {
        self.edit_given(|given| given["poll_interval"] = seconds.into());
    }

    /// Turns whatever came into a classic answer that the request was done.
    pub fn accept_classic(&mut self) {
        self.say_classic(ClassicStatus::Complete, "");
    }

    /// Turns whatever came into a classic answer that the request is refused.
    pub fn refuse_classic(&mut self, message: &str) {
        self.say_classic(ClassicStatus::Failed, message);
    }

    /// An answer without data, of that status.
    fn say_classic(&mut self, status: ClassicStatus, message: &str) {
        let Some(asked) = ClassicExchange::of(self.exchange()) else { return };
        let mut header = asked.request.header.clone();
        let nonce = asked.request.nonce.clone();
        let kind = match &asked.data {
            Some(muster_wire::classic::RequestData::Poll(poll)) => Some(poll.poll_type.clone()),
            _ => header.request_type.clone(),
        };
        header.request_type = None;
        header.response_type = kind;
        let answer = ClassicAnswer {
            header,
            status,
            message_code: Some(String::new()),
            message: Some(message.to_owned()),
            nonce,
            response_data: "{}".to_owned(),
            extra: muster_wire::Extra::new(),
        };
        let text = AnswerEnvelope::new(answer.encode(), None).encode();
        let body = match asked.frame {
            None => text,
            Some(frame) => {
                let text = String::from_utf8(text).expect("JSON is text");
                let at_s = self.exchange().sent_at_ms / 1000;
                CallHome::Message(Box::new(frame.answered(at_s, &text))).encode().into_bytes()
            }
        };
        self.set_status(200);
        self.set_body(&body);
    }
}

/// The base64 of a certificate that is said to end a year later.
#[must_use]
pub fn postponed(certificate: &str) -> Option<String> {
    let mut der = STANDARD.decode(certificate).ok()?;
    // Validity is two times in a row; each is UTCTime (two digits of a year) or GeneralizedTime.
    let times: [(&[u8], usize); 2] = [(&[0x17, 13], 1), (&[0x18, 15], 3)];
    let find = |from: usize| {
        let end = der.len().saturating_sub(17);
        (from..end).find_map(|at| {
            let kind = times.iter().find(|(front, _)| der[at..].starts_with(front))?;
            Some((at, kind.0[1] as usize, at + 2 + kind.1))
        })
    };
    let (begin, length, _) = find(0)?;
    let (_, _, year) = find(begin + 2 + length)?;
    let digit = der.get_mut(year)?;
    *digit = if *digit == b'9' { b'0' } else { *digit + 1 };
    Some(STANDARD.encode(der))
}
