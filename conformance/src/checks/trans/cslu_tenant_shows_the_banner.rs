//! A GET on a CSLU URL of an SSM On-Prem is answered with the text "This is the Smart Receiver!".
//!
//! Source: Troubleshoot SLP on 9800, "Test Connection to SSM On-Prem Server".

use crate::check::{Check, JudgeFn, Judgement};
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "A GET on a CSLU tenant shows the same banner.",
    requirements: &["TRANS-008"],
    level: Level::Must,
    needs: Occasion::CSLU.and(Occasion::GET),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    if !context.is_cslu() {
        return None;
    }
    context.expects_banner()
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.set_body(b"It works!");
}
