//! An authorization is valid for 90 days without contact.
//!
//! Source: ACI Smart Licensing, Authorization Status table. That the server says until when is
//! inferred.

use muster_wire::classic::AnswerData;

use crate::check::{Check, JudgeFn, Judgement};
use crate::classic::Classic;
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;
use crate::treatment::Treatment;

/// The check.
pub static CHECK: Check = Check {
    title: "An authorization holds for 90 days.",
    requirements: &["AUTH-033"],
    level: Level::Must,
    needs: Occasion::CLASSIC_ANSWER,
    judge: JudgeFn::Exchange(judge),
    tamper,
};

const DAY_MS: u64 = 86_400_000;

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let classic = Classic::of(context)?;
    if classic.treatment() != Treatment::Taken {
        return None;
    }
    let Some(AnswerData::Entitlement(answer)) = classic.given() else { return None };
    let holds_ms = answer.communication_deadline.saturating_sub(context.exchange().sent_at_ms);
    let holds = (89 * DAY_MS..=91 * DAY_MS).contains(&holds_ms);
    Some(Judgement::of(holds, "90 days", || format!("{} s", holds_ms / 1000)))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.edit_given(|given| {
        given["communication_deadline"] = given["next_communication"].clone();
    });
}
