//! A classic answer decoded once, for everybody who looks at it.

use super::proposed::answer::{AnswerEnvelope, ClassicAnswer};
use super::proposed::answer_data::AnswerData;
use crate::Error;

/// An answer envelope, the text inside it, and the data inside that.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassicReading {
    /// The envelope, or why the bytes are none.
    pub envelope: Result<AnswerEnvelope, Error>,
    /// The inner answer; none without an envelope.
    pub answer: Option<Result<ClassicAnswer, Error>>,
    /// What it gives, by its type and status; none without an inner answer.
    pub data: Option<Result<AnswerData, Error>>,
}

impl ClassicReading {
    /// Decodes an untrusted body.
    pub fn of(body: &[u8]) -> Self {
        let envelope = AnswerEnvelope::decode(body);
        let answer = envelope.as_ref().ok().map(AnswerEnvelope::open);
        let opened = answer.as_ref().and_then(|answer| answer.as_ref().ok());
        let data = opened.map(ClassicAnswer::data);
        Self { envelope, answer, data }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_layer_is_read_as_far_as_it_goes() {
        let none = ClassicReading::of(b"?");
        assert!(none.envelope.is_err() && none.answer.is_none() && none.data.is_none());
        let outer = ClassicReading::of(br#"{"signature":null,"response":"{}"}"#);
        assert!(outer.envelope.is_ok() && matches!(outer.answer, Some(Err(_))));
        let inner = r#"{\"header\":{\"version\":\"1.3\",\"sudi\":{},\"nonce\":\"1\",
            \"response_type\":\"HEARTBEAT\"},\"status\":\"COMPLETE\",\"nonce\":\"1\"}"#;
        let body = format!("{{\"response\":\"{}\"}}", inner.replace('\n', " "));
        let whole = ClassicReading::of(body.as_bytes());
        assert!(matches!(whole.data, Some(Ok(AnswerData::Nothing(_)))), "{whole:?}");
    }
}
