//! An acknowledgement brings the policy in use once. Several policies of one name are not what the
//! other check calls several; that they are wrong is assumed.
//!
//! Source: public Catalyst 9400 guide, "Policy" (exactly one policy is in use).

use muster_wire::Artefact;

use crate::check::{Check, JudgeFn, Judgement};
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "An acknowledgement brings a policy once.",
    requirements: &["POL-022"],
    level: Level::Must,
    needs: Occasion::ACKNOWLEDGEMENT,
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let Some(Ok(Artefact::Acknowledgement(ack))) = context.message.given() else { return None };
    let first = ack.policies.first()?;
    let same = ack.policies.iter().filter(|other| other.terms.name == first.terms.name).count();
    Some(Judgement::of(same == 1, "the policy once", || format!("{same} times")))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.edit_artefact(|xml| {
        let (open, close) = ("<smartLicensePolicy>", "</smartLicensePolicy>");
        let part = xml.find(open).zip(xml.find(close).map(|at| at + close.len()));
        let Some((from, to)) = part else { return xml.to_owned() };
        format!("{}{}{}", &xml[..to], &xml[from..to], &xml[to..])
    });
}
