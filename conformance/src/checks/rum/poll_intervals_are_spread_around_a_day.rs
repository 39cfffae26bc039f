//! The poll intervals given to several instances lie around one day and are not all the same.
//!
//! Source: Troubleshoot SLP on 9800, "Valid Response Poll_id" and the two listings of poll ids
//! (86739, 86673 and 87656 s).

use crate::check::{Check, JudgeFn, Judgement};
use crate::fleet_facts::FleetFacts;
use crate::occasion::Occasion;
use crate::recorded_answer::RecordedAnswer;
use crate::requirement::Level;

/// The check.
pub static CHECK: Check = Check {
    title: "Poll intervals lie around a day and are spread.",
    requirements: &["RUM-032"],
    level: Level::Must,
    needs: Occasion::ANY,
    judge: JudgeFn::Fleet(judge),
    tamper,
};

/// Fewer instances may be given one value by chance.
const INSTANCES_MIN: u64 = 5;

/// "About one day" is read as half a day to two days.
const SECONDS: std::ops::RangeInclusive<u64> = 43_200..=172_800;

fn judge(facts: &FleetFacts) -> Option<Judgement> {
    let seen = facts.intervals;
    if seen.instances < INSTANCES_MIN {
        return None;
    }
    let around = SECONDS.contains(&seen.shortest) && SECONDS.contains(&seen.longest);
    let spread = seen.shortest < seen.longest;
    Some(Judgement::of(around && spread, "intervals around 86400 s, not all the same", || {
        let (shortest, longest) = (seen.shortest, seen.longest);
        format!("{shortest} to {longest} s over {} instances", seen.instances)
    }))
}

fn tamper(answer: &mut RecordedAnswer<'_>) {
    answer.edit_line(|line| line.poll_interval = line.poll_interval.map(|_| 86_400));
}
