//! On some platforms the "Validate Device" setting shows as HTTP 404. A refusal with another HTTP
//! status is the other documented form and proves nothing here.
//!
//! Source: Troubleshoot SLP on 9800, "Errors Reported in the Output of show license eventlog"
//! (HTTP Server Error 404).

use crate::check::{Check, JudgeFn, Judgement};
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;
use crate::treatment::Treatment;

/// The check.
pub static CHECK: Check = Check {
    title: "A validating tenant answers unknown instances with HTTP 404.",
    requirements: &["RUM-045"],
    level: Level::Must,
    needs: Occasion::DOUBTED,
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    if !context.doubts().unknown_host {
        return None;
    }
    let not_found = context.message.http().is_some_and(|http| http.status == 404);
    if context.treatment() == Treatment::Refused && !not_found {
        return None;
    }
    context.expects_refusal_at_once("HTTP 404")
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.accept();
}
