//! CSSM answers direct licensing requests at /licservice/license.
//!
//! Source: Troubleshoot SLP on 9800, "Smart with CSSM".

use crate::check::{Check, JudgeFn, Judgement};
use crate::context::Context;
use crate::licensing_path::RECEIVER;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "CSSM answers at /licservice/license.",
    requirements: &["TRANS-005"],
    level: Level::Must,
    needs: Occasion::RECEIVER.and(Occasion::HONEST).and(Occasion::ANSWERED),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    if context.endpoint() != "smart_receiver" {
        return None;
    }
    context.expects_service(RECEIVER, |path| path.ends_with(RECEIVER))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.set_status(404);
    answer.set_body(b"Not Found");
}
