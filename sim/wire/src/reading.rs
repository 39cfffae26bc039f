//! An answer decoded once, for everybody who looks at it.

use crate::transport::smart_answer::{AnswerLine, SmartAnswer};
use crate::{Artefact, Error};

/// A Smart Transport answer and the artefact of its first line.
#[derive(Clone, Debug, PartialEq)]
pub struct AnswerReading {
    /// The envelope, or why the bytes are none.
    pub answer: Result<SmartAnswer, Error>,
    /// The artefact of the first line; none when there is no line, or nothing in it.
    pub given: Option<Result<Artefact, Error>>,
}

impl AnswerReading {
    /// Decodes an untrusted body.
    pub fn of(body: &[u8]) -> Self {
        let answer = SmartAnswer::decode(body);
        let line = answer.as_ref().ok().and_then(|answer| answer.license_data.first());
        let given = line.and_then(AnswerLine::artefact);
        Self { answer, given }
    }

    /// The first line of the answer.
    pub fn line(&self) -> Option<&AnswerLine> {
        self.answer.as_ref().ok()?.license_data.first()
    }
}
