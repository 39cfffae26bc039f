//! The authorization code that an On-Prem passes on is for the instance that asked, and for the
//! licences and quantities that were authorized.
//!
//! Source: Obtaining a SLAC Response, step 2.

use muster_wire::Artefact;
use muster_wire::artefact::to_smart_license;
use muster_wire::classic::AnswerData;
use muster_wire::classic::proposed::export_authorization::ExportStatus;

use crate::check::{Check, JudgeFn, Judgement};
use crate::classic::Classic;
use crate::context::Context;
use crate::history::Role;
use crate::occasion::Occasion;
use crate::recorded_answer::{RecordedAnswer, decoded};
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "An authorization code is for who asked for it.",
    requirements: &["SLAC-004"],
    level: Level::Must,
    needs: Occasion::CLASSIC_ANSWER,
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let classic = Classic::of(context).filter(|_| context.role() == Role::OnPrem)?;
    let Some(AnswerData::ExportAuthorization(answer)) = classic.given() else { return None };
    let udi = context.udi?;
    let good = answer.authorizations.iter().filter(|one| one.status == ExportStatus::Success);
    let codes = good.filter_map(|one| match one.artefact()? {
        Ok(Artefact::Authorization(code)) => Some((one, code)),
        _ => None,
    });
    let mut judgement = None;
    for (one, code) in codes {
        if code.udi != udi.to_string() {
            return Some(Judgement::violates(udi.to_string(), code.udi));
        }
        let granted = code.code.licenses.iter().find(|granted| granted.tag == one.tag);
        if granted.is_none_or(|granted| granted.count != one.count) {
            let actual = granted.map_or_else(|| "none".to_owned(), |one| one.count.to_string());
            return Some(Judgement::violates(format!("{} of {}", one.count, one.tag), actual));
        }
        judgement = Some(Judgement::Conforms);
    }
    judgement
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.edit_given(|given| {
        let Some(code) = given.pointer_mut("/authorizations/0/smart_license") else { return };
        let Some(xml) = code.as_str().and_then(decoded) else { return };
        *code = to_smart_license(&xml.replacen(",S:", ",S:SOMEBODYELSE", 1)).into();
    });
}
