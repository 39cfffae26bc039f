//! A licensing message that came in a Call Home envelope is answered in one, in its namespaces and
//! with the licensing data attached inline, or with a SOAP fault.
//!
//! Source: Cisco CSR 1000V Software Configuration Guide, "Call Home", message samples. That an
//! answer has the form of its request is inferred.

use crate::check::{Check, JudgeFn, Judgement};
use crate::classic::Classic;
use crate::classic::exchange::Answered;
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "A Call Home request is answered with a Call Home message.",
    requirements: &["TRANS-023"],
    level: Level::Must,
    needs: Occasion::CLASSIC.and(Occasion::HONEST).and(Occasion::ANSWERED),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let classic = Classic::of(context).filter(|_| context.is_honest())?;
    classic.exchange().frame.as_ref()?;
    let http = context.message.http()?;
    if !(200..300).contains(&http.status) {
        return None;
    }
    let expected = "a Call Home message with smart_licensing_data, inline";
    match classic.exchange().answer.as_ref()? {
        Answered::Fault(_) => Some(Judgement::Conforms),
        Answered::Body { frame: None, .. } => {
            let length = http.message.body.0.len();
            Some(Judgement::violates(expected, format!("{length} bytes of something else")))
        }
        Answered::Body { frame: Some(frame), .. } => match frame.licensing_text() {
            Ok(_) => Some(Judgement::Conforms),
            Err(error) => Some(Judgement::violates(expected, error.to_string())),
        },
    }
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.set_body(b"<html></html>");
}
