//! An answer that gives an ID certificate brings the certificate of its issuer, without which no
//! agent can follow the chain. In which member it stands is assumed.
//!
//! Source: public list of agent errors ("Could not validate Trust Chain").

use muster_wire::classic::AnswerData;

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
    title: "The issuer comes with the certificate.",
    requirements: &["IDC-022"],
    level: Level::Must,
    needs: Occasion::CLASSIC_ANSWER,
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let classic = Classic::of(context)?;
    if classic.treatment() != Treatment::Taken {
        return None;
    }
    let issuer = match classic.given()? {
        AnswerData::Registration(answer) => &answer.sub_ca_cert,
        AnswerData::IdCertificateRenewal(answer) => &answer.sub_ca_cert,
        _ => return None,
    };
    let holds = Certificate::read(issuer).is_some();
    Some(Judgement::of(holds, "the certificate of the sub-CA", || match issuer.len() {
        0 => "none".to_owned(),
        length => format!("{length} characters that are no certificate"),
    }))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.edit_given(|given| given["sub_ca_cert"] = "".into());
}
