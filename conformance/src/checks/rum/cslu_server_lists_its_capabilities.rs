//! A CSLU-type server names itself CSLU_V1 and lists its capabilities. Only those that every
//! known sample lists are required; CSLU_V2 and TELEMETRY are missing in some.
//!
//! Source: Troubleshoot SLP on 9800, "Valid Response Poll_id"; public tech-support samples.

use muster_wire::Capabilities;
use muster_wire::transport::smart::CSLU_NAME;

use crate::check::{Check, JudgeFn, Judgement};
use crate::context::Context;
use crate::occasion::Occasion;
use crate::recorded_answer::{CAPABILITIES, RecordedAnswer};
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "A CSLU-type server says its name and capabilities.",
    requirements: &["RUM-034"],
    level: Level::Must,
    needs: Occasion::CSLU.and(Occasion::PROCESSED),
    judge: JudgeFn::Exchange(judge),
    tamper,
};

fn judge(context: &Context<'_>) -> Option<Judgement> {
    if !context.is_cslu() {
        return None;
    }
    let answer = context.processed()?;
    let expected = || format!("{CSLU_NAME} with {}", CAPABILITIES.join(", "));
    let Some(sender) = &answer.sender_info else {
        return Some(Judgement::violates(expected(), "no sender_info"));
    };
    let info = &sender.connect_info;
    let lists = |name: &&str| info.capabilities.iter().any(|listed| listed == *name);
    if info.name == CSLU_NAME && CAPABILITIES.iter().all(lists) {
        return Some(Judgement::Conforms);
    }
    let missing: Vec<_> = CAPABILITIES.into_iter().filter(|name| !lists(name)).collect();
    let actual = format!("{} without {}", info.name, missing.join(", "));
    Some(Judgement::violates(expected(), actual))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.edit(|message| {
        if let Some(sender) = &mut message.sender_info {
            sender.connect_info.capabilities = Capabilities::default();
        }
    });
}
