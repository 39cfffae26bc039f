//! A renewal with an ID certificate that has expired is refused.
//!
//! Source: ACI Smart Licensing, "Troubleshooting Smart Licensing Authorization".

use muster_wire::classic::MessageType;

use crate::check::{Check, JudgeFn, Judgement};
use crate::classic::Classic;
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "An expired ID certificate is not renewed.",
    requirements: &["IDC-008"],
    level: Level::Must,
    needs: Occasion::CLASSIC,
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let classic = Classic::asking(context, &MessageType::IdCertificateRenewal)?;
    if !classic.doubts().expired {
        return None;
    }
    classic.expects_refusal("no renewal: the ID certificate has expired")
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.accept_classic();
}
