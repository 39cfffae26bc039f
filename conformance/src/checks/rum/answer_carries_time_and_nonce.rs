//! The answer carries a timestamp in milliseconds and the nonce of the request: agents refuse an
//! answer whose nonce does not match.
//!
//! Source: Troubleshoot SLP on 9800, "Valid Response Poll_id"; public list of agent errors ("nonce
//! failed to match").

use crate::check::{Check, JudgeFn, Judgement};
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "The answer carries a timestamp in milliseconds and the nonce of the request.",
    requirements: &["RUM-035"],
    level: Level::Must,
    needs: Occasion::PROCESSED.and(Occasion::REQUEST),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

/// Milliseconds since the epoch have thirteen digits from 2001 to 2286; seconds have ten.
const MILLISECONDS: std::ops::Range<u64> = 1_000_000_000_000..10_000_000_000_000;

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let answer = context.processed()?;
    let asked = &context.message.request()?.sender_info.nonce;
    let expected = "a timestamp in milliseconds and the request's nonce";
    let Some(sender) = &answer.sender_info else {
        return Some(Judgement::violates(expected, "no sender_info"));
    };
    if !MILLISECONDS.contains(&sender.timestamp) {
        return Some(Judgement::violates(expected, format!("timestamp {}", sender.timestamp)));
    }
    let repeated = !sender.nonce.as_str().is_empty() && sender.nonce == *asked;
    Some(Judgement::of(repeated, expected, || match sender.nonce.as_str() {
        "" => "no nonce".to_owned(),
        _ => "another nonce".to_owned(),
    }))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.edit(|message| {
        if let Some(sender) = &mut message.sender_info {
            sender.timestamp /= 1000;
        }
    });
}
