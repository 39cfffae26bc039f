//! The RUM reports of one agent: a series per licence, and what was closed and is not yet purged.
//!
//! Source: Troubleshoot SLP on 9800, "License Usage Reporting" and "RUM Reports".

use std::num::NonZeroU64;

use compact_str::format_compact;
use muster_wire::PollId;
use muster_wire::proposed::acknowledgement::AcknowledgedReport;

use crate::effect::Effect;
use crate::effects::Effects;
use crate::few::Few;
use crate::platform::Platform;
use crate::policy::measurement::{MEASUREMENTS_MAX, Measured, Ongoing};
use crate::policy::rum_report_state::{RumReportInput, RumReportState};
use crate::syslog;
use crate::timer::SECOND_MS;

mod handed_out;
mod saved;
mod stored;
mod view;

pub(crate) use stored::{Author, Content, Signature, StoredReport};

/// Reports kept until acknowledged. Past about a thousand a product instance is overloaded
/// (public field notice), so at this point an open report measures on instead of closing.
pub(crate) const STORED_REPORTS_MAX: usize = 1000;

/// Acknowledged reports kept for display; older ones are purged.
const ACKNOWLEDGED_KEPT_MAX: usize = 4;

/// Reports in one usage request; the rest follows in the next. Assumed; it keeps a request well
/// within its limit, and cheap to repeat.
pub(crate) const REPORTS_PER_REQUEST_MAX: usize = 50;

/// Why a report was closed; the words are public.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CloseReason {
    CurrentUsageRequested,
    ProductReload,
}

impl CloseReason {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::CurrentUsageRequested => "CurrentUsageRequested",
            Self::ProductReload => "ProductReload",
        }
    }
}

/// What is to be reported at the next opportunity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Wanted {
    #[default]
    Nothing,
    /// What is closed already: a repetition, or the rest of a large store.
    Closed,
    /// Current usage: open reports are closed first.
    Current,
}

/// The instance's two notions of time at one moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    pub(crate) now_ms: u64,
    /// What the instance's own clock is ahead of logical time.
    pub(crate) offset_ms: i64,
}

impl Clock {
    /// Seconds on the instance's own clock.
    pub(crate) const fn seconds(self) -> u64 {
        self.now_ms.saturating_add_signed(self.offset_ms) / SECOND_MS
    }

    pub(crate) const fn ms(self) -> u64 {
        self.now_ms.saturating_add_signed(self.offset_ms)
    }
}

/// A report that still measures. It keeps the clock it was opened under.
#[derive(Clone, Debug)]
struct OpenReport {
    id: NonZeroU64,
    /// The ongoing measurement.
    log_s: u64,
    start_s: u64,
    more: Option<Box<More>>,
}

/// What most open reports do without: a clock that was moved, a count that changed.
#[derive(Clone, Debug, Default)]
struct More {
    offset_ms: i64,
    measured: Vec<Measured>,
    /// Of the ongoing measurement.
    clock_change_delta_s: i32,
}

impl OpenReport {
    fn seconds(&self, now_ms: u64) -> u64 {
        let offset_ms = self.more.as_ref().map_or(0, |more| more.offset_ms);
        Clock { now_ms, offset_ms }.seconds()
    }

    fn measured(&self) -> &[Measured] {
        self.more.as_ref().map_or(&[], |more| &more.measured)
    }

    fn start_s(&self) -> u64 {
        self.measured().first().map_or(self.start_s, |first| first.start_s)
    }

    fn ongoing(&self) -> Ongoing {
        let mut ongoing = Ongoing::new(self.start_s, self.log_s);
        if let Some(more) = &self.more {
            ongoing.clock_changed(more.clock_change_delta_s);
        }
        ongoing
    }

    fn clock_changed(&mut self, by_s: i32) {
        let more = self.more.get_or_insert_default();
        more.clock_change_delta_s = more.clock_change_delta_s.saturating_add(by_s);
    }

    /// Ends the ongoing measurement at `count` and begins the next.
    fn count_changed(&mut self, count: u32, clock: Clock) {
        let (end_s, ongoing) = (self.seconds(clock.now_ms), self.ongoing());
        if ongoing.is_empty_at(end_s) || self.measured().len() >= MEASUREMENTS_MAX {
            return;
        }
        let measured = ongoing.end(end_s, count);
        (self.log_s, self.start_s) = (clock.seconds(), measured.end_s);
        let more = self.more.get_or_insert_default();
        more.clock_change_delta_s = 0;
        more.measured.push(measured);
    }
}

/// The reports of one licence, one after the other.
#[derive(Clone, Debug)]
struct Series {
    license: u8,
    count: u32,
    /// Latest closed report, 0 for none.
    last_id: u64,
    open: Option<OpenReport>,
}

impl Series {
    /// Whether the open report only continues one that was closed at this moment.
    fn says_nothing(&self, now_ms: u64) -> bool {
        let empty = |open: &OpenReport| {
            open.measured().is_empty() && open.ongoing().is_empty_at(open.seconds(now_ms))
        };
        self.last_id != 0 && self.open.as_ref().is_some_and(empty)
    }
}

/// Every report of one agent.
#[derive(Clone, Debug, Default)]
pub(crate) struct RumReports {
    series: Few<Series>,
    pub(crate) stored: Vec<StoredReport>,
    next_id: u64,
    pub(crate) acknowledged: u32,
    pub(crate) wanted: Wanted,
}

impl RumReports {
    /// The configuration uses `count` licences now. The count before, if it changed.
    pub(crate) fn use_licenses(
        &mut self,
        license: u8,
        count: u32,
        clock: Clock,
        effects: &mut Effects<'_>,
    ) -> Option<u32> {
        let at = match self.series.iter().position(|series| series.license == license) {
            Some(at) => at,
            None if count == 0 => return None,
            None => {
                self.series.push(Series { license, count: 0, last_id: 0, open: None });
                self.series.len() - 1
            }
        };
        let before = std::mem::replace(&mut self.series[at].count, count);
        if before == count {
            return None;
        }
        match &mut self.series[at].open {
            Some(open) => open.count_changed(before, clock),
            None => self.open(at, clock, "in_use", effects),
        }
        Some(before)
    }

    /// Opens the next report of a series; its id is unique per UDI: epoch seconds, then one more.
    fn open(&mut self, at: usize, clock: Clock, input: &'static str, effects: &mut Effects<'_>) {
        if self.next_id == 0 {
            self.next_id = clock.seconds().max(1);
        }
        let id = self.next_id;
        self.next_id = self.next_id.saturating_add(1);
        let series = &mut self.series[at];
        let previous = series.last_id;
        let more = More { offset_ms: clock.offset_ms, ..More::default() };
        series.open = Some(OpenReport {
            id: NonZeroU64::new(id).expect("ids begin with 1 or later"),
            log_s: clock.seconds(),
            start_s: clock.seconds(),
            more: (clock.offset_ms != 0).then(|| Box::new(more)),
        });
        if let Some(before) = self.stored.iter_mut().find(|stored| stored.id == previous) {
            before.next = id;
        }
        moved(id, None, RumReportState::Open, input, effects);
    }

    /// Closes every open report; those of licences still in use get a successor. With `measured`
    /// a successor that says nothing yet stays open. After a loss of power at `lost_at_ms` a report
    /// ends with its last sample before.
    pub(crate) fn close_all(
        &mut self,
        author: &Author,
        reason: CloseReason,
        measured: bool,
        lost_at_ms: Option<u64>,
        clock: Clock,
        effects: &mut Effects<'_>,
    ) {
        for at in 0..self.series.len() {
            if self.stored.len() >= STORED_REPORTS_MAX {
                return;
            }
            let series = &mut self.series[at];
            if measured && series.says_nothing(clock.now_ms) {
                continue;
            }
            let Some(open) = series.open.take() else { continue };
            let (id, previous, ongoing) = (open.id.get(), series.last_id, open.ongoing());
            let end_s = match lost_at_ms {
                Some(lost_at_ms) => ongoing.last_sample_s(open.seconds(lost_at_ms)),
                None => open.seconds(clock.now_ms),
            };
            let start_s = open.start_s();
            let mut measured = open.more.map_or(Few::None, |more| more.measured.into());
            let last = ongoing.end(end_s, series.count);
            measured.push(last);
            series.last_id = id;
            let (license, in_use) = (series.license, series.count > 0);
            let mut stored = StoredReport {
                id,
                previous,
                next: 0,
                start_s,
                end_s: last.end_s,
                content: Some(Box::new(Content {
                    poll: None,
                    measured,
                    author: author.clone(),
                    signature: None,
                })),
                license,
                state: RumReportState::Open,
                reason,
                ever_sent: false,
            };
            let input = match reason {
                CloseReason::CurrentUsageRequested => RumReportInput::UsageRequested,
                CloseReason::ProductReload => RumReportInput::Reloaded,
            };
            stored.on(input, effects);
            self.stored.reserve_exact(1);
            self.stored.push(stored);
            if in_use {
                self.open(at, clock, "previous_closed", effects);
            }
        }
    }

    /// Notes a step of the instance's clock in every ongoing measurement.
    pub(crate) fn clock_changed(&mut self, by_ms: i64) {
        let by_s =
            i32::try_from(by_ms / 1000).unwrap_or(if by_ms < 0 { i32::MIN } else { i32::MAX });
        for open in self.series.iter_mut().filter_map(|series| series.open.as_mut()) {
            open.clock_changed(by_s);
        }
    }

    /// Whether a usage request would carry anything.
    pub(crate) fn has_something(&self) -> bool {
        self.has_closed() || (self.stored.len() < STORED_REPORTS_MAX && self.has_open())
    }

    pub(crate) fn has_open(&self) -> bool {
        self.series.iter().any(|series| series.open.is_some())
    }

    pub(crate) fn has_closed(&self) -> bool {
        self.stored.iter().any(|stored| stored.state == RumReportState::Closed)
    }

    /// Moves the next batch of closed reports to pending, oldest first; their ids.
    pub(crate) fn hand_over(&mut self, effects: &mut Effects<'_>) -> Vec<u64> {
        let closed = self.stored.iter_mut().filter(|one| one.state == RumReportState::Closed);
        let hand_over = |stored: &mut StoredReport| {
            stored.on(RumReportInput::HandedOver, effects);
            stored.ever_sent = true;
            stored.id
        };
        closed.take(REPORTS_PER_REQUEST_MAX).map(hand_over).collect()
    }

    /// Moves every pending report.
    pub(crate) fn pending(&mut self, input: RumReportInput, effects: &mut Effects<'_>) {
        for stored in &mut self.stored {
            if stored.state == RumReportState::Pending {
                stored.on(input, effects);
            }
        }
    }

    /// The pending reports were deferred under `poll`.
    pub(crate) fn deferred(&mut self, poll: PollId, effects: &mut Effects<'_>) {
        for stored in &mut self.stored {
            if stored.state == RumReportState::Pending {
                stored.on(RumReportInput::OkPoll, effects);
                stored.set_poll(Some(poll));
            }
        }
    }

    /// Moves the reports under a poll; those that fall back to closed leave it.
    pub(crate) fn under(&mut self, poll: PollId, input: RumReportInput, effects: &mut Effects<'_>) {
        for stored in self.stored.iter_mut().filter(|stored| stored.poll() == Some(poll)) {
            stored.on(input, effects);
            if stored.state != RumReportState::Unacknowledged {
                stored.set_poll(None);
            }
        }
    }

    /// The server deferred `poll` again under another id.
    pub(crate) fn renamed(&mut self, poll: PollId, to: PollId) {
        for stored in self.stored.iter_mut().filter(|stored| stored.poll() == Some(poll)) {
            stored.set_poll(Some(to));
        }
    }

    pub(crate) fn awaits(&self, poll: PollId) -> bool {
        self.stored.iter().any(|stored| stored.poll() == Some(poll))
    }

    /// Applies an acknowledgement; how many reports it settled. What was never sent, or is of
    /// another licence, is left alone.
    pub(crate) fn acknowledge(
        &mut self,
        acks: &[AcknowledgedReport],
        platform: &Platform,
        effects: &mut Effects<'_>,
    ) -> u32 {
        let mut count = 0;
        for ack in acks {
            let id = ack.report_id.0;
            let ignored = |reason| move || syslog::event_acknowledgement_ignored(id, reason);
            let Some(stored) = self.stored.iter_mut().find(|stored| stored.id == id) else {
                effects.syslog(ignored("report is not known or was never sent"));
                continue;
            };
            if platform.licenses[usize::from(stored.license)].tag != ack.entitlement_tag {
                effects.syslog(ignored("report is of another licence"));
                continue;
            }
            if ack.status != AcknowledgedReport::ACKED {
                stored.on(RumReportInput::Refused, effects);
                stored.set_poll(None);
                continue;
            }
            let input = match stored.state {
                RumReportState::Closed if stored.ever_sent => RumReportInput::LateAcknowledgement,
                _ => RumReportInput::Acknowledged,
            };
            if stored.on(input, effects) {
                stored.content = None;
                count += 1;
            } else if stored.state != RumReportState::Acknowledged {
                effects.syslog(ignored("report was never sent"));
            }
        }
        self.acknowledged = self.acknowledged.saturating_add(count);
        self.purge(effects);
        count
    }

    fn purge(&mut self, effects: &mut Effects<'_>) {
        let is_done = |stored: &StoredReport| stored.state == RumReportState::Acknowledged;
        let done = self.stored.iter().filter(|stored| is_done(stored)).count();
        let mut surplus = done.saturating_sub(ACKNOWLEDGED_KEPT_MAX);
        if surplus == 0 {
            return;
        }
        self.stored.retain_mut(|stored| {
            let purged = surplus > 0 && is_done(stored);
            if purged {
                surplus -= 1;
                stored.on(RumReportInput::Purged, effects);
            }
            !purged
        });
        self.stored.shrink_to_fit();
    }
}

fn moved(
    id: u64,
    from: Option<RumReportState>,
    to: RumReportState,
    input: &'static str,
    effects: &mut Effects<'_>,
) {
    if from == Some(to) {
        return;
    }
    effects.fact(|| Effect::StateChanged {
        machine: RumReportState::MACHINE,
        key: format_compact!("{id}"),
        from: from.map_or("none", RumReportState::as_str),
        to: to.as_str(),
        input,
    });
}
