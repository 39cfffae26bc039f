//! A trust request whose id is over every one the instance ever sent is not refused as old. Only
//! judged once the server has processed one, because it may remember earlier runs.
//!
//! Source: Troubleshoot SLP on 9800, "Invalid Trustcode Processed from CSSM".

use muster_wire::status::OLD_TRUST_ID;

use crate::check::{Check, JudgeFn, Judgement};
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "A trust id that is new is not refused as old.",
    requirements: &["TRUST-012"],
    level: Level::Must,
    needs: Occasion::TRUST_GIVEN.and(Occasion::HONEST),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let side = context.side();
    let id = context.trust_request()?.trust_id.0;
    side.trust_id_processed?;
    if !context.is_honest() || side.trust_id_sent.is_some_and(|sent| id <= sent) {
        return None;
    }
    let status = &context.message.trust()?.trust_code.status;
    if status.success {
        return Some(Judgement::Conforms);
    }
    let old = status.code.as_deref() == Some(OLD_TRUST_ID);
    let actual = format!("{OLD_TRUST_ID} for the highest trust id so far");
    old.then(|| Judgement::violates("the trust id is accepted as new", actual))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    let refusal = "<status><success>false</success><code>OLD_TRUST_ID</code></status>";
    answer.edit_artefact(|xml| {
        let (Some(from), Some(to)) = (xml.find("<status>"), xml.find("</status>")) else {
            return xml.to_owned();
        };
        format!("{}{refusal}{}", &xml[..from], &xml[to + "</status>".len()..])
    });
}
