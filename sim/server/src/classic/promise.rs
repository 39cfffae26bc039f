//! Results that wait for their poll: what was asked, when it is decided, and what became of it.
//!
//! Source: SSM On-Prem 7 User Guide, "Enhanced Export Control Authorization Workflow" and
//! "Conversion Workflow" (come back in an hour; the answer comes with a synchronization).

use std::borrow::Cow;
use std::sync::Arc;

use muster_wire::classic::MessageType;
use muster_wire::classic::proposed::conversion::ConversionStatus;
use muster_wire::{EntitlementTag, PollId};
use serde::{Deserialize, Serialize};

use crate::derivation::Digest;

/// Results kept per product instance: an hour apart, a day's worth.
pub(super) const PROMISES_MAX: usize = 24;

/// One result given a poll id.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Promise {
    pub(super) poll_id: PollId,
    /// The request that caused it.
    pub(super) request: Digest,
    /// From when on it can be decided, unix milliseconds.
    pub(super) ready_at_ms: u64,
    pub(super) task: Task,
    /// None until it is decided.
    pub(super) outcome: Option<Outcome>,
    /// What CSSM decided, until a synchronization brings it.
    #[serde(default)]
    pub(super) upstream: Option<Outcome>,
}

/// What was asked.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Task {
    /// Export-controlled licences.
    Export(Vec<Wanted>),
    /// To take export-controlled licences back.
    Return(Vec<Wanted>),
    /// To convert classic licences.
    Conversion(Arc<ClassicLicenses>),
}

/// A number of licences.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Wanted {
    pub(super) tag: EntitlementTag,
    pub(super) count: u32,
}

/// The classic licences of a conversion.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct ClassicLicenses {
    /// Of what proves them.
    pub(super) proof: Digest,
    /// What they become.
    pub(super) converted_to: Vec<Wanted>,
}

/// What became of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Outcome {
    /// Decided at this time, unix milliseconds.
    Export(u64, Vec<Decided>),
    Returned(Vec<Wanted>),
    Converted(ConversionStatus, String),
}

/// What became of one licence.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Decided {
    pub(super) wanted: Wanted,
    /// Why it is refused.
    pub(super) refused: Option<Cow<'static, str>>,
}

impl Promise {
    /// Notes what became of it.
    pub(super) fn keep_outcome(&mut self, outcome: Outcome) {
        // What was to be converted is needed no more, and may be long.
        if let Task::Conversion(licenses) = &mut self.task {
            *licenses = Arc::default();
        }
        self.outcome = Some(outcome);
    }
}

impl Task {
    /// The type of request it came with.
    pub(super) fn message_type(&self) -> MessageType {
        match self {
            Self::Export(_) | Self::Return(_) => MessageType::ExportAuthorization,
            Self::Conversion(_) => MessageType::Conversion,
        }
    }
}
