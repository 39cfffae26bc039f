//! The signature of an answer is over its exact text and by the key of the signing certificate that
//! the server gave.
//!
//! Source: Cisco support document 217535 (Unity Connection), debug log of a request; public list of
//! agent errors ("Signature Verification failed"). An answer without a signature claims nothing.

use muster_wire::classic::AnswerData;

use crate::check::{Check, JudgeFn, Judgement};
use crate::classic::Classic;
use crate::classic::certificate::{Certificate, Key};
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "A signed classic answer verifies with the signing certificate.",
    requirements: &["TRANS-021"],
    level: Level::Must,
    needs: Occasion::CLASSIC_ANSWER,
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let classic = Classic::of(context)?;
    let envelope = classic.exchange().reading()?.envelope.as_ref().ok()?;
    let signature = envelope.signature.as_ref()?;
    let announced = announced(&classic);
    let key = announced.as_ref().or(classic.side().signing_key.as_ref())?;
    let holds = key.verifies_base64(&envelope.response, &signature.value);
    let expected = "a signature by the key of the signing certificate";
    Some(Judgement::of(holds, expected, || "a signature that does not verify".to_owned()))
}

/// The key that this very answer announces.
fn announced(classic: &Classic<'_>) -> Option<Key> {
    let certificate = match classic.given()? {
        AnswerData::Registration(answer) => &answer.signing_cert,
        AnswerData::IdCertificateRenewal(answer) => &answer.signing_cert,
        _ => return None,
    };
    Certificate::read(certificate)?.key
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    // The same to a parser of JSON, another text to a signature.
    answer.edit_envelope(|envelope| envelope.response.push(' '));
}
