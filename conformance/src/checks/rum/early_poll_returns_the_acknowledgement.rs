//! A poll before its time is answered with the acknowledgement when that is ready. An early poll
//! that says OK_POLL proves nothing, because nobody outside knows when the result is ready.
//!
//! Source: Troubleshoot SLP on 9800, "Valid Response Poll_id" (forcing the agent to poll).

use muster_wire::Artefact;

use crate::check::{Check, JudgeFn, Judgement};
use crate::context::Context;
use crate::doubts::Doubts;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;
use crate::treatment::Treatment;

/// The check.
pub static CHECK: Check = Check {
    title: "An acknowledgement that is ready is returned to an early poll.",
    requirements: &["RUM-039"],
    level: Level::Must,
    needs: Occasion::OWN_POLL.and(Occasion::HONEST),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    let origin = context.poll_origin()?;
    let sound = origin.kind.is_usage()
        && origin.honest
        && origin.doubts == Doubts::default()
        && context.is_honest();
    if !sound || context.exchange().sent_at_ms >= origin.due_at_ms {
        return None;
    }
    let unknown = || Judgement::Inconclusive("an acknowledgement of an unknown form".to_owned());
    match (context.treatment(), context.message.given()) {
        (_, Some(Ok(Artefact::Acknowledgement(_)))) => Some(Judgement::Conforms),
        (Treatment::Taken, None) => {
            let actual = "COMPLETE without an artefact";
            Some(Judgement::violates("the acknowledgement with the finished line", actual))
        }
        (Treatment::Taken, Some(_)) => Some(unknown()),
        (Treatment::Refused, _) => {
            let why = format!("the early poll was refused: {}", context.described());
            Some(Judgement::Inconclusive(why))
        }
        _ => None,
    }
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.edit_line(|line| line.smart_license = None);
}
