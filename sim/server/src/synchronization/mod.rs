//! How an On-Prem and CSSM bring each other up to date.
//!
//! Source: SSM On-Prem 7 User Guide, "Synchronization Widget"; Obtaining a SLAC Response. CSSM is
//! the source of truth for what was bought, the On-Prem for who is registered and what is used.
//!
//! - [`schedule`]: when; [`ageing`]: how late; [`account_clock`]: both for one account
//! - [`document`]: what is told; [`report`]: what the On-Prem tells; [`taking_over`]: what it makes
//!   of the answer; [`privacy`]: what it keeps to itself
//! - [`exchange`]: one synchronization over the network; [`file_exchange`], [`sealed`], [`yaml`]:
//!   one by files; [`rejection`]: why one is refused
//! - [`cslu_files`]: usage and answers of the policy era in bundles
//! - [`waiting`]: results of the policy era that wait for one; [`control`]: the control API

pub(crate) mod account_clock;
pub(crate) mod ageing;
pub(crate) mod control;
pub(crate) mod cslu_files;
pub(crate) mod document;
pub(crate) mod exchange;
pub(crate) mod file_exchange;
pub(crate) mod privacy;
pub(crate) mod rejection;
mod report;
pub(crate) mod schedule;
pub(crate) mod sealed;
mod taking_over;
pub(crate) mod waiting;
mod watch;
pub(crate) mod yaml;

#[cfg(test)]
mod tests;

use muster_wire::PollId;
use serde::{Deserialize, Serialize};

use self::privacy::Privacy;
use self::rejection::Rejection;
use self::schedule::Schedule;
use self::waiting::Waiting;
use crate::state::{Kept, Single, collections};

/// What is set for the server as a whole, and what waits.
#[derive(Debug, Default)]
pub(crate) struct Synchronization {
    pub(crate) settings: Single<SynchronizationSettings>,
    /// Results of the policy era that wait for a synchronization.
    pub(crate) waiting: Kept<PollId, Waiting>,
    /// When the next account is due; none when that has to be looked up.
    pub(crate) next_due_ms: Option<u64>,
}

collections!(Synchronization {
    kept {
        settings => "synchronization",
        waiting => "waiting_for_synchronization",
    }
    inner {}
    not_kept { next_due_ms }
});

/// What is set for the server as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SynchronizationSettings {
    pub(crate) schedule: Schedule,
    pub(crate) privacy: Privacy,
    /// Whether the On-Prem reaches CSSM.
    pub(crate) is_link_up: bool,
    /// Whether results wait for a synchronization, instead of for the time the server's settings
    /// give.
    pub(crate) results_wait: bool,
    /// Whether CSSM removes an On-Prem that was silent for 90 days, as some of its texts say.
    pub(crate) removes_after_90_days: bool,
    /// What is wrong with the next answer over the network.
    pub(crate) next_fault: Option<Rejection>,
}

impl Default for SynchronizationSettings {
    fn default() -> Self {
        Self {
            schedule: Schedule::default(),
            privacy: Privacy::default(),
            is_link_up: true,
            results_wait: false,
            removes_after_90_days: false,
            next_fault: None,
        }
    }
}
