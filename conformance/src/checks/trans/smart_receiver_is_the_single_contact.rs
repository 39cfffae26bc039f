//! The smart receiver that gave the trust also takes the reports: it sends nobody elsewhere.
//!
//! Source: Troubleshoot SLP on 9800, "How Does Your System Resolve the IP?" (note).

use muster_wire::RequestType;

use crate::check::{Check, JudgeFn, Judgement};
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "The smart receiver takes trust requests and reports alike.",
    requirements: &["TRANS-010"],
    level: Level::Must,
    needs: Occasion::RECEIVER.and(Occasion::HONEST).and(Occasion::USAGE),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let report = context.endpoint() == "smart_receiver"
        && context.is_honest()
        && context.asks_for(&RequestType::LicenseUsage)
        && context.side().trust_id_processed.is_some();
    if !report {
        return None;
    }
    let http = context.message.http()?;
    if context.message.answer().is_some() {
        return Some(Judgement::Conforms);
    }
    let elsewhere = matches!(http.status, 300..=399 | 404 | 405 | 410 | 421 | 501);
    let actual = format!("HTTP {}", http.status);
    elsewhere.then(|| Judgement::violates("an answer from the host that gave the trust", actual))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.set_status(308);
    answer.set_body(b"");
}
