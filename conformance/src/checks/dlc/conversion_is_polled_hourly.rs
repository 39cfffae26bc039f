//! An On-Prem that is asked for a conversion tells the instance to poll back in 3600 seconds.
//!
//! Source: SSM On-Prem 7 User Guide, "Conversion Workflow", step 4.

use muster_wire::classic::MessageType;

use crate::check::{Check, JudgeFn, Judgement};
use crate::classic::Classic;
use crate::context::Context;
use crate::history::Role;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "A conversion is polled hourly.",
    requirements: &["DLC-013"],
    level: Level::Must,
    needs: Occasion::CLASSIC_ANSWER.and(Occasion::HONEST),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let classic = Classic::asking(context, &MessageType::Conversion)?;
    let side = classic.side();
    let account = side.account.as_ref().map(|known| known.virtual_account.as_str());
    let allowed = account.and_then(|account| classic.book().may_convert(account));
    // What must not be converted is judged for that.
    if context.role() != Role::OnPrem || side.converted || allowed == Some(false) {
        return None;
    }
    if !classic.is_sound() {
        return None;
    }
    classic.expects_hourly_poll()
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.poll_later(86_400);
}
