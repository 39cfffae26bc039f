//! An acknowledgement brings at most one policy: exactly one is in use at a time.
//!
//! Source: public Catalyst 9400 guide, "Policy".

use muster_wire::Artefact;

use crate::check::{Check, JudgeFn, Judgement};
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "An acknowledgement brings one policy, not several.",
    requirements: &["POL-014"],
    level: Level::Must,
    needs: Occasion::ACKNOWLEDGEMENT,
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let Some(Ok(Artefact::Acknowledgement(ack))) = context.message.given() else { return None };
    let first = ack.policies.first()?;
    let other = ack.policies.iter().find(|policy| policy.terms.name != first.terms.name);
    Some(Judgement::of(other.is_none(), "one policy", || {
        let other = other.map_or("", |policy| policy.terms.name.as_str());
        format!("{:?} and {other:?} at once", first.terms.name)
    }))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.edit_artefact(|xml| {
        let (open, close) = ("<smartLicensePolicy>", "</smartLicensePolicy>");
        let (Some(from), Some(to)) = (xml.find(open), xml.find(close)) else {
            return xml.to_owned();
        };
        let to = to + close.len();
        let second = xml[from..to].replace("<name>", "<name>Second ");
        format!("{}{second}{}", &xml[..to], &xml[to..])
    });
}
