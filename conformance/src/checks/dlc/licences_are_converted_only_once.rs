//! Classic licences that were converted are not converted again: the instance is told that they
//! are.
//!
//! Source: SSM On-Prem 7 User Guide, "Convert to Smart Licensing".

use muster_journal::Deviation;
use muster_wire::classic::MessageType;

use crate::check::{Check, JudgeFn, Judgement};
use crate::classic::Classic;
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "Licences are converted only once.",
    requirements: &["DLC-002", "DLC-004"],
    level: Level::Must,
    needs: Occasion::CLASSIC,
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let classic = Classic::asking(context, &MessageType::Conversion)?;
    // The same bytes may be a request whose answer was lost, and get that answer again.
    let is_resent = *classic.deviations() == [Deviation::RequestReplayed];
    if !classic.side().converted || classic.doubts().gone.is_some() || is_resent {
        return None;
    }
    classic.expects_refusal("License Already Converted")
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.accept_classic();
}
