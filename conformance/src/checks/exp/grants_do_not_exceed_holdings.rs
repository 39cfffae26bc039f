//! What is authorized of an export-controlled licence never exceeds what the account holds.
//!
//! Source: SSM On-Prem 7 User Guide, "About Product Instance (PI) Transfer".

use muster_wire::EntitlementTag;
use muster_wire::classic::proposed::export_authorization::{ExportAction, ExportStatus};
use muster_wire::classic::{AnswerData, MessageType};

use crate::check::{Check, JudgeFn, Judgement};
use crate::classic::Classic;
use crate::classic::export_control::{authorized, held};
use crate::classic::lesson::export_of;
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;
use crate::treatment::Treatment;

/// The check.
pub static CHECK: Check = Check {
    title: "Export authorizations do not exceed what is held.",
    requirements: &["EXP-025"],
    level: Level::Must,
    needs: Occasion::CLASSIC_ANSWER,
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let classic = Classic::of(context)?;
    if classic.about() != Some(&MessageType::ExportAuthorization) {
        return None;
    }
    let asked = export_of(&classic)?;
    if asked.action != ExportAction::Request {
        return None;
    }
    let account = classic.side().account.as_ref()?.virtual_account.as_str();
    let mut refused = false;
    for (tag, count) in &asked.counts {
        let Some(held) = held(&classic, account, tag) else { continue };
        let others = authorized(&classic, account, tag);
        let granted = granted(&classic, tag);
        let total = others.saturating_add(granted.unwrap_or_default());
        if granted.is_some() && total > held {
            let actual = format!("{total} authorized");
            return Some(Judgement::violates(format!("at most {held} of {tag}"), actual));
        }
        refused |= granted.is_some() || others.saturating_add(u64::from(*count)) > held;
    }
    // A request at an On-Prem is decided later.
    let decided = classic.treatment() != Treatment::Deferred || classic.pending().is_some();
    let answered = classic.said().is_some() && classic.treatment() != Treatment::Transient;
    (refused && decided && answered).then_some(Judgement::Conforms)
}

fn granted(classic: &Classic<'_>, tag: &EntitlementTag) -> Option<u64> {
    let Some(AnswerData::ExportAuthorization(answer)) = classic.given() else { return None };
    let mut good = answer.authorizations.iter().filter(|one| one.status == ExportStatus::Success);
    good.find(|one| one.tag == *tag).map(|one| u64::from(one.count))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.set_given("/authorizations/0/count", 1_000_000.into());
}
