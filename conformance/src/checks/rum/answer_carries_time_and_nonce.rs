//! The answer carries a timestamp in milliseconds and a nonce.
//!
//! Source: Troubleshoot SLP on 9800, "Valid Response Poll_id".

use crate::check::{Check, JudgeFn, Judgement};
use crate::context::Context;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "The answer carries a timestamp in milliseconds and a nonce.",
    requirements: &["RUM-035"],
    level: Level::Must,
    judge: JudgeFn::Exchange(judge),
    tamper,
};

/// Milliseconds since the epoch have thirteen digits from 2001 to 2286; seconds have ten.
const MILLISECONDS: std::ops::Range<u64> = 1_000_000_000_000..10_000_000_000_000;

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let answer = context.processed()?;
    let expected = "a timestamp in milliseconds and a nonce";
    let Some(sender) = &answer.sender_info else {
        return Some(Judgement::violates(expected, "no sender_info"));
    };
    let (time, nonce) = (sender.timestamp, sender.nonce.as_str());
    Some(Judgement::of(MILLISECONDS.contains(&time) && !nonce.is_empty(), expected, || {
        let nonce = if nonce.is_empty() { "no nonce" } else { "a nonce" };
        format!("timestamp {time} and {nonce}")
    }))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.edit(|message| {
        if let Some(sender) = &mut message.sender_info {
            sender.timestamp /= 1000;
        }
    });
}
