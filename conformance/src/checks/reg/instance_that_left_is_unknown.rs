//! Once an instance has left and the server has said so, its old identity is refused.
//!
//! Source: ACI Smart Licensing, "Device Led Conversion Tool", workaround (the instance is gone from
//! the virtual account).

use muster_wire::classic::MessageType;

use crate::check::{Check, JudgeFn, Judgement};
use crate::classic::Classic;
use crate::classic::doubts::Gone;
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "An instance that left is refused.",
    requirements: &["REG-021"],
    level: Level::Must,
    needs: Occasion::CLASSIC,
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let classic = Classic::of(context)?;
    // Conversions have an outcome of their own.
    if classic.doubts().gone != Some(Gone::Left)
        || classic.about() == Some(&MessageType::Conversion)
    {
        return None;
    }
    classic.expects_refusal("a refusal: the instance has left")
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.accept_classic();
}
