//! An instance is out of compliance as a whole exactly when one of its licences is.
//!
//! Source: ACI Smart Licensing, Authorization Status table. That the answer states both is
//! inferred.

use muster_wire::classic::{AnswerData, AuthorizationState, EnforcementMode, MessageType};

use crate::check::{Check, JudgeFn, Judgement};
use crate::classic::Classic;
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;
use crate::treatment::Treatment;

/// The check.
pub static CHECK: Check = Check {
    title: "The state of an instance follows from its licences.",
    requirements: &["AUTH-034"],
    level: Level::Must,
    needs: Occasion::CLASSIC_ANSWER,
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let classic = Classic::asking(context, &MessageType::Entitlement)?;
    if classic.treatment() != Treatment::Taken {
        return None;
    }
    let Some(AnswerData::Entitlement(answer)) = classic.given() else { return None };
    let short = |mode: &EnforcementMode| *mode == EnforcementMode::OutOfCompliance;
    let any_short = answer.entitlements.iter().any(|one| short(&one.enforce_mode));
    let holds = match answer.authorization_state {
        AuthorizationState::Authorized => !any_short,
        AuthorizationState::OutOfCompliance => any_short,
        _ => return None,
    };
    let expected = if any_short { "OUT_OF_COMPLIANCE" } else { "AUTHORIZED" };
    Some(Judgement::of(holds, expected, || answer.authorization_state.to_string()))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.edit_given(|given| {
        let other = match given["authorization_state"].as_str() {
            Some("AUTHORIZED") => "OUT_OF_COMPLIANCE",
            _ => "AUTHORIZED",
        };
        given["authorization_state"] = other.into();
    });
}
