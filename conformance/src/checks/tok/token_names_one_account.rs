//! An ID token belongs to one virtual account, and what it grants there says so in either era: a
//! trust code names the account that a registration with the same token names, and the other way
//! round. Looked at where one server, CSSM, gave both. That both name it alike is inferred.
//!
//! Source: SLP on Catalyst 9400 (17.4), System Messages (a token applies to the account it was made
//! for); SSM On-Prem 7 User Guide, "About PI Registration".

use muster_wire::RequestType;
use muster_wire::classic::{AnswerData, MessageType};

use crate::check::{Check, JudgeFn, Judgement};
use crate::classic::Classic;
use crate::context::Context;
use crate::history::Role;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;
use crate::treatment::Treatment;

/// The check.
pub static CHECK: Check = Check {
    title: "A token names one account in both eras.",
    requirements: &["TOK-018"],
    level: Level::Must,
    needs: Occasion::RECEIVER.and(Occasion::HONEST),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let token = context.exchange().intent.id_token.as_deref().filter(|_| context.is_honest())?;
    if context.role() != Role::Cssm {
        return None;
    }
    let (known, named) = if context.asks_for(&RequestType::IdTokenTrust) {
        let code = &context.message.trust()?.trust_code;
        let customer = code.customer.as_ref().filter(|_| code.status.success)?;
        let known = context.history().book().token(token)?.at_cssm.as_deref()?;
        (known, customer.virtual_account.as_str())
    } else {
        let classic = Classic::asking(context, &MessageType::Registration)?;
        let taken = classic.treatment() == Treatment::Taken && classic.is_sound();
        let Some(AnswerData::Registration(answer)) = classic.given().filter(|_| taken) else {
            return None;
        };
        (context.account_of_token(token)?, answer.virtual_account.as_str())
    };
    let holds = known.virtual_account == named;
    Some(Judgement::of(holds, &known.virtual_account, || named.to_owned()))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.replace_in_artefact("<virtualAccount>", "<virtualAccount>Not ");
    answer.edit_given(|given| given["virtual_account"] = "Elsewhere".into());
}
