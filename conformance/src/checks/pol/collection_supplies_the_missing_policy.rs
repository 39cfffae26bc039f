//! When a CSLU collects reports from an instance that lacks the policy, the acknowledgement it
//! pushes carries one.
//!
//! Source: SLP on Catalyst 9400 (17.4), System Messages (CSLU-initiated communication).

use muster_wire::Artefact;

use crate::check::{Check, JudgeFn, Judgement};
use crate::context::Context;
use crate::message::COLLECT;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "A collecting CSLU supplies the missing policy with its acknowledgement.",
    requirements: &["POL-002"],
    level: Level::Must,
    needs: Occasion::COLLECT,
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let import = context.endpoint() == COLLECT
        && context.exchange().method == "POST"
        && context.path().ends_with("/import");
    if !import || context.before.has_policy {
        return None;
    }
    match context.message.given()? {
        Ok(Artefact::Acknowledgement(ack)) => {
            let holds = !ack.policies.is_empty();
            Some(Judgement::of(holds, "an acknowledgement with a policy", || {
                "an acknowledgement without one".to_owned()
            }))
        }
        Ok(Artefact::Trust(_) | Artefact::Policy(_)) => None,
        Ok(_) => Some(Judgement::Inconclusive("a pushed file of an unknown kind".to_owned())),
        Err(error) => Some(Judgement::Inconclusive(format!("cannot decode the file: {error}"))),
    }
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.edit_artefact(|xml| xml.replace("smartLicensePolicy", "smartLicenseOther"));
}
