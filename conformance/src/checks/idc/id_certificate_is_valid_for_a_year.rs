//! An ID certificate is valid for one year.
//!
//! Source: ACI Smart Licensing, Faults table and "Renew Registration".

use muster_wire::classic::AnswerData;

use crate::check::{Check, JudgeFn, Judgement};
use crate::classic::Classic;
use crate::classic::certificate::Certificate;
use crate::classic::recorded::postponed;
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;
use crate::treatment::Treatment;

/// The check.
pub static CHECK: Check = Check {
    title: "An ID certificate is valid for a year.",
    requirements: &["IDC-003"],
    level: Level::Must,
    needs: Occasion::CLASSIC_ANSWER,
    judge: JudgeFn::Exchange(judge),
    tamper,
};

const DAY_MS: u64 = 86_400_000;

/// A year may be a leap year, and begin a little before it is asked for.
const DAYS: std::ops::RangeInclusive<u64> = 364..=367;

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let classic = Classic::of(context)?;
    if classic.treatment() != Treatment::Taken {
        return None;
    }
    let certificate = match classic.given()? {
        AnswerData::Registration(answer) => &answer.id_cert,
        AnswerData::IdCertificateRenewal(answer) => &answer.id_cert,
        _ => return None,
    };
    let certificate = Certificate::read(certificate)?;
    let days = |from: u64| certificate.not_after_ms.saturating_sub(from) / DAY_MS;
    let (whole, left) = (days(certificate.not_before_ms), days(context.exchange().sent_at_ms));
    let holds = DAYS.contains(&whole) || DAYS.contains(&left);
    Some(Judgement::of(holds, "365 days", || format!("{whole} days")))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.edit_given(|given| {
        if let Some(later) = given["id_cert"].as_str().and_then(postponed) {
            given["id_cert"] = later.into();
        }
    });
}
