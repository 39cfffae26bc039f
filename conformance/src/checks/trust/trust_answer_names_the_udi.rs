//! The UDI in a trust answer has the form `P:<product id>,S:<serial number>` and is that of an
//! instance the request is about.
//!
//! Source: Troubleshoot SLP on 9800, "Invalid Trustcode Processed from CSSM" and "Valid Trustcode
//! Processed from CSSM".

use muster_wire::Udi;

use crate::check::{Check, JudgeFn, Judgement};
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "A trust answer names the UDI as P:<pid>,S:<serial>.",
    requirements: &["TRUST-016"],
    level: Level::Must,
    needs: Occasion::TRUST_GIVEN,
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let text = context.message.trust()?.trust_code.udi.as_str();
    let asking = context.udi?;
    let named = text.parse::<Udi>().ok().filter(|udi| udi.to_string() == text);
    let holds = named.is_some_and(|udi| {
        let request = context.message.request();
        let mut members = request.iter().flat_map(|request| &request.device_list);
        udi == *asking || members.any(|member| member.sudi.udi() == udi)
    });
    Some(Judgement::of(holds, asking, || text.to_owned()))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.edit_artefact(|xml| xml.replace("<udi>P:", "<udi>PID:"));
}
