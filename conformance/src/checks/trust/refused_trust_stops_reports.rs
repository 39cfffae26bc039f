//! After a trust request was refused as old, reports of the instance are not processed, those that
//! rest on an earlier trust id included. The document says so of the instance as a whole; that
//! earlier ids are meant is inferred.
//!
//! Source: Troubleshoot SLP on 9800, "Invalid Trustcode Processed from CSSM".

use muster_wire::RequestType;

use crate::check::{Check, JudgeFn, Judgement};
use crate::context::Context;
use crate::doubts::Doubts;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "Reports are not processed after a refused trust request.",
    requirements: &["TRUST-033"],
    level: Level::Must,
    needs: Occasion::USAGE_RESULT.and(Occasion::HONEST),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let stopped = match context.poll_origin() {
        Some(origin) => origin.kind.is_usage() && origin.honest && origin.after_refused_trust,
        None => {
            context.side().trust_is_old
                && context.asks_for(&RequestType::LicenseUsage)
                && !context.usage_reports().is_empty()
        }
    };
    let stopped = stopped && context.is_honest() && context.doubts() == Doubts::default();
    if !stopped {
        return None;
    }
    context.expects_refusal("no report is processed until the trust is valid again")
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.accept();
}
