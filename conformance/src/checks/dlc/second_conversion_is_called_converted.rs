//! A conversion that is refused because the licences are converted already says so, in the words of
//! the guide. In which part of the answer they stand is inferred.
//!
//! Source: SSM On-Prem 7 User Guide, "Convert to Smart Licensing".

use muster_journal::Deviation;
use muster_wire::classic::{AnswerData, MessageType};

use crate::check::{Check, JudgeFn, Judgement};
use crate::classic::Classic;
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;
use crate::treatment::Treatment;

/// The check.
pub static CHECK: Check = Check {
    title: "A second conversion is answered in the words of the guide.",
    requirements: &["DLC-046"],
    level: Level::Must,
    needs: Occasion::CLASSIC_ANSWER,
    judge: JudgeFn::Exchange(judge),
    tamper,
};

const WORDS: &str = "License Already Converted";

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let classic = Classic::asking(context, &MessageType::Conversion)?;
    let is_resent = *classic.deviations() == [Deviation::RequestReplayed];
    let again = classic.side().converted && classic.doubts().gone.is_none() && !is_resent;
    if !again || classic.treatment() != Treatment::Refused {
        return None;
    }
    let said = classic.said()?;
    let Some(AnswerData::Conversion(answer)) = classic.given() else { return None };
    let texts =
        [Some(answer.detail.as_str()), said.message.as_deref(), said.message_code.as_deref()];
    let holds = texts.iter().flatten().any(|text| text.contains(WORDS));
    Some(Judgement::of(holds, WORDS, || classic.described()))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.edit_given(|given| given["detail"] = "".into());
}
