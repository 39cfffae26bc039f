//! An authorized request gives the quantity that was asked for.
//!
//! Source: SSM On-Prem 7 User Guide, "Enhanced Export Control Authorization Workflow", steps 2 and
//! 6a.

use muster_wire::classic::AnswerData;
use muster_wire::classic::proposed::export_authorization::{ExportAction, ExportStatus};

use crate::check::{Check, JudgeFn, Judgement};
use crate::classic::Classic;
use crate::classic::lesson::export_of;
use crate::context::Context;
use crate::history::Role;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "An export authorization is of the requested quantity.",
    requirements: &["EXP-013"],
    level: Level::Must,
    needs: Occasion::CLASSIC_ANSWER,
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let classic = Classic::of(context)?;
    let Some(AnswerData::ExportAuthorization(answer)) = classic.given() else { return None };
    let asked = export_of(&classic)?;
    if asked.action != ExportAction::Request || context.role() != Role::OnPrem {
        return None;
    }
    let good = answer.authorizations.iter().filter(|one| one.status == ExportStatus::Success);
    let mut good = good.filter_map(|one| Some((one, *asked.counts.get(&one.tag)?))).peekable();
    good.peek()?;
    Some(match good.find(|(one, count)| one.count != *count) {
        None => Judgement::Conforms,
        Some((one, count)) => {
            Judgement::violates(format!("{count} of {}", one.tag), format!("{}", one.count))
        }
    })
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.set_given("/authorizations/0/count", 0.into());
}
