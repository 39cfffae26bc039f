//! An acknowledgement is signed by its server: a product instance takes no file from anybody.
//!
//! Source: none is public (the element `signature` beside `smartLicenseRumAck` is assumed, after
//! the trust code of Troubleshoot SLP on 9800, "Valid Trustcode Processed from CSSM").

use muster_wire::Artefact;

use crate::check::{Check, JudgeFn, Judgement};
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "An acknowledgement is signed by its server.",
    requirements: &["RUM-074"],
    level: Level::Must,
    needs: Occasion::ACKNOWLEDGEMENT,
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let Some(Ok(Artefact::Acknowledgement(ack))) = context.message.given() else { return None };
    Some(context.expects_signature(&ack.signed, &ack.signature))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.unsign("smartLicenseRumAck");
}
