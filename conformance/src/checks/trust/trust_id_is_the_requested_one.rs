//! A trust code has the trust id that was asked for: the instance counts them, not the server. That
//! the answer repeats it is inferred.
//!
//! Source: Troubleshoot SLP on 9800, "Invalid Trustcode Processed from CSSM" (CSSM expects the
//! controller to send incremental trust ids).

use crate::check::{Check, JudgeFn, Judgement};
use crate::context::Context;
use crate::history::Deferred;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "A trust code has the trust id that was asked for.",
    requirements: &["TRUST-032"],
    level: Level::Must,
    needs: Occasion::TRUST_GIVEN.and(Occasion::TRUST_RESULT),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let code = &context.message.trust().filter(|_| context.is_honest())?.trust_code;
    let given = code.trust_id.filter(|_| code.status.success)?.0;
    let asked = match context.poll_origin() {
        Some(origin) => match origin.kind {
            Deferred::Trust(id) if origin.honest => id?,
            _ => return None,
        },
        None => context.trust_request()?.trust_id.0,
    };
    Some(Judgement::of(given == asked, format_args!("trust id {asked}"), || format!("{given}")))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.replace_in_artefact("<trustId>", "<trustId>1");
}
