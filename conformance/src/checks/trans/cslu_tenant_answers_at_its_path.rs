//! An SSM On-Prem answers policy-era product instances at `/cslu/v1/pi/<tenant>`. Requests that are
//! documented to get HTTP 404 there are left out.
//!
//! Source: Troubleshoot SLP on 9800, "SSM On-Prem".

use muster_wire::RequestType;

use crate::check::{Check, JudgeFn, Judgement};
use crate::context::Context;
use crate::doubts::VALIDATING;
use crate::licensing_path;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "A CSLU tenant answers at /cslu/v1/pi/<tenant>.",
    requirements: &["TRANS-006"],
    level: Level::Must,
    needs: Occasion::CSLU.and(Occasion::HONEST).and(Occasion::ANSWERED),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let documented_404 =
        context.asks_for(&RequestType::IdTokenTrust) || context.endpoint() == VALIDATING;
    if !context.is_cslu() || documented_404 {
        return None;
    }
    context.expects_service("/cslu/v1/pi/<tenant>", licensing_path::is_tenant)
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.set_status(404);
    answer.set_body(b"Not Found");
}
