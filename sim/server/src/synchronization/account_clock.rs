//! When an account synchronized, what of it CSSM was told, and when it is due again.
//!
//! Source: SSM On-Prem 7 User Guide, "Synchronization Schedule" (30 days from the completion of the
//! last one) and "General tab" of an account (its dates).

use std::collections::BTreeMap;

use muster_wire::Udi;
use serde::{Deserialize, Serialize};

use super::ageing::{Ageing, days_between};
use super::document::SyncType;
use super::schedule::{DEFAULT_INTERVAL_MS, Schedule};
use crate::derivation::Digest;
use crate::holdings::lot::Lot;

/// The times and the memory of one account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct AccountClock {
    /// When it was last completed; the registration counts as one.
    pub(crate) last_ms: u64,
    /// Of the last request that was made, from 1.
    pub(crate) last_id: u64,
    /// Of the last one that was completed; 0 before the first.
    pub(crate) completed_id: u64,
    /// The request that an answer is awaited to: its number, its type, and what it tells.
    pub(crate) asked: Option<(u64, SyncType, BTreeMap<Udi, Digest>)>,
    /// What CSSM was told of each product instance.
    pub(crate) told: BTreeMap<Udi, Digest>,
    /// What CSSM said the account holds, by tag.
    pub(crate) received: BTreeMap<String, Vec<Lot>>,
    /// Whether the next one must be a full one.
    pub(crate) needs_full: bool,
    /// Whether its schedule is switched off.
    pub(crate) is_unscheduled: bool,
    /// The age that was told of last.
    pub(crate) told_age: Ageing,
    /// The last one that failed, and why.
    pub(crate) last_failure: Option<String>,
    /// A scheduled one that failed is tried again from then on.
    pub(crate) not_before_ms: u64,
}

impl AccountClock {
    /// Of an account that was just registered.
    pub(crate) fn registered(at_ms: u64, needs_full: bool) -> Self {
        Self {
            last_ms: at_ms,
            last_id: 0,
            completed_id: 0,
            asked: None,
            told: BTreeMap::new(),
            received: BTreeMap::new(),
            needs_full,
            is_unscheduled: false,
            told_age: Ageing::Fresh,
            last_failure: None,
            not_before_ms: 0,
        }
    }

    pub(crate) fn ageing(&self, now_ms: u64) -> Ageing {
        Ageing::after_days(days_between(self.last_ms, now_ms))
    }

    /// When CSSM expects the next one (documented: 30 days, not to be changed).
    pub(crate) fn due_ms(&self) -> u64 {
        self.last_ms.saturating_add(DEFAULT_INTERVAL_MS)
    }

    /// When the next one runs by itself; none when its schedule is off.
    pub(crate) fn next_ms(&self, schedule: &Schedule) -> Option<u64> {
        if self.is_unscheduled {
            return None;
        }
        Some(schedule.next_ms(self.last_ms)?.max(self.not_before_ms))
    }
}
