//! With "Validate Device" on, a report of an unknown instance is refused with HOST_NOT_FOUND,
//! "Device Host is not found". A bare HTTP 404 is the other documented form and is judged
//! elsewhere.
//!
//! Source: Troubleshoot SLP on 9800, "Errors Reported in the Output of show license eventlog".

use muster_wire::status::{DEVICE_HOST_IS_NOT_FOUND, HOST_NOT_FOUND};

use crate::check::{Check, JudgeFn, Judgement};
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;
use crate::treatment::Treatment;

/// The check.
pub static CHECK: Check = Check {
    title: "A validating tenant refuses unknown instances with HOST_NOT_FOUND.",
    requirements: &["RUM-043"],
    level: Level::Must,
    needs: Occasion::DOUBTED,
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    if !context.doubts().unknown_host {
        return None;
    }
    let expected = "[HOST_NOT_FOUND] Device Host is not found";
    if context.treatment() != Treatment::Refused {
        return context.expects_refusal_at_once(expected);
    }
    let Some(answer) = context.message.answer() else {
        let bare = context.message.http().is_some_and(|http| http.status == 404);
        return (!bare).then(|| Judgement::violates(expected, context.described()));
    };
    let line = context.message.answer_line();
    let texts = [
        answer.message_code.as_deref(),
        answer.message.as_deref(),
        line.and_then(|line| line.message_code.as_deref()),
        line.and_then(|line| line.message.as_deref()),
    ];
    let says = |part| texts.iter().flatten().any(|text| text.contains(part));
    let holds = says(HOST_NOT_FOUND) && says(DEVICE_HOST_IS_NOT_FOUND);
    Some(Judgement::of(holds, expected, || context.described()))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.edit(|message| message.message_code = Some("UNKNOWN".to_owned()));
}
