//! A token that registered one instance registers the next one too, as an instance of its own.
//!
//! Source: SSM On-Prem 7 User Guide, "About Product Instances".

use muster_wire::classic::MessageType;

use crate::check::{Check, JudgeFn, Judgement};
use crate::classic::{Classic, Standing};
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "One token registers several instances.",
    requirements: &["REG-002"],
    level: Level::Must,
    needs: Occasion::CLASSIC.and(Occasion::HONEST),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

/// A token may expire after a day.
const FRESH_MS: u64 = 86_400_000;

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let classic = Classic::asking(context, &MessageType::Registration)?;
    let token = classic.book().token(classic.token()?)?;
    let fresh = context.exchange().sent_at_ms.saturating_sub(token.last_ms) < FRESH_MS;
    let new = classic.side().standing == Standing::Unheard && context.udi != Some(&token.first);
    if !fresh || !new || !classic.is_sound() {
        return None;
    }
    classic.expects_success("a registration, as of the instance before")
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.refuse_classic("the token was used before");
}
