//! An SSM On-Prem answers licensing requests at /SmartTransport, over HTTPS and over HTTP.
//!
//! Source: SSM On-Prem 7 User Guide, "About PI Registration".

use crate::check::{Check, JudgeFn, Judgement};
use crate::context::Context;
use crate::licensing_path::SMART_TRANSPORT;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "An On-Prem answers at /SmartTransport.",
    requirements: &["TRANS-001"],
    level: Level::Must,
    needs: Occasion::SMART_TRANSPORT.and(Occasion::HONEST).and(Occasion::ANSWERED),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    if !context.endpoint().starts_with("smart_transport") {
        return None;
    }
    context.expects_service(SMART_TRANSPORT, |path| path.ends_with(SMART_TRANSPORT))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.set_status(404);
    answer.set_body(b"Not Found");
}
