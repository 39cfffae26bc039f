//! An honest report of a licence that is sold is not rejected. Assumed: every server knows the
//! licences of the platforms that are simulated, which are real ones.
//!
//! Source: Troubleshoot SLP on 9800, "show license rum id detail" (the tag is matched against the
//! database).

use muster_wire::proposed::acknowledgement::AcknowledgedReport;

use crate::check::{Check, JudgeFn, Judgement};
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "An honest report of a known licence is not rejected.",
    requirements: &["RUM-077"],
    level: Level::Must,
    needs: Occasion::ACKNOWLEDGEMENT.and(Occasion::HONEST),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let ack = context.acknowledgement()?;
    let rejected = ack.data.acks.iter().find(|one| one.status == AcknowledgedReport::REJECTED);
    Some(Judgement::of(rejected.is_none(), "the report is counted", || {
        rejected.map_or_else(String::new, |one| {
            format!("{} is rejected: {:?}", one.entitlement_tag, one.message)
        })
    }))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer
        .edit_artefact(|xml| xml.replace(AcknowledgedReport::ACKED, AcknowledgedReport::REJECTED));
}
