//! A message that is not signed with the key of the ID certificate is refused.
//!
//! Source: ACI Smart Licensing, Faults table (the ID certificate identifies and authenticates the
//! instance).

use crate::check::{Check, JudgeFn, Judgement};
use crate::classic::{Classic, Standing};
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "A foreign signature is refused.",
    requirements: &["IDC-002"],
    level: Level::Must,
    needs: Occasion::CLASSIC,
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let classic = Classic::of(context)?;
    let known = classic.side().standing == Standing::Registered;
    if !known || !classic.doubts().foreign_signature {
        return None;
    }
    classic.expects_refusal("a refusal: the signature is not by the ID certificate's key")
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.accept_classic();
}
