//! The message version of an answer to an authorization request is the one of the last
//! registration.
//!
//! Source: public list of agent errors ("Version in entitlement response message does not match").

use muster_wire::classic::MessageType;

use crate::check::{Check, JudgeFn, Judgement};
use crate::classic::Classic;
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;
use crate::treatment::Treatment;

/// The check.
pub static CHECK: Check = Check {
    title: "The message version stays that of the registration.",
    requirements: &["TRANS-022"],
    level: Level::Must,
    needs: Occasion::CLASSIC_ANSWER.and(Occasion::HONEST),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let classic = Classic::asking(context, &MessageType::Entitlement)?;
    let registered = classic.side().version.as_str();
    if registered.is_empty() || !classic.is_sound() || classic.treatment() != Treatment::Taken {
        return None;
    }
    let version = classic.said()?.header.version.as_str();
    let expected = format!("version {registered}");
    Some(Judgement::of(version == registered, &expected, || format!("version {version}")))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.edit_classic(|said| said.header.version = "0.9".into());
}
