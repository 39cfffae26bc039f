//! A request for keys of another vendor's service is answered with one key for each entry.
//!
//! Source: Cisco support document 217535 (Unity Connection), debug log of a request. That an answer
//! has one entry for each is inferred.

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
    title: "Every key that is asked for is given.",
    requirements: &["LIC-041"],
    level: Level::Must,
    needs: Occasion::CLASSIC_ANSWER.and(Occasion::HONEST),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let classic = Classic::asking(context, &MessageType::ThirdPartyKey)?;
    if classic.treatment() != Treatment::Taken || !classic.is_sound() {
        return None;
    }
    let (Some(RequestData::ThirdPartyKey(asked)), Some(AnswerData::ThirdPartyKey(answer))) =
        (classic.data(), classic.given())
    else {
        return None;
    };
    let missing = asked.data.iter().find(|wanted| {
        let given = |key: &&muster_wire::classic::proposed::third_party_key::ThirdPartyKey| {
            key.id == wanted.id && key.name == wanted.name && !key.value.is_empty()
        };
        answer.data.iter().find(given).is_none()
    });
    Some(match missing {
        None => Judgement::Conforms,
        Some(wanted) => {
            let expected = format!("a {} with id {}", wanted.name, wanted.id);
            Judgement::violates(expected, "none")
        }
    })
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.edit_given(|given| given["data"] = serde_json::json!([]));
}
