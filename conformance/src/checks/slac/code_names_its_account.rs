//! An authorization code that gives licences names the account they come from, as a trust code
//! does. No public source shows one, so this is assumed.
//!
//! Source: Obtaining a SLAC Response (the licences are those of the account on CSSM).

use muster_wire::Artefact;

use crate::check::{Check, JudgeFn, Judgement};
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "An authorization code names its account.",
    requirements: &["SLAC-026"],
    level: Level::Must,
    needs: Occasion::AUTHORIZATION,
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let Some(Ok(Artefact::Authorization(given))) = context.message.given() else { return None };
    let code = &given.code;
    if !code.status.success || code.licenses.is_empty() {
        return None;
    }
    let named = code.customer.as_ref().is_some_and(|customer| {
        !customer.smart_account.is_empty() && !customer.virtual_account.is_empty()
    });
    Some(Judgement::of(named, "the account the licences come from", || "no account".to_owned()))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.edit_artefact(|xml| xml.replace("customerInfo>", "customer>"));
}
