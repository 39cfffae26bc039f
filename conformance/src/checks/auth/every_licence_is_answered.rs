//! The answer to an authorization request says of every licence in use how it stands, and of no
//! other.
//!
//! Source: the public YANG model of smart licensing (enforcement per entitlement). That the answer
//! lists them is inferred.

use muster_wire::classic::{AnswerData, MessageType, RequestData};

use crate::check::{Check, JudgeFn, Judgement};
use crate::classic::Classic;
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;
use crate::treatment::Treatment;

/// The check.
pub static CHECK: Check = Check {
    title: "Every licence of a request is answered.",
    requirements: &["AUTH-031"],
    level: Level::Must,
    needs: Occasion::CLASSIC_ANSWER.and(Occasion::HONEST),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let classic = Classic::asking(context, &MessageType::Entitlement)?;
    if classic.treatment() != Treatment::Taken || !classic.is_sound() {
        return None;
    }
    let (Some(RequestData::Entitlement(asked)), Some(AnswerData::Entitlement(answer))) =
        (classic.data(), classic.given())
    else {
        return None;
    };
    // What is no longer in use may be left out.
    let used = asked.entitlements.iter().filter(|one| one.count > 0);
    let missing = used
        .map(|one| &one.tag)
        .find(|tag| !answer.entitlements.iter().any(|one| one.tag == **tag));
    let strange = answer
        .entitlements
        .iter()
        .map(|one| &one.tag)
        .find(|tag| !asked.entitlements.iter().any(|one| one.tag == **tag));
    let expected = "one status for each licence of the request";
    Some(match (missing, strange) {
        (None, None) => Judgement::Conforms,
        (Some(tag), _) => Judgement::violates(expected, format!("none for {tag}")),
        (_, Some(tag)) => Judgement::violates(expected, format!("one for {tag}")),
    })
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.set_given("/entitlements/0/tag", "regid.another".into());
}
