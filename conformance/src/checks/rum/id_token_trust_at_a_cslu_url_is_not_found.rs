//! A trust request with an ID token that is sent to a CSLU URL is answered with HTTP 404.
//!
//! Source: Troubleshoot SLP on 9800, "Errors Reported in the Output of show license eventlog"
//! (HTTP Server Error 404).

use muster_wire::RequestType;

use crate::check::{Check, JudgeFn, Judgement};
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;
use crate::treatment::Treatment;

/// The check.
pub static CHECK: Check = Check {
    title: "An ID token trust request at a CSLU URL gets HTTP 404.",
    requirements: &["RUM-046"],
    level: Level::Must,
    needs: Occasion::CSLU.and(Occasion::TOKEN_TRUST),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    if !context.is_cslu() || !context.asks_for(&RequestType::IdTokenTrust) {
        return None;
    }
    let http = context.message.http()?;
    if context.treatment() == Treatment::Transient {
        return None;
    }
    Some(Judgement::of(http.status == 404, "HTTP 404", || format!("HTTP {}", http.status)))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.set_status(403);
}
