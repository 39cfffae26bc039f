//! The refusal of an expired token says what is wrong in words that need no explanation.
//!
//! Source: ACI Smart Licensing, "Registration Failed Due to an Expired Token". Assumed: that it
//! speaks of the token or of its expiry.

use crate::check::{Check, JudgeFn, Judgement};
use crate::classic::Classic;
use crate::classic::doubts::TokenFault;
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;
use crate::treatment::Treatment;

/// The check.
pub static CHECK: Check = Check {
    title: "The refusal of an expired token explains itself.",
    requirements: &["REG-016"],
    level: Level::Must,
    needs: Occasion::CLASSIC_ANSWER,
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let classic = Classic::of(context)?;
    let fault = classic.doubts().token == Some(TokenFault::Expired);
    if !fault || classic.treatment() != Treatment::Refused {
        return None;
    }
    let said = classic.said()?;
    let words = [said.message_code.as_deref(), said.message.as_deref()];
    let words = words.into_iter().flatten().collect::<Vec<_>>().join(" ").to_lowercase();
    let holds = words.contains("expire") || words.contains("token");
    Some(Judgement::of(holds, "words about the expired token", || classic.described()))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.refuse_classic("no");
}
