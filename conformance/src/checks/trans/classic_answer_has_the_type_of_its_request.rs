//! An answer is of the type that was asked for; the answer to a poll may have the type of what was
//! polled for.
//!
//! Source: public list of agent errors ("Invalid response type"). Assumed: the member that says it;
//! without it nothing is judged.

use muster_wire::classic::MessageType;

use crate::check::{Check, JudgeFn, Judgement};
use crate::classic::Classic;
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "A classic answer has the type of its request.",
    requirements: &["TRANS-019"],
    level: Level::Must,
    needs: Occasion::CLASSIC_ANSWER.and(Occasion::HONEST),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let classic = Classic::of(context).filter(|_| context.is_honest())?;
    let kind = classic.said()?.header.response_type.as_ref()?;
    let asked = classic.exchange().kind()?;
    let holds = kind == asked || Some(kind) == classic.about();
    Some(Judgement::of(holds, asked.as_str(), || kind.to_string()))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.edit_classic(|said| {
        let other = match said.header.response_type {
            Some(MessageType::Heartbeat) => MessageType::Deregistration,
            _ => MessageType::Heartbeat,
        };
        said.header.response_type = Some(other);
    });
}
