//! A request of the export workflow for a licence that is not export-controlled is answered with an
//! error. That such a licence is what "invalid export tag" means is inferred.
//!
//! Source: SSM On-Prem 7 User Guide, "Enhanced Export Control Authorization Workflow", step 6b.

use muster_wire::classic::MessageType;

use crate::check::{Check, JudgeFn, Judgement};
use crate::classic::Classic;
use crate::classic::lesson::export_of;
use crate::context::Context;
use crate::history::Role;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;
use crate::treatment::Treatment;

/// The check.
pub static CHECK: Check = Check {
    title: "Only export-controlled licences are authorized.",
    requirements: &["EXP-033"],
    level: Level::Must,
    needs: Occasion::CLASSIC,
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let classic = Classic::of(context)?;
    let is_meant = classic.about() == Some(&MessageType::ExportAuthorization);
    if !is_meant || context.role() != Role::OnPrem || classic.doubts().gone.is_some() {
        return None;
    }
    let asked = export_of(&classic)?;
    let account = classic.side().account.as_ref()?.virtual_account.as_str();
    let holding = |tag| classic.book().holding(account, tag);
    let free = |tag| holding(tag).is_some_and(|holding| holding.export_controlled == Some(false));
    if asked.counts.is_empty() || !asked.counts.keys().all(free) {
        return None;
    }
    let expected = "an error: the licence is not export-controlled";
    match classic.treatment() {
        // The error goes to the product at once: nobody has to be asked.
        Treatment::Deferred => Some(Judgement::violates(expected, classic.described())),
        _ => classic.expects_refusal(expected),
    }
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.accept_classic();
}
