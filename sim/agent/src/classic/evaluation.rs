//! The counter of the evaluation period: it runs, stands still, warns, and never grows.
//!
//! Source: Cisco ACI Smart Licensing, "Smart Licensing Evaluation Period". Public: the warnings.

use muster_wire::Udi;

use super::effect::{ClassicEffect, Effects};
use super::evaluation_state::{EvaluationInput, EvaluationState};
use super::machine::step;
use super::syslog;
use crate::heap::heap;
use crate::saved::saved_struct;
use crate::timer::{DAY_MS, Due, HOUR_MS};

/// Length of the period: ninety days of use.
pub(crate) const EVALUATION_MS: u64 = 90 * DAY_MS;

/// What is left when a first, a second, … warning is given; then daily, and hourly on the last day.
const WARNED_AT_DAYS: [u64; 5] = [60, 30, 21, 14, 7];

/// Distance of the notices after the end.
const NOTICE_MS: u64 = HOUR_MS;

/// What decides whether the period runs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Running {
    /// Whether a licence is in use.
    pub(crate) used: bool,
    /// Whether a registration stands.
    pub(crate) registered: bool,
    /// Whether the instance has power.
    pub(crate) on: bool,
}

/// What an agent knows about its evaluation.
#[derive(Clone, Debug)]
pub(crate) struct Evaluation {
    pub(crate) state: EvaluationState,
    /// What was left when it began to count, or stopped.
    left_ms: u64,
    /// When it began to count.
    since_ms: u64,
    notice_due: Due,
}

heap!(Evaluation {});
saved_struct!(Evaluation { state, left_ms, since_ms, notice_due });

impl Evaluation {
    pub(crate) const fn new() -> Self {
        Self {
            state: EvaluationState::Unused,
            left_ms: EVALUATION_MS,
            since_ms: 0,
            notice_due: Due::NEVER,
        }
    }

    /// Milliseconds of use that are left.
    pub(crate) const fn left_ms(&self, now_ms: u64) -> u64 {
        match self.state {
            EvaluationState::Counting => {
                self.left_ms.saturating_sub(now_ms.saturating_sub(self.since_ms))
            }
            _ => self.left_ms,
        }
    }

    /// When something happens on its own.
    pub(crate) fn due(&self) -> Due {
        match self.state {
            EvaluationState::Counting => {
                let until_ms = self.left_ms - next_warning(self.left_ms);
                Due::at(self.since_ms.saturating_add(until_ms))
            }
            EvaluationState::Expired => self.notice_due,
            EvaluationState::Unused | EvaluationState::Paused => Due::NEVER,
        }
    }

    /// Gives the warnings that are due, and ends the period.
    pub(crate) fn tick(&mut self, now_ms: u64, udi: impl Fn() -> Udi, effects: &mut Effects<'_>) {
        if !self.due().is_due(now_ms) {
            return;
        }
        if self.state == EvaluationState::Expired {
            effects.fact(|| ClassicEffect::TimerFired("evaluation_notice"));
            step(&mut self.state, EvaluationInput::Warned, effects);
            effects.syslog(|| syslog::evaluation_expired(&udi()));
            self.notice_due = Due::at(now_ms.saturating_add(NOTICE_MS));
            return;
        }
        (self.left_ms, self.since_ms) = (self.left_ms(now_ms), now_ms);
        if self.left_ms == 0 {
            effects.fact(|| ClassicEffect::TimerFired("evaluation_expired"));
            step(&mut self.state, EvaluationInput::TimeUp, effects);
            effects.syslog(|| syslog::evaluation_expired(&udi()));
            self.notice_due = Due::at(now_ms.saturating_add(NOTICE_MS));
        } else {
            effects.fact(|| ClassicEffect::TimerFired("evaluation_warning"));
            step(&mut self.state, EvaluationInput::Warned, effects);
            effects.syslog(|| syslog::evaluation_will_expire(self.left_ms));
        }
    }

    /// Runs or stands still, as power, use and registration say now. Ticks come first.
    pub(crate) fn update(&mut self, now: Running, now_ms: u64, effects: &mut Effects<'_>) {
        let Running { used, registered, on } = now;
        let counts = used && !registered && on;
        match self.state {
            EvaluationState::Unused | EvaluationState::Paused if counts => {
                self.since_ms = now_ms;
                step(&mut self.state, EvaluationInput::UsedUnregistered, effects);
                effects.syslog(syslog::evaluation_start);
            }
            EvaluationState::Counting if !counts => {
                self.left_ms = self.left_ms(now_ms);
                let input = match self.left_ms {
                    0 => EvaluationInput::TimeUp,
                    _ => stopped_by(registered, used),
                };
                step(&mut self.state, input, effects);
            }
            EvaluationState::Expired if counts && !self.notice_due.is_set() => {
                self.notice_due = Due::at(now_ms.saturating_add(NOTICE_MS));
                step(&mut self.state, EvaluationInput::UsedUnregistered, effects);
            }
            EvaluationState::Expired if !counts && self.notice_due.is_set() => {
                self.notice_due = Due::NEVER;
                step(&mut self.state, stopped_by(registered, used), effects);
            }
            _ => {}
        }
    }

    /// Whether these values can be an evaluation's.
    pub(crate) const fn is_possible(&self) -> bool {
        self.left_ms <= EVALUATION_MS
            && matches!(self.state, EvaluationState::Expired) == (self.left_ms == 0)
    }
}

const fn stopped_by(registered: bool, used: bool) -> EvaluationInput {
    match (registered, used) {
        (true, _) => EvaluationInput::Registered,
        (false, false) => EvaluationInput::UseEnded,
        (false, true) => EvaluationInput::PowerLost,
    }
}

/// What will be left at the next warning; 0 for the end.
fn next_warning(left_ms: u64) -> u64 {
    let days = WARNED_AT_DAYS.iter().map(|days| days * DAY_MS).find(|at_ms| *at_ms < left_ms);
    match days {
        Some(at_ms) => at_ms,
        None if left_ms > DAY_MS => (left_ms - 1) / DAY_MS * DAY_MS,
        None => left_ms.saturating_sub(1) / HOUR_MS * HOUR_MS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warnings_come_at_the_documented_days_then_daily_then_hourly() {
        let (mut left_ms, mut at) = (EVALUATION_MS, Vec::new());
        while left_ms > 0 {
            left_ms = next_warning(left_ms);
            at.push(left_ms);
        }
        let days: Vec<u64> = at[..11].iter().map(|ms| ms / DAY_MS).collect();
        assert_eq!(days, [60, 30, 21, 14, 7, 6, 5, 4, 3, 2, 1]);
        let hours: Vec<u64> = at[11..].iter().map(|ms| ms / HOUR_MS).collect();
        assert_eq!(hours, (0..24).rev().collect::<Vec<_>>());
        assert_eq!(next_warning(0), 0);
        assert_eq!(next_warning(61 * DAY_MS), 60 * DAY_MS);
        assert_eq!(next_warning(60 * DAY_MS), 30 * DAY_MS);
    }
}
