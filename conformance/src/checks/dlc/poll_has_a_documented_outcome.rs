//! A poll for a conversion has one of the documented outcomes: poll-me-later, agent-not-registered,
//! migrate-success, migrate-failed, invalid message type, or already converted.
//!
//! Source: SSM On-Prem 7 User Guide, "Conversion Workflow", step 8, and "Convert to Smart
//! Licensing".

use muster_wire::classic::{AnswerData, MessageType};

use crate::check::{Check, JudgeFn, Judgement};
use crate::classic::Classic;
use crate::context::Context;
use crate::history::Role;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "A poll for a conversion has a documented outcome.",
    requirements: &["DLC-017"],
    level: Level::Must,
    needs: Occasion::CLASSIC_ANSWER.and(Occasion::HONEST),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

/// The outcomes in letters only: how they are spelled is documented nowhere.
const OUTCOMES: [&str; 6] = [
    "pollmelater",
    "agentnotregistered",
    "migratesuccess",
    "migratefailed",
    "invalidmessagetype",
    "alreadyconverted",
];

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let classic = Classic::asking(context, &MessageType::Poll)?;
    let is_meant = classic.about() == Some(&MessageType::Conversion);
    if !is_meant || context.role() != Role::OnPrem || !classic.is_sound() {
        return None;
    }
    classic.pending()?;
    match classic.given()? {
        AnswerData::Deferred(_) => Some(Judgement::Conforms),
        AnswerData::Conversion(answer) => {
            let word = answer.conversion_status.as_str();
            let letters = word.chars().filter(char::is_ascii_alphabetic);
            let letters = letters.collect::<String>().to_ascii_lowercase();
            let holds = OUTCOMES.contains(&letters.as_str());
            Some(Judgement::of(holds, "a documented outcome", || word.to_owned()))
        }
        _ => None,
    }
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.edit_given(|given| given["conversion_status"] = "PARTLY".into());
}
