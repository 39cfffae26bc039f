//! Single facts of an agent, for callers to whom a whole [`crate::AgentView`] is too much.

use muster_wire::PollId;

use super::{SmartAgent, Unusual};
use crate::heap::{Heap as _, heap};
use crate::policy::reporting_state::ReportingState;

heap!(Unusual { slac });

/// Each is the member of [`crate::AgentView`] with the same meaning, without an allocation.
impl SmartAgent {
    /// Whether the instance has power.
    pub const fn has_power(&self) -> bool {
        !self.is_off()
    }

    /// Whether power is there and crypto initialisation is complete.
    pub const fn is_crypto_ready(&self) -> bool {
        !matches!(self.link.state, ReportingState::Init | ReportingState::Off)
    }

    /// Whether a trust code is installed that reports can be signed under.
    pub fn is_trusted(&self) -> bool {
        self.trust.usable().is_some()
    }

    /// Trust id of the installed trust code, 0 without.
    pub fn trust_id(&self) -> u64 {
        self.trust.installed.as_ref().map_or(0, |trust| trust.id.0)
    }

    /// Reports acknowledged so far.
    pub const fn acknowledged(&self) -> u32 {
        self.reports.acknowledged
    }

    /// Reports that await an acknowledgement under a poll id.
    pub fn unacknowledged(&self) -> usize {
        self.reports.unacknowledged()
    }

    /// Whether a report is open.
    pub fn has_open_report(&self) -> bool {
        self.reports.has_open()
    }

    /// Whether a usage request ever went out.
    pub const fn reported(&self) -> bool {
        self.schedule.last_report.is_set()
    }

    /// When usage was reported last, milliseconds since the epoch.
    pub const fn last_report_ms(&self) -> Option<u64> {
        self.schedule.last_report.ms()
    }

    /// When usage is reported next, milliseconds since the epoch.
    pub const fn next_report_due_ms(&self) -> Option<u64> {
        self.schedule.report_due.ms()
    }

    /// When the next attempt after a failure is made, milliseconds since the epoch.
    pub fn retry_due_ms(&self) -> Option<u64> {
        self.link.retry_due().ms()
    }

    /// Bytes of the heap the agent holds beside its own size, as the system's allocator counts
    /// them: an estimate. What [`crate::Common`] shares is not in it.
    pub fn heap_bytes(&self) -> usize {
        self.unusual.heap_bytes()
            + self.link.heap_bytes()
            + self.trust.heap_bytes()
            + self.reports.heap_bytes()
            + self.polls.heap_bytes()
    }

    /// Every deferred result and when it is asked for, milliseconds since the epoch.
    pub fn polls(&self) -> impl Iterator<Item = (PollId, u64)> + '_ {
        self.polls.times()
    }
}
