//! A registration asks for the renewal of the ID certificate after half of its year.
//!
//! Source: public samples of "show license all" (180 of 365 days). That the server says when is
//! inferred.

use muster_wire::classic::AnswerData;

use crate::check::{Check, JudgeFn, Judgement};
use crate::classic::Classic;
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;
use crate::treatment::Treatment;

/// The check.
pub static CHECK: Check = Check {
    title: "The ID certificate is to be renewed after half a year.",
    requirements: &["IDC-021"],
    level: Level::Must,
    needs: Occasion::CLASSIC_ANSWER,
    judge: JudgeFn::Exchange(judge),
    tamper,
};

const DAY_S: u64 = 86_400;

/// Half of a year is counted as 180 or as 182 days, or as six months.
const DAYS: std::ops::RangeInclusive<u64> = 175..=190;

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let classic = Classic::of(context)?;
    if classic.treatment() != Treatment::Taken {
        return None;
    }
    let seconds = match classic.given()? {
        AnswerData::Registration(answer) => answer.renew_interval,
        AnswerData::IdCertificateRenewal(answer) => answer.renew_interval,
        _ => return None,
    };
    let holds = DAYS.contains(&(seconds / DAY_S));
    Some(Judgement::of(holds, "half a year", || format!("{seconds} s")))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.edit_given(|given| given["renew_interval"] = 3600.into());
}
