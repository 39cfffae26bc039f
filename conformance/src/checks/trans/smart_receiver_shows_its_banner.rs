//! A GET on the smart receiver URL is answered with the text "This is the Smart Receiver!".
//!
//! Source: Troubleshoot SLP on 9800, "Test Connection to Smart Receiver".

use crate::check::{Check, JudgeFn, Judgement};
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "A GET on the smart receiver shows its banner.",
    requirements: &["TRANS-007"],
    level: Level::Must,
    needs: Occasion::RECEIVER.and(Occasion::GET),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    if context.endpoint() != "smart_receiver" {
        return None;
    }
    context.expects_banner()
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.set_body(b"It works!");
}
