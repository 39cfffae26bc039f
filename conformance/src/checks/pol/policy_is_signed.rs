//! A policy is signed by its server, as a trust code is: it has a `signature` beside it. Over which
//! text, and with which key, is assumed.
//!
//! Source: CiscoDevNet `xe-sip-api-code` (public), policy file.

use muster_wire::Artefact;

use crate::check::{Check, JudgeFn, Judgement};
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "A policy is signed by its server.",
    requirements: &["POL-020"],
    level: Level::Must,
    needs: Occasion::ACKNOWLEDGEMENT,
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let Some(Ok(Artefact::Acknowledgement(ack))) = context.message.given() else { return None };
    let policy = ack.policies.first()?;
    Some(context.expects_signature(&policy.signed, &policy.signature))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.unsign("smartLicensePolicy");
}
