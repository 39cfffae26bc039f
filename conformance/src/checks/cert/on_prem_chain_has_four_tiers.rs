//! The certificate chain of an SSM On-Prem has four tiers. The root need not be sent, so three
//! certificates on the wire are enough.
//!
//! Source: SSM On-Prem 7 User Guide, "A.2 Product Compatibility".

use crate::check::{Check, JudgeFn, Judgement};
use crate::context::Context;
use crate::history::Role;
use crate::message::COLLECT;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "An On-Prem shows a chain of four tiers.",
    requirements: &["CERT-010"],
    level: Level::Must,
    needs: Occasion::TLS,
    judge: JudgeFn::Exchange(judge),
    tamper,
};

const SENT_MIN: usize = 3;

fn judge(context: &Context<'_>) -> Option<Judgement> {
    if context.role() != Role::OnPrem || context.endpoint() == COLLECT {
        return None;
    }
    let sent = context.exchange().tls.as_ref()?.chain_length;
    Some(Judgement::of(sent >= SENT_MIN, "leaf and two certificates above it", || {
        format!("{sent} certificates")
    }))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.set_chain_length(2);
}
