//! An acknowledgement names the product instance whose reports it acknowledges.
//!
//! Source: Smart Licensing Using Policy offline tools (public sample), README: an acknowledgement
//! belongs to one instance. Where it names it is assumed.

use muster_wire::Artefact;

use crate::check::{Check, JudgeFn, Judgement};
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "An acknowledgement names the instance that reported.",
    requirements: &["RUM-075"],
    level: Level::Must,
    needs: Occasion::ACKNOWLEDGEMENT,
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let Some(Ok(Artefact::Acknowledgement(ack))) = context.message.given() else { return None };
    let asked = context.udi.filter(|_| context.is_honest())?;
    let named = &ack.data.sudi;
    let same = named.udi_pid == asked.product_id && named.udi_serial_number == asked.serial_number;
    Some(Judgement::of(same, asked, || named.udi().to_string()))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.edit_artefact(|xml| {
        let name = "udi_serial_number";
        xml.replacen(&format!("{name}&quot;:&quot;"), &format!("{name}&quot;:&quot;X"), 1).replacen(
            &format!("{name}\":\""),
            &format!("{name}\":\"X"),
            1,
        )
    });
}
