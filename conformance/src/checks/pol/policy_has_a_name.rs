//! A policy has a name, which the instance shows as the policy in use.
//!
//! Source: public YANG model `cisco-smart-license` (policy state: the name stands in the policy
//! file). By which element it stands there is assumed.

use muster_wire::Artefact;

use crate::check::{Check, JudgeFn, Judgement};
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "A policy has a name.",
    requirements: &["POL-021"],
    level: Level::Must,
    needs: Occasion::ACKNOWLEDGEMENT,
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let Some(Ok(Artefact::Acknowledgement(ack))) = context.message.given() else { return None };
    ack.policies.first()?;
    let named = ack.policies.iter().all(|policy| !policy.terms.name.trim().is_empty());
    Some(Judgement::of(named, "a policy with a name", || "one without".to_owned()))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.edit_artefact(|xml| {
        let name = xml.find("<name>").zip(xml.find("</name>"));
        name.map_or_else(
            || xml.to_owned(),
            |(from, to)| format!("{}{}", &xml[..from + 6], &xml[to..]),
        )
    });
}
