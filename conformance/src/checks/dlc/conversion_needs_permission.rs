//! The instances of a virtual account convert nothing unless conversion is enabled there.
//!
//! Source: SSM On-Prem 7 User Guide, "Convert to Smart Licensing", step 5.

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
    title: "Conversion needs permission.",
    requirements: &["DLC-006", "DLC-007"],
    level: Level::Must,
    needs: Occasion::CLASSIC.and(Occasion::HONEST),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let classic = Classic::of(context)?;
    let side = classic.side();
    let is_meant = classic.about() == Some(&MessageType::Conversion);
    if !is_meant || context.role() != Role::OnPrem || side.converted || !classic.is_sound() {
        return None;
    }
    let account = side.account.as_ref()?.virtual_account.as_str();
    if classic.book().may_convert(account) != Some(false) {
        return None;
    }
    classic.expects_refusal("no conversion: it is not enabled for the virtual account")
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.accept_classic();
}
