//! An agent that reads three levels of certificates is refused with the documented text as long as
//! the certificate for it is not there.
//!
//! Source: SSM On-Prem 7 User Guide, A.2 "Product Compatibility Notice".

use crate::check::{Check, JudgeFn, Judgement};
use crate::classic::Classic;
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;
use crate::treatment::Treatment;

/// The check.
pub static CHECK: Check = Check {
    title: "An old agent is told that it is not compatible yet.",
    requirements: &["CERT-014"],
    level: Level::Must,
    needs: Occasion::CLASSIC,
    judge: JudgeFn::Exchange(judge),
    tamper,
};

/// How the documented text begins.
const TEXT: &str = "Compatibility Error";

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let classic = Classic::of(context)?;
    let doubts = classic.doubts();
    if !doubts.incompatible || doubts.token.is_some() || doubts.known || doubts.skewed {
        return None;
    }
    let said = classic.said()?;
    let words = [said.message.as_deref(), said.message_code.as_deref()];
    let holds = match classic.treatment() {
        Treatment::Refused => words.into_iter().flatten().any(|text| text.contains(TEXT)),
        Treatment::Taken => false,
        Treatment::Deferred | Treatment::Transient | Treatment::Unclear => return None,
    };
    let expected = format!("a refusal that says {TEXT:?}");
    Some(Judgement::of(holds, &expected, || classic.described()))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.accept_classic();
}
