//! An answer to a classic request repeats its nonce: agents refuse one that does not.
//!
//! Source: Cisco support document 217535 (Unity Connection), debug log of a request; public list of
//! agent errors ("nonce failed to match").

use muster_wire::Nonce;

use crate::check::{Check, JudgeFn, Judgement};
use crate::classic::Classic;
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;
use crate::treatment::Treatment;

/// The check.
pub static CHECK: Check = Check {
    title: "A classic answer repeats the nonce of its request.",
    requirements: &["TRANS-018"],
    level: Level::Must,
    needs: Occasion::CLASSIC_ANSWER.and(Occasion::HONEST),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let classic = Classic::of(context).filter(|_| context.is_honest())?;
    let said = classic.said()?;
    if classic.treatment() == Treatment::Transient {
        return None;
    }
    let holds = said.nonce == classic.exchange().request.nonce;
    Some(Judgement::of(holds, "the nonce of the request", || "another nonce".to_owned()))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.edit_classic(|said| said.nonce = Nonce::new("1"));
}
