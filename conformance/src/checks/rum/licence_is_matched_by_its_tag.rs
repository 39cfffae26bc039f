//! The server matches the software tag of a report against its database: a known licence is
//! counted, an unknown one is not. Assumed: a licence tag with the nil UUID is known to nobody.
//!
//! Source: Troubleshoot SLP on 9800, "show license rum id detail".

use muster_wire::proposed::acknowledgement::AcknowledgedReport;
use muster_wire::{Artefact, RequestType};

use crate::check::{Check, JudgeFn, Judgement};
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "A report is counted by its licence tag, and not when no such licence exists.",
    requirements: &["RUM-022"],
    level: Level::Must,
    needs: Occasion::USAGE_RESULT,
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let polled = context.poll_origin().is_some_and(|origin| origin.kind.is_usage());
    if !polled && !context.asks_for(&RequestType::LicenseUsage) {
        return None;
    }
    let says = |status: &str| match context.message.given() {
        Some(Ok(Artefact::Acknowledgement(ack))) => {
            ack.data.acks.iter().any(|report| report.status == status)
        }
        _ => false,
    };
    if !context.doubts().unknown_tag {
        let counted = context.is_honest() && says(AcknowledgedReport::ACKED);
        return counted.then_some(Judgement::Conforms);
    }
    if says(AcknowledgedReport::REJECTED) {
        return Some(Judgement::Conforms);
    }
    context.expects_refusal("a report of an unknown licence is not counted")
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer
        .edit_artefact(|xml| xml.replace(AcknowledgedReport::REJECTED, AcknowledgedReport::ACKED));
    let refused = answer.message().is_some_and(|message| message.is_short());
    if refused {
        answer.accept();
    }
}
