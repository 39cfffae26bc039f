//! A successful registration returns an ID certificate.
//!
//! Source: ACI Smart Licensing, Faults table.

use muster_wire::classic::{AnswerData, MessageType, RequestData};

use crate::check::{Check, JudgeFn, Judgement};
use crate::classic::Classic;
use crate::classic::certificate::{Certificate, Key};
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;
use crate::treatment::Treatment;

/// The check.
pub static CHECK: Check = Check {
    title: "A registration gives an ID certificate.",
    requirements: &["IDC-001"],
    level: Level::Must,
    needs: Occasion::CLASSIC_ANSWER.and(Occasion::HONEST),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let classic = Classic::asking(context, &MessageType::Registration)?;
    if classic.treatment() != Treatment::Taken || !classic.is_sound() {
        return None;
    }
    let Some(AnswerData::Registration(answer)) = classic.given() else {
        let why = "the answer has another form than the proposed one";
        return Some(Judgement::Inconclusive(why.to_owned()));
    };
    let expected = "an ID certificate for the key of the instance";
    let Some(certificate) = Certificate::read(&answer.id_cert) else {
        let actual = match answer.id_cert.len() {
            0 => "none".to_owned(),
            length => format!("{length} characters that are no certificate"),
        };
        return Some(Judgement::violates(expected, actual));
    };
    let Some(RequestData::Registration(asked)) = classic.data() else { return None };
    let wanted = Key::of_request(&asked.csr);
    let holds = wanted.is_none() || certificate.key.is_none() || wanted == certificate.key;
    Some(Judgement::of(holds, expected, || "one for another key".to_owned()))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.edit_given(|given| given["id_cert"] = "".into());
}
