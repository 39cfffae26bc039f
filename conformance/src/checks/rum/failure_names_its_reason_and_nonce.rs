//! An answer that fails as a whole has the status FAILED, a message code, a message (which may be
//! empty) and a nonce. An answer in the short form with a message code is a failure, whatever it
//! says of itself.
//!
//! Source: Troubleshoot SLP on 9800, "Error Response packet".

use muster_wire::AnswerStatus;

use crate::check::{Check, JudgeFn, Judgement};
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "A FAILED answer carries a message code, a message and a nonce.",
    requirements: &["RUM-040"],
    level: Level::Must,
    needs: Occasion::ANSWER.and(Occasion::REQUEST),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let answer = context.message.answer()?;
    // A server cannot repeat the nonce of a request it cannot read.
    context.message.request().filter(|request| !request.sender_info.nonce.as_str().is_empty())?;
    let filled = |text: Option<&str>| text.is_some_and(|text| !text.is_empty());
    if answer.status != AnswerStatus::Failed {
        let fails = answer.is_short() && filled(answer.message_code.as_deref());
        if !fails || answer.status == AnswerStatus::OkTryAgain {
            return None;
        }
        return Some(Judgement::violates("status FAILED", context.described()));
    }
    let parts = [
        ("message_code", filled(answer.message_code.as_deref())),
        ("message", answer.message.is_some()),
        ("nonce", filled(answer.nonce().map(|nonce| nonce.as_str()))),
    ];
    let missing: Vec<_> = parts.iter().filter(|part| !part.1).map(|part| part.0).collect();
    let holds = missing.is_empty();
    Some(Judgement::of(holds, "FAILED with message_code, message and nonce", || {
        format!("FAILED without {}", missing.join(", "))
    }))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.edit(|message| message.nonce = None);
}
