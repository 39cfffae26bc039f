//! A CSLU that was made to collect reports pushes an acknowledgement to an instance. Where it waits
//! for CSSM it comes later than a run lasts, so this is inferred.
//!
//! Source: SLP on Catalyst 9400 (17.4), System Messages (CSLU-initiated communication).

use crate::check::{Check, JudgeFn, Judgement};
use crate::fleet_facts::FleetFacts;
use crate::message::COLLECT;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "Collected reports are acknowledged.",
    requirements: &["POL-023"],
    level: Level::Must,
    needs: Occasion::ANY,
    judge: JudgeFn::Fleet(judge),
    tamper,
};

fn judge(facts: &FleetFacts) -> Option<Judgement> {
    let seen = facts.collections;
    if seen.begun == 0 {
        return None;
    }
    Some(Judgement::of(seen.acknowledged > 0, "an acknowledgement after a collection", || {
        format!("none after {}", seen.begun)
    }))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    if answer.exchange().endpoint == COLLECT {
        answer.edit_artefact(|_| String::new());
    }
}
