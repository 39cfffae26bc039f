//! Where conversion is enabled for a virtual account, an instance of it that has not converted yet
//! is not refused. A server may have other reasons, so this is inferred.
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
    title: "A conversion is done where it is enabled.",
    requirements: &["DLC-047"],
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
    let book = classic.book();
    let account = side.account.as_ref()?.virtual_account.as_str();
    if book.may_convert(account) != Some(true) {
        return None;
    }
    classic.expects_success("a conversion: it is enabled for the virtual account")
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.refuse_classic("no conversion");
}
