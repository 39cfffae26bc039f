//! An honest licensing request that is answered with HTTP 2xx gets a Smart Transport answer, not
//! other bytes.
//!
//! Source: Troubleshoot SLP on 9800, "Valid Response Poll_id" and "Error Response packet".

use crate::check::{Check, JudgeFn, Judgement};
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "Answers to licensing requests can be decoded.",
    requirements: &["RUM-030"],
    level: Level::Must,
    needs: Occasion::REQUEST.and(Occasion::HONEST).and(Occasion::ANSWERED),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let exchange = context.exchange();
    let asked = exchange.method == "POST" && context.message.request().is_some();
    // Call Home has answers of its own.
    if !asked || !context.is_honest() || exchange.endpoint == "call_home" {
        return None;
    }
    let http = context.message.http()?;
    if !(200..300).contains(&http.status) {
        return None;
    }
    Some(Judgement::of(context.message.answer().is_some(), "a Smart Transport answer", || {
        format!("{} bytes of something else", http.message.body.0.len())
    }))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.set_body(b"<html>Welcome</html>");
}
