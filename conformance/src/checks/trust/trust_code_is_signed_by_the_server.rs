//! The signature of a trust code is one by its server over the trust code: an instance that finds
//! another does not install it. Over which text it is, is inferred.
//!
//! Source: SLP on Catalyst 9400 (17.4), System Messages (TRUST_CODE_INSTALL_FAILED, "A signature
//! mismatch").

use crate::check::{Check, JudgeFn, Judgement};
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "The signature of a trust code verifies.",
    requirements: &["TRUST-031"],
    level: Level::Must,
    needs: Occasion::TRUST_GIVEN,
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let trust = context.message.trust().filter(|trust| !trust.signature.is_empty())?;
    let holds = context.is_signed_by_server(&trust.signed, &trust.signature)?;
    let expected = "a signature by the key of the server";
    Some(Judgement::of(holds, expected, || "a signature that does not verify".to_owned()))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.replace_in_artefact("<trustCode>", "<trustCode> ");
}
