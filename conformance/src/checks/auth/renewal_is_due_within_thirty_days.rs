//! A registration and each authorization ask for the next authorization request after at most 30
//! days.
//!
//! Source: ACI Smart Licensing, Authorization Status table and "Renew Authorization". That the
//! server says when is inferred; a daily refresh is sooner (AMB-02).

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
    title: "The next authorization is due within 30 days.",
    requirements: &["AUTH-032"],
    level: Level::Must,
    needs: Occasion::CLASSIC_ANSWER,
    judge: JudgeFn::Exchange(judge),
    tamper,
};

const DAY_MS: u64 = 86_400_000;

/// Thirty days, and one for a server that counts months.
const RENEWAL_MS: u64 = 31 * DAY_MS;

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let classic = Classic::of(context)?;
    if classic.treatment() != Treatment::Taken {
        return None;
    }
    let wait_ms = match classic.given()? {
        AnswerData::Registration(answer) => answer.auth_renew_interval.saturating_mul(1000),
        AnswerData::Entitlement(answer) => {
            answer.next_communication.saturating_sub(context.exchange().sent_at_ms)
        }
        _ => return None,
    };
    let holds = (1..=RENEWAL_MS).contains(&wait_ms);
    Some(Judgement::of(holds, "at most 30 days", || format!("{} s", wait_ms / 1000)))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.edit_given(|given| {
        let member = match given["auth_renew_interval"].is_null() {
            true => "next_communication",
            false => "auth_renew_interval",
        };
        let later = given[member].as_u64().map(|value| value.saturating_add(40 * DAY_MS));
        given[member] = later.into();
    });
}
