//! A report that was refused because of a conflicting record is taken when that record has been
//! removed and the report is sent again.
//!
//! Source: Troubleshoot SLP on 9800, "Error Response packet".

use muster_wire::RequestType;
use muster_wire::status::ERROR_CONSUMING_LICENSES;

use crate::check::{Check, JudgeFn, Judgement};
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;
use crate::treatment::Treatment;

/// The check.
pub static CHECK: Check = Check {
    title: "A resubmitted report is taken once the old record is removed.",
    requirements: &["RUM-042"],
    level: Level::Must,
    needs: Occasion::RESUBMISSION.and(Occasion::HONEST).and(Occasion::USAGE),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let resubmission = context.side().resubmission_due
        && context.is_honest()
        && context.asks_for(&RequestType::LicenseUsage);
    if !resubmission {
        return None;
    }
    match context.treatment() {
        Treatment::Taken | Treatment::Deferred => Some(Judgement::Conforms),
        Treatment::Refused if context.refusal_code() == Some(ERROR_CONSUMING_LICENSES) => {
            Some(Judgement::violates("the report is taken", context.described()))
        }
        // Removing the record may have taken the trust with it.
        Treatment::Refused => Some(Judgement::Inconclusive(format!(
            "refused for another reason than the removed record: {}",
            context.described()
        ))),
        Treatment::Transient | Treatment::Unclear => None,
    }
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.refuse(ERROR_CONSUMING_LICENSES, "");
}
