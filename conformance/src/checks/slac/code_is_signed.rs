//! An authorization code is signed by the account that gives it.
//!
//! Source: Cisco support document 214381 (Unified Communications Manager), an authorization code of
//! a reservation. That other codes are signed in the same way is assumed.

use muster_wire::Artefact;

use crate::check::{Check, JudgeFn, Judgement};
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "An authorization code is signed.",
    requirements: &["SLAC-025"],
    level: Level::Must,
    needs: Occasion::AUTHORIZATION,
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let Some(Ok(Artefact::Authorization(given))) = context.message.given() else { return None };
    Some(context.expects_signature(&given.signed, &given.signature))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.unsign("smartLicenseAuthorization");
}
