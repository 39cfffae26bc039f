//! The ID certificate and the signing certificate are issued by the sub-CA that comes with them:
//! agents verify both.
//!
//! Source: public list of agent errors ("Signing Certificate Verification failed", "Node
//! Certificate Verification failed", "Could not validate Trust Chain").

use muster_wire::classic::AnswerData;

use crate::check::{Check, JudgeFn, Judgement};
use crate::classic::Classic;
use crate::classic::certificate::is_issued_by;
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;
use crate::treatment::Treatment;

/// The check.
pub static CHECK: Check = Check {
    title: "The certificates of an answer are issued by its sub-CA.",
    requirements: &["IDC-020"],
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
    let (id, signing, issuer) = match classic.given()? {
        AnswerData::Registration(answer) => {
            (&answer.id_cert, &answer.signing_cert, &answer.sub_ca_cert)
        }
        AnswerData::IdCertificateRenewal(answer) => {
            (&answer.id_cert, &answer.signing_cert, &answer.sub_ca_cert)
        }
        _ => return None,
    };
    let expected = "certificates issued by the sub-CA";
    for (name, certificate) in [("ID", id), ("signing", signing)] {
        if !is_issued_by(certificate, issuer)? {
            let actual = format!("a {name} certificate of another issuer");
            return Some(Judgement::violates(expected, actual));
        }
    }
    Some(Judgement::Conforms)
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.edit_given(|given| given["sub_ca_cert"] = given["id_cert"].clone());
}
