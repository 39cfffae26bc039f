//! A request for export-controlled licences that the account has free is authorized once the
//! On-Prem has asked CSSM: what was given back is free again. A licence may be taken in ways nobody
//! told the run of, so this is inferred.
//!
//! Source: SSM On-Prem 7 User Guide, "Enhanced Export Control Authorization Workflow", steps 6a and
//! 7.

use muster_wire::classic::AnswerData;
use muster_wire::classic::proposed::export_authorization::{ExportAction, ExportStatus};

use crate::check::{Check, JudgeFn, Judgement};
use crate::classic::Classic;
use crate::classic::export_control::is_free;
use crate::context::Context;
use crate::history::Role;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;
use crate::treatment::Treatment;

/// The check.
pub static CHECK: Check = Check {
    title: "What the account has free is authorized.",
    requirements: &["EXP-032"],
    level: Level::Must,
    needs: Occasion::CLASSIC_ANSWER.and(Occasion::HONEST),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let classic = Classic::of(context)?;
    let pending = classic.pending().filter(|_| classic.is_sound())?;
    let asked = pending.export.as_ref().filter(|asked| asked.action == ExportAction::Request)?;
    let decided = classic.book().synchronized_ms.is_some_and(|at| at >= pending.asked_at_ms);
    if context.role() != Role::OnPrem || !decided || pending.doubtful {
        return None;
    }
    if !pending.free || !is_free(&classic, asked) {
        return None;
    }
    let given = match classic.given() {
        Some(AnswerData::ExportAuthorization(answer)) => {
            answer.authorizations.iter().all(|one| one.status == ExportStatus::Success)
        }
        _ => false,
    };
    match classic.treatment() {
        Treatment::Transient | Treatment::Unclear => None,
        _ => Some(Judgement::of(given, "an authorization: the account has them", || {
            classic.described()
        })),
    }
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.set_given("/authorizations/0/status", "FAILED".into());
}
