//! An ID token that gave one instance trust gives it to the next instance too, in the same account,
//! and to the first once more when it asks with a higher trust id.
//!
//! Source: SLP on Catalyst 9400 (17.4), System Messages (TRUST_CODE_INSTALL_FAILED).

use muster_wire::RequestType;
use muster_wire::status::OLD_TRUST_ID;

use crate::check::{Check, JudgeFn, Judgement};
use crate::context::Context;
use crate::doubts::Doubts;
use crate::history::Role;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;
use crate::treatment::Treatment;

/// The check.
pub static CHECK: Check = Check {
    title: "One token serves every instance of its account.",
    requirements: &["TRUST-023"],
    level: Level::Must,
    needs: Occasion::RECEIVER.and(Occasion::HONEST).and(Occasion::TOKEN_TRUST),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let fresh = context.asks_for(&RequestType::IdTokenTrust)
        && context.role() == Role::Cssm
        && context.is_honest()
        && context.doubts() == Doubts::default()
        && context.trust_request().map(|entry| entry.trust_id.0) > context.side().trust_id_sent;
    if !fresh {
        return None;
    }
    let account = context.account_of_token(context.exchange().intent.id_token.as_deref()?)?;
    let expected = format!("trust in {} / {}", account.smart_account, account.virtual_account);
    let code = context.message.trust().map(|trust| &trust.trust_code);
    if let Some(code) = code.filter(|code| code.status.success) {
        let customer = code.customer.as_ref();
        let same = customer.is_some_and(|customer| {
            customer.smart_account == account.smart_account
                && customer.virtual_account == account.virtual_account
        });
        return Some(Judgement::of(same, &expected, || match customer {
            Some(other) => format!("in {} / {}", other.smart_account, other.virtual_account),
            None => "no account".to_owned(),
        }));
    }
    // A server that remembers the instance from an earlier run is right to call its id old.
    let old = code.is_some_and(|code| code.status.code.as_deref() == Some(OLD_TRUST_ID));
    let refused =
        context.treatment() == Treatment::Refused && context.message.answer().is_some() && !old;
    refused.then(|| Judgement::violates(expected, context.described()))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.replace_in_artefact("<virtualAccount>", "<virtualAccount>Not ");
}
