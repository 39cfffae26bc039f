//! An answer names the product instance that asked: its UDI and, once registered, its identifier.
//!
//! Source: Cisco support document 217535 (Unity Connection), debug log of a request; public list of
//! agent errors ("Product Instance identifier failed to match").

use crate::check::{Check, JudgeFn, Judgement};
use crate::classic::Classic;
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "A classic answer names the instance that asked.",
    requirements: &["TRANS-020"],
    level: Level::Must,
    needs: Occasion::CLASSIC_ANSWER.and(Occasion::HONEST),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let classic = Classic::of(context).filter(|_| context.is_honest())?;
    let (asked, said) = (&classic.exchange().request.header, &classic.said()?.header);
    let (udi, echo) = (asked.sudi.udi(), said.sudi.udi());
    if !echo.serial_number.is_empty() && echo != udi {
        return Some(Judgement::violates(udi.to_string(), echo.to_string()));
    }
    let known = asked.product_instance_identifier.as_ref();
    let repeated = said.product_instance_identifier.as_ref();
    match (known, repeated) {
        (Some(known), Some(repeated)) if known != repeated => {
            Some(Judgement::violates(known.to_string(), repeated.to_string()))
        }
        // What an answer leaves out it does not say wrongly.
        (_, None) if echo.serial_number.is_empty() => None,
        _ => Some(Judgement::Conforms),
    }
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.edit_classic(|said| said.header.sudi.udi_serial_number = Some("SOMEBODYELSE".into()));
}
