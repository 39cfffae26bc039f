//! Renewing an ID certificate while it is valid gives a new one that is valid for a year from now.
//!
//! Source: ACI Smart Licensing, "Renew Registration".

use muster_wire::classic::{AnswerData, MessageType};

use crate::check::{Check, JudgeFn, Judgement};
use crate::classic::certificate::Certificate;
use crate::classic::{Classic, Standing};
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;
use crate::treatment::Treatment;

/// The check.
pub static CHECK: Check = Check {
    title: "A renewal starts a new year.",
    requirements: &["IDC-007"],
    level: Level::Must,
    needs: Occasion::CLASSIC.and(Occasion::HONEST),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

/// One day less than a year, for a begin before now.
const ALMOST_A_YEAR_MS: u64 = 364 * 86_400_000;

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let classic = Classic::asking(context, &MessageType::IdCertificateRenewal)?;
    let side = classic.side();
    if side.standing != Standing::Registered || !classic.is_sound() {
        return None;
    }
    let expected = "a new ID certificate, valid for a year from now";
    if let (Treatment::Taken, Some(AnswerData::IdCertificateRenewal(answer))) =
        (classic.treatment(), classic.given())
    {
        let Some(new) = Certificate::read(&answer.id_cert) else {
            return Some(Judgement::violates(expected, "no certificate"));
        };
        let until = context.exchange().sent_at_ms.saturating_add(ALMOST_A_YEAR_MS);
        let is_new = side.id_certificate.as_ref().is_none_or(|old| old.serial != new.serial);
        let holds = is_new && new.not_after_ms >= until;
        return Some(Judgement::of(holds, expected, || match is_new {
            true => "one that ends before".to_owned(),
            false => "the old one".to_owned(),
        }));
    }
    classic.expects_success(expected)
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.refuse_classic("later");
}
