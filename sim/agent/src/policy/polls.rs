//! The poll database: which results the server deferred, and when to ask for them.
//!
//! Source: Troubleshoot SLP on 9800, "How to validate poll_id is stored in 9800 local database".

use muster_wire::PollId;

use crate::heap::heap;
use crate::policy::rum_reports::STORED_REPORTS_MAX;
use crate::saved::{saved_enum, saved_struct};
use crate::timer::{DAY_MS, Due, SECOND_MS};
use crate::view::PollView;

/// Longest wait a server can ask for; the samples are about a day.
const POLL_INTERVAL_S_MAX: u64 = 365 * 86_400;

/// What was deferred.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PollKind {
    /// A trust request, with or without a token.
    Trust { id_token: bool },
    /// RUM reports.
    Usage,
    /// A request for an authorization code, or its return.
    Authorization { is_return: bool },
}

impl PollKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Trust { id_token: true } => "ID_TOKEN_TRUST",
            Self::Trust { id_token: false } => "TRUST_SYNC",
            Self::Usage => "LICENSE_USAGE",
            Self::Authorization { is_return: false } => "AUTH_REQUEST",
            Self::Authorization { is_return: true } => "AUTH_RETURN",
        }
    }

    pub(crate) const fn is_trust(self) -> bool {
        matches!(self, Self::Trust { .. })
    }

    const fn is_authorization(self) -> bool {
        matches!(self, Self::Authorization { .. })
    }
}

/// One deferred result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Poll {
    pub(crate) id: PollId,
    pub(crate) kind: PollKind,
    /// Whether the poll time has come, or was brought forward.
    pub(crate) wanted: bool,
    delta_s: u32,
    due_ms: u64,
}

const KINDS: [PollKind; 5] = [
    PollKind::Trust { id_token: true },
    PollKind::Trust { id_token: false },
    PollKind::Usage,
    PollKind::Authorization { is_return: false },
    PollKind::Authorization { is_return: true },
];

heap!(Poll {});
heap!(Polls { 0 });
saved_enum!(PollKind, KINDS);
saved_struct!(Poll { id, kind, wanted, delta_s, due_ms });
saved_struct!(Polls { 0 });

/// All deferred results. Bounded: at most one is about trust and one about an authorization code,
/// every other covers a stored report.
#[derive(Clone, Debug, Default)]
pub(crate) struct Polls(Vec<Poll>);

impl Polls {
    /// Stores a deferral, in place of an earlier one with the same id.
    pub(crate) fn defer(&mut self, id: PollId, kind: PollKind, interval_s: u64, now_ms: u64) {
        self.remove(id);
        if kind.is_trust() {
            self.remove_trust();
        }
        if kind.is_authorization() {
            self.remove_authorization();
        }
        // Assumed: a poll interval of zero, which no document shows, is read as one second.
        let delta_s = interval_s.clamp(1, POLL_INTERVAL_S_MAX);
        let due_ms = now_ms.saturating_add(delta_s * SECOND_MS);
        let delta_s = u32::try_from(delta_s).expect("a year of seconds fits 32 bits");
        self.0.push(Poll { id, kind, wanted: false, delta_s, due_ms });
    }

    pub(crate) fn remove(&mut self, id: PollId) {
        self.0.retain(|poll| poll.id != id);
    }

    pub(crate) fn remove_trust(&mut self) {
        self.0.retain(|poll| !poll.kind.is_trust());
    }

    pub(crate) fn remove_authorization(&mut self) {
        self.0.retain(|poll| !poll.kind.is_authorization());
    }

    /// Brings polls forward; none means every one. Whether there was any.
    pub(crate) fn want(&mut self, id: Option<PollId>) -> bool {
        let mut any = false;
        for poll in self.0.iter_mut().filter(|poll| id.is_none_or(|id| poll.id == id)) {
            (poll.wanted, any) = (true, true);
        }
        any
    }

    /// Wants every poll whose time has come; how many those are.
    pub(crate) fn wake(&mut self, now_ms: u64) -> usize {
        let mut count = 0;
        for poll in self.0.iter_mut().filter(|poll| !poll.wanted && poll.due_ms <= now_ms) {
            poll.wanted = true;
            count += 1;
        }
        count
    }

    /// The next poll to send: trust before usage, then the oldest.
    pub(crate) fn next_wanted(&self) -> Option<Poll> {
        let mut wanted = self.0.iter().filter(|poll| poll.wanted);
        let first = wanted.clone().next();
        wanted.find(|poll| poll.kind.is_trust()).or(first).copied()
    }

    pub(crate) fn next_due(&self) -> Due {
        let times = self.0.iter().filter(|poll| !poll.wanted).map(|poll| poll.due_ms);
        times.min().map_or(Due::NEVER, Due::at)
    }

    pub(crate) fn has_trust(&self) -> bool {
        self.0.iter().any(|poll| poll.kind.is_trust())
    }

    /// Whether a poll about an authorization code is held, and then whether it is a return's.
    pub(crate) fn authorization(&self) -> Option<bool> {
        self.0.iter().find_map(|poll| match poll.kind {
            PollKind::Authorization { is_return } => Some(is_return),
            _ => None,
        })
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Drops usage polls that no report awaits any more.
    pub(crate) fn keep_awaited(&mut self, awaited: impl Fn(PollId) -> bool) {
        self.0.retain(|poll| poll.kind != PollKind::Usage || awaited(poll.id));
        if self.0.is_empty() {
            self.0.shrink_to_fit();
        }
    }

    /// Whether a restored database is one an agent could have.
    pub(crate) fn are_possible(&self) -> bool {
        let possible = |poll: &Poll| u64::from(poll.delta_s) <= POLL_INTERVAL_S_MAX;
        self.0.len() <= STORED_REPORTS_MAX + 2 && self.0.iter().all(possible)
    }

    pub(crate) fn times(&self) -> impl Iterator<Item = (PollId, u64)> + '_ {
        self.0.iter().map(|poll| (poll.id, poll.due_ms))
    }

    pub(crate) fn view(&self) -> Vec<PollView> {
        let view = |poll: &Poll| PollView {
            poll_id: poll.id.0,
            r#type: poll.kind.as_str(),
            delta: poll.delta_s.into(),
            poll_time_ms: poll.due_ms,
        };
        self.0.iter().map(view).collect()
    }
}

/// What a server that gives no interval is read as: the documented samples are about a day.
pub(crate) const POLL_INTERVAL_S_DEFAULT: u64 = DAY_MS / SECOND_MS;

#[cfg(test)]
mod tests {
    use super::*;

    const TRUST: PollKind = PollKind::Trust { id_token: false };

    #[test]
    fn a_poll_falls_due_once_at_its_time() {
        let mut polls = Polls::default();
        polls.defer(PollId(7), PollKind::Usage, 86_739, 1_000);
        assert_eq!(polls.next_due().ms(), Some(86_740_000));
        assert_eq!(polls.wake(86_739_999), 0);
        assert_eq!(polls.next_wanted(), None);
        assert_eq!(polls.wake(86_740_000), 1);
        assert_eq!(polls.wake(86_740_000), 0);
        assert_eq!(polls.next_wanted().map(|poll| poll.id), Some(PollId(7)));
        assert_eq!(polls.next_due(), Due::NEVER);
    }

    #[test]
    fn trust_is_polled_first_and_only_once() {
        let mut polls = Polls::default();
        polls.defer(PollId(1), PollKind::Usage, 5, 0);
        polls.defer(PollId(2), TRUST, 5, 0);
        polls.defer(PollId(3), TRUST, 5, 0);
        assert!(polls.want(None));
        assert_eq!(polls.next_wanted().map(|poll| poll.id), Some(PollId(3)));
        let held: Vec<_> = polls.view().iter().map(|poll| poll.poll_id).collect();
        assert_eq!(held, [1, 3]);
    }

    #[test]
    fn only_known_ids_can_be_brought_forward() {
        let mut polls = Polls::default();
        polls.defer(PollId(1), PollKind::Usage, 0, 0);
        assert!(!polls.want(Some(PollId(2))));
        assert!(polls.next_wanted().is_none());
        assert!(polls.want(Some(PollId(1))));
    }

    #[test]
    fn no_interval_overflows() {
        let mut polls = Polls::default();
        polls.defer(PollId(u64::MAX), PollKind::Usage, u64::MAX, u64::MAX);
        assert!(!polls.next_due().is_set());
        polls.defer(PollId(1), PollKind::Usage, u64::MAX, 0);
        assert_eq!(polls.next_due().ms(), Some(365 * DAY_MS));
    }
}
