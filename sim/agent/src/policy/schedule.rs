//! When usage is reported and by when it must be acknowledged.
//!
//! Source: Troubleshoot SLP on 9800, "Communication Frequency" (8 hours); public samples for the
//! push interval of 30 days and for how deadlines follow from the policy.

use muster_wire::proposed::policy::ReportingDays;

use crate::platform::ReportingCycle;
use crate::saved::saved_struct;
use crate::timer::{DAY_MS, Due, HOUR_MS};

/// Days between reports when nothing is configured (public).
const REPORT_INTERVAL_DAYS_DEFAULT: u16 = 30;
/// Longest interval that can be configured, and read from a policy, in days (public).
pub(crate) const REPORT_INTERVAL_DAYS_MAX: u32 = 365;

/// Reporting times of one agent, logical milliseconds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Schedule {
    first_use: Due,
    pub(crate) last_report: Due,
    pub(crate) last_ack: Due,
    /// Earliest change of use that no report covers yet.
    changed: Due,
    pub(crate) report_due: Due,
    /// Deadline that was announced as missed.
    missed: Due,
    interval_days: Option<u16>,
}

saved_struct!(Schedule {
    first_use,
    last_report,
    last_ack,
    changed,
    report_due,
    missed,
    interval_days,
});

impl Schedule {
    /// Whether a restored schedule is one an agent could have.
    pub(crate) fn is_possible(&self) -> bool {
        self.interval_days.is_none_or(|days| (1..=REPORT_INTERVAL_DAYS_MAX).contains(&days.into()))
    }

    /// A licence count changed. Without any use since the start there is no duty.
    pub(crate) fn used(&mut self, now_ms: u64) {
        if !self.first_use.is_set() {
            self.first_use = Due::at(now_ms);
        }
        self.changed = self.changed.min(Due::at(now_ms));
    }

    /// A usage request went out.
    pub(crate) const fn reported(&mut self, now_ms: u64) {
        self.last_report = Due::at(now_ms);
        self.changed = Due::NEVER;
    }

    pub(crate) fn configure(&mut self, days: u32) -> bool {
        let ok = (1..=REPORT_INTERVAL_DAYS_MAX).contains(&days);
        if ok {
            self.interval_days = u16::try_from(days).ok();
        }
        ok
    }

    /// Days between reports, as configured or by default.
    pub(crate) fn interval_days(&self) -> u32 {
        self.interval_days.unwrap_or(REPORT_INTERVAL_DAYS_DEFAULT).into()
    }

    /// Sets the next report's time from what is in force now.
    pub(crate) fn plan(
        &mut self,
        cycle: ReportingCycle,
        terms: impl Iterator<Item = ReportingDays> + Clone,
        now_ms: u64,
    ) {
        let Some(first_use_ms) = self.first_use.ms() else { return };
        self.report_due = match cycle {
            ReportingCycle::Fixed { hours } => {
                Due::at(next_on_grid(first_use_ms, u64::from(hours) * HOUR_MS, now_ms))
            }
            ReportingCycle::Policy => self.planned(first_use_ms, terms, now_ms),
        };
    }

    /// The report that was due could not be sent. Assumed: it is due again in a day, or with the
    /// next fixed cycle.
    pub(crate) fn put_off(&mut self, cycle: ReportingCycle, now_ms: u64) {
        match cycle {
            ReportingCycle::Fixed { .. } => self.plan(cycle, std::iter::empty(), now_ms),
            ReportingCycle::Policy => self.report_due = Due::at(now_ms.saturating_add(DAY_MS)),
        }
    }

    /// Assumed: the configured interval holds unless the policy asks for reports more often.
    fn planned(
        &self,
        first_use_ms: u64,
        terms: impl Iterator<Item = ReportingDays> + Clone,
        now_ms: u64,
    ) -> Due {
        let configured = self.interval_days();
        let (base_ms, asked) = match self.last_report.ms() {
            Some(at_ms) => (at_ms, least(terms.clone().map(|days| days.report_interval_days))),
            None => (first_use_ms, least(terms.clone().map(|days| days.first_report_days))),
        };
        let days = asked.map_or(configured, |asked| asked.min(configured));
        let regular = base_ms.saturating_add(u64::from(days) * DAY_MS);
        let on_change = self.last_report.ms().and(self.changed.ms()).and_then(|at_ms| {
            let days = least(terms.map(|days| days.on_change_days))?;
            Some(at_ms.saturating_add(u64::from(days) * DAY_MS))
        });
        Due::at(on_change.map_or(regular, |due_ms| due_ms.min(regular)).max(now_ms))
    }

    /// By when an acknowledgement must arrive: counted from the latest one, or from first use.
    pub(crate) fn ack_deadline(
        &self,
        required: bool,
        terms: impl Iterator<Item = ReportingDays>,
    ) -> Due {
        let Some(first_use_ms) = self.first_use.ms().filter(|_| required) else {
            return Due::NEVER;
        };
        let (base_ms, days) = match self.last_ack.ms() {
            Some(at_ms) => (
                at_ms,
                least(terms.flat_map(|days| [days.report_interval_days, days.on_change_days])),
            ),
            None => (first_use_ms, least(terms.map(|days| days.first_report_days))),
        };
        days.map_or(Due::NEVER, |days| Due::at(base_ms.saturating_add(u64::from(days) * DAY_MS)))
    }

    /// Whether `deadline` was announced as missed.
    pub(crate) fn is_missed(&self, deadline: Due) -> bool {
        self.missed == deadline
    }

    pub(crate) const fn announce_missed(&mut self, deadline: Due) {
        self.missed = deadline;
    }
}

/// The smallest number of days that is a duty; zero is none.
fn least(days: impl Iterator<Item = u32>) -> Option<u32> {
    days.filter(|days| *days > 0).min()
}

/// The first time after `now_ms` on a grid that starts at `start_ms`. A report on command does not
/// move the grid (a public event log shows 03:31, 11:31, 19:31 day after day).
const fn next_on_grid(start_ms: u64, step_ms: u64, now_ms: u64) -> u64 {
    let passed = now_ms.saturating_sub(start_ms) / step_ms;
    start_ms.saturating_add((passed + 1).saturating_mul(step_ms))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::LicenseClass;
    use crate::policy::terms::Terms;

    fn default(class: LicenseClass) -> std::iter::Once<ReportingDays> {
        std::iter::once(Terms::default().days(class))
    }

    fn day(due: Due) -> Option<u64> {
        due.ms().map(|ms| ms / DAY_MS)
    }

    #[test]
    fn without_use_there_is_no_duty() {
        let mut schedule = Schedule::default();
        let terms = default(LicenseClass::Subscription);
        schedule.plan(ReportingCycle::Policy, terms.clone(), 0);
        assert_eq!(schedule.report_due, Due::NEVER);
        assert_eq!(schedule.ack_deadline(true, terms), Due::NEVER);
    }

    #[test]
    fn reports_are_pushed_every_thirty_days_by_default() {
        let mut schedule = Schedule::default();
        let terms = default(LicenseClass::Subscription);
        schedule.used(0);
        schedule.plan(ReportingCycle::Policy, terms.clone(), 0);
        assert_eq!(day(schedule.report_due), Some(30));
        schedule.reported(3 * DAY_MS);
        schedule.plan(ReportingCycle::Policy, terms, 3 * DAY_MS);
        assert_eq!(day(schedule.report_due), Some(33));
    }

    #[test]
    fn a_policy_shortens_the_interval_and_a_change_brings_a_report_forward() {
        let mut schedule = Schedule::default();
        let terms = std::iter::once(ReportingDays {
            first_report_days: 2,
            report_interval_days: 10,
            on_change_days: 1,
        });
        schedule.used(0);
        schedule.plan(ReportingCycle::Policy, terms.clone(), 0);
        assert_eq!(day(schedule.report_due), Some(2));
        schedule.reported(2 * DAY_MS);
        schedule.plan(ReportingCycle::Policy, terms.clone(), 2 * DAY_MS);
        assert_eq!(day(schedule.report_due), Some(12));
        schedule.used(4 * DAY_MS);
        schedule.used(5 * DAY_MS);
        schedule.plan(ReportingCycle::Policy, terms.clone(), 5 * DAY_MS);
        assert_eq!(day(schedule.report_due), Some(5));
        assert!(schedule.configure(1));
        schedule.reported(5 * DAY_MS);
        schedule.plan(ReportingCycle::Policy, terms, 5 * DAY_MS);
        assert_eq!(day(schedule.report_due), Some(6));
    }

    #[test]
    fn a_fixed_cycle_ignores_what_is_configured() {
        let mut schedule = Schedule::default();
        let terms = default(LicenseClass::Subscription);
        schedule.used(HOUR_MS);
        assert!(schedule.configure(1));
        let cycle = ReportingCycle::Fixed { hours: 8 };
        schedule.plan(cycle, terms.clone(), HOUR_MS);
        assert_eq!(schedule.report_due.ms(), Some(9 * HOUR_MS));
        schedule.reported(10 * HOUR_MS);
        schedule.plan(cycle, terms, 10 * HOUR_MS);
        assert_eq!(schedule.report_due.ms(), Some(17 * HOUR_MS));
    }

    #[test]
    fn intervals_run_from_1_to_365_days() {
        let mut schedule = Schedule::default();
        for (days, ok) in [(0, false), (1, true), (365, true), (366, false), (u32::MAX, false)] {
            assert_eq!(schedule.configure(days), ok, "{days}");
        }
    }

    #[test]
    fn deadlines_follow_the_smallest_duty() {
        let mut schedule = Schedule::default();
        let perpetual = Terms::default().days(LicenseClass::Perpetual);
        let subscription = Terms::default().days(LicenseClass::Subscription);
        schedule.used(0);
        let both = || [perpetual, subscription].into_iter();
        assert_eq!(day(schedule.ack_deadline(true, both())), Some(90));
        assert_eq!(day(schedule.ack_deadline(true, std::iter::once(perpetual))), Some(365));
        assert_eq!(schedule.ack_deadline(false, both()), Due::NEVER);
        schedule.last_ack = Due::at(10 * DAY_MS);
        let custom = std::iter::once(ReportingDays {
            first_report_days: 0,
            report_interval_days: 60,
            on_change_days: 111,
        });
        assert_eq!(day(schedule.ack_deadline(true, custom)), Some(70));
        let export = default(LicenseClass::Export);
        assert_eq!(schedule.ack_deadline(true, export), Due::NEVER);
    }
}
