//! An SSM On-Prem answers at /Transportgateway/services/DeviceRequestHandler, with JSON or with
//! XML.
//!
//! Source: SSM On-Prem 7 User Guide, "About PI Registration".

use muster_wire::xml::Element;

use crate::check::{Check, JudgeFn, Judgement};
use crate::context::Context;
use crate::licensing_path::CALL_HOME as PATH;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;
use crate::treatment::Treatment;

/// The check.
pub static CHECK: Check = Check {
    title: "An On-Prem answers at the Smart Call Home path.",
    requirements: &["TRANS-002"],
    level: Level::Must,
    needs: Occasion::CALL_HOME.and(Occasion::HONEST).and(Occasion::ANSWERED),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let exchange = context.exchange();
    if exchange.endpoint != "call_home" || exchange.method != "POST" || !context.is_honest() {
        return None;
    }
    let http = context.message.http()?;
    if context.message.answer().is_none() && context.treatment() == Treatment::Transient {
        return None;
    }
    if !context.path().trim_end_matches('/').ends_with(PATH) {
        let (expected, actual) = (format!("the service at {PATH}"), context.path());
        return Some(Judgement::violates(expected, format!("it is at {actual}")));
    }
    let is_xml = || {
        let text = http.message.body.as_text();
        text.is_some_and(|text| Element::parse("Call Home answer", text).is_ok())
    };
    let answered = context.message.answer().is_some() || (http.status < 400 && is_xml());
    Some(Judgement::of(answered, format_args!("a licensing answer at {PATH}"), || {
        format!("HTTP {} without a licensing answer", http.status)
    }))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.set_status(404);
    answer.set_body(b"Not Found");
}
