//! A Call Home envelope that cannot be read is answered with a SOAP fault or an HTTP error, not as
//! a licensing request.
//!
//! Source: SOAP 1.2 Part 1, "SOAP Fault"; Cisco CSR 1000V Software Configuration Guide, "Call
//! Home". That a licensing server follows SOAP here is inferred.

use muster_wire::transport::callhome::CallHome;

use crate::check::{Check, JudgeFn, Judgement};
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "A broken Call Home envelope gets a fault.",
    requirements: &["TRANS-024"],
    level: Level::Must,
    needs: Occasion::CALL_HOME.and(Occasion::ANSWERED),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let exchange = context.exchange();
    let asked = &exchange.request.body.0;
    let is_meant = exchange.endpoint == "call_home" && exchange.method == "POST";
    if !is_meant || context.is_honest() || asked.is_empty() || CallHome::decode(asked).is_ok() {
        return None;
    }
    let http = context.message.http()?;
    if http.status >= 300 {
        return (http.status < 500).then_some(Judgement::Conforms);
    }
    let is_fault = matches!(CallHome::decode(&http.message.body.0), Ok(CallHome::Fault(_)));
    Some(Judgement::of(is_fault, "a SOAP fault or an HTTP error", || {
        format!("HTTP {} with something else", http.status)
    }))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.set_status(200);
    answer.set_body(b"OK");
}
