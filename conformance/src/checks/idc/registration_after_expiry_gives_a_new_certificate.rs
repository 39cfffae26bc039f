//! An instance whose ID certificate has expired registers again and is given a new one.
//!
//! Source: ACI Smart Licensing, "Troubleshooting Smart Licensing Authorization".

use muster_wire::classic::{AnswerData, MessageType};

use crate::check::{Check, JudgeFn, Judgement};
use crate::classic::Classic;
use crate::classic::certificate::Certificate;
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;
use crate::treatment::Treatment;

/// The check.
pub static CHECK: Check = Check {
    title: "A registration after expiry gives a new ID certificate.",
    requirements: &["IDC-010"],
    level: Level::Must,
    needs: Occasion::CLASSIC.and(Occasion::HONEST),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let classic = Classic::asking(context, &MessageType::Registration)?;
    let side = classic.side();
    let old = side.id_certificate.as_ref()?;
    if !side.has_expired(context.exchange().sent_at_ms) || !classic.is_sound() {
        return None;
    }
    let expected = "a new ID certificate";
    if let (Treatment::Taken, Some(AnswerData::Registration(answer))) =
        (classic.treatment(), classic.given())
    {
        let new = Certificate::read(&answer.id_cert)?;
        let holds = new.serial != old.serial && new.not_after_ms > old.not_after_ms;
        return Some(Judgement::of(holds, expected, || "the expired one".to_owned()));
    }
    classic.expects_success(expected)
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.refuse_classic("the ID certificate has expired");
}
