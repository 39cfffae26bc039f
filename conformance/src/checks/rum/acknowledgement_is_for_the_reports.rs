//! An acknowledgement is for the reports that were sent: their ids, and the licences they are
//! about.
//!
//! Source: Troubleshoot SLP on 9800, "show license rum id all" (a report is acknowledged by its
//! id). How an acknowledgement names them is assumed.

use crate::check::{Check, JudgeFn, Judgement};
use crate::context::Context;
use crate::history::Deferred;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::reported::Reported;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "An acknowledgement is for the reports that were sent.",
    requirements: &["RUM-076"],
    level: Level::Must,
    needs: Occasion::ACKNOWLEDGEMENT.and(Occasion::HONEST),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let ack = context.acknowledgement()?;
    let sent = match context.poll_origin().map(|origin| &origin.kind) {
        Some(Deferred::Usage(sent)) => (*sent)?,
        Some(_) => return None,
        None => Reported::of(context.usage_reports())?,
    };
    let same = Reported::acknowledged(&ack.data.acks) == sent;
    Some(Judgement::of(same, "the reports and licences that were sent", || {
        match ack.data.acks.first() {
            Some(first) => {
                format!("others, such as {} of {}", first.report_id, first.entitlement_tag)
            }
            None => "none".to_owned(),
        }
    }))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.edit_artefact(|xml| {
        xml.replace("report_id&quot;:", "report_id&quot;:1")
            .replace("report_id\":", "report_id\":1")
    });
}
