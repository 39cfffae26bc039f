//! An instance that the server still knows registers again with the force option, and is given a
//! new ID certificate.
//!
//! Source: ACI Smart Licensing, "Reregister Product If Already Registered".

use muster_wire::classic::{AnswerData, MessageType};

use crate::check::{Check, JudgeFn, Judgement};
use crate::classic::certificate::Certificate;
use crate::classic::doubts::is_forced;
use crate::classic::{Classic, Standing};
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;
use crate::treatment::Treatment;

/// The check.
pub static CHECK: Check = Check {
    title: "A forced registration of a known instance succeeds.",
    requirements: &["REG-012"],
    level: Level::Must,
    needs: Occasion::CLASSIC.and(Occasion::HONEST),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let classic = Classic::asking(context, &MessageType::Registration)?;
    let side = classic.side();
    if side.standing != Standing::Registered || !is_forced(&classic) || !classic.is_sound() {
        return None;
    }
    if let (Treatment::Taken, Some(AnswerData::Registration(answer))) =
        (classic.treatment(), classic.given())
    {
        let serial = |certificate: &Certificate| certificate.serial.clone();
        let new = Certificate::read(&answer.id_cert).as_ref().map(serial);
        let old = side.id_certificate.as_ref().map(serial);
        let holds = new.is_none() || new != old;
        let expected = "a new ID certificate";
        return Some(Judgement::of(holds, expected, || "the old one".to_owned()));
    }
    classic.expects_success("a registration with a new ID certificate")
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.refuse_classic("the instance is registered already");
}
