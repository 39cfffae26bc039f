//! The path of a CSLU tenant is the name of its virtual account and "-1", URL-encoded: a name
//! with a space is found under %20.
//!
//! Source: public guide to policy licensing with SSM On-Prem; CUBE smart licensing guide, sample.

use muster_wire::RequestType;

use crate::check::{Check, JudgeFn, Judgement};
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;
use crate::treatment::Treatment;

/// The check.
pub static CHECK: Check = Check {
    title: "A tenant whose account name has a space is found under its encoded name.",
    requirements: &["TRANS-016"],
    level: Level::May,
    needs: Occasion::CSLU.and(Occasion::HONEST).and(Occasion::ANSWERED),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    // Asked of every exchange with a tenant, hardly any of which has such a name.
    if !context.exchange().url.contains('%') {
        return None;
    }
    let tenant = context.path().rsplit('/').next().unwrap_or_default();
    let encoded = context.is_cslu() && tenant.contains("%20") && tenant.ends_with("-1");
    if !encoded || !context.is_honest() || context.asks_for(&RequestType::IdTokenTrust) {
        return None;
    }
    if !context.is_at_own_url() {
        return None;
    }
    let http = context.message.http()?;
    if context.message.answer().is_some() {
        return Some(Judgement::Conforms);
    }
    if context.request_type().is_some() && context.treatment() == Treatment::Transient {
        return None;
    }
    let holds = http.status < 400;
    let found = format!("a tenant at {tenant}");
    Some(Judgement::of(holds, &found, || format!("HTTP {}", http.status)))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.set_status(404);
    answer.set_body(b"Not Found");
}
