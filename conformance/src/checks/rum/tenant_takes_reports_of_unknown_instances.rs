//! With "Validate Device" off, the first report of an instance is taken in although the server
//! did not know the instance.
//!
//! Source: Troubleshoot SLP on 9800, "Errors Reported in the Output of show license eventlog".

use muster_wire::RequestType;
use muster_wire::status::HOST_NOT_FOUND;

use crate::check::{Check, JudgeFn, Judgement};
use crate::context::Context;
use crate::doubts::{Doubts, VALIDATING};
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;
use crate::treatment::Treatment;

/// The check.
pub static CHECK: Check = Check {
    title: "A tenant that does not validate takes reports of unknown instances.",
    requirements: &["RUM-044"],
    level: Level::Must,
    needs: Occasion::CSLU.and(Occasion::HONEST).and(Occasion::USAGE),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let side = context.side();
    let first = context.is_cslu()
        && context.endpoint() != VALIDATING
        && context.is_honest()
        && context.asks_for(&RequestType::LicenseUsage)
        && context.doubts() == Doubts::default()
        && side.reported_through.is_none()
        && !side.resubmission_due;
    if !first {
        return None;
    }
    match context.treatment() {
        Treatment::Taken | Treatment::Deferred => Some(Judgement::Conforms),
        Treatment::Refused => {
            let unknown = context.refusal_code() == Some(HOST_NOT_FOUND)
                || context.message.http().is_some_and(|http| http.status == 404);
            unknown.then(|| Judgement::violates("the report is taken in", context.described()))
        }
        Treatment::Transient | Treatment::Unclear => None,
    }
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.refuse(HOST_NOT_FOUND, "");
}
