//! What a Smart Agent does: one request at most per input, and facts for the journal.

use std::fmt;

use compact_str::{CompactString, format_compact};
use muster_wire::classic::AgentErrorCode;
use muster_wire::proposed::authorization_request::AuthorizationRequestEntry;
use muster_wire::transport::smart::SmartRequest;
use muster_wire::usage_file::UsageFile;
use muster_wire::{Artefact, Nonce, PollId, RequestType, TrustId};

use crate::policy::trust::TokenInstall;

/// One thing an agent does.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Seal this, send it, and hand back an answer or a failure.
    Send(Box<Outbound>),
    /// [`crate::Command::SaveUsage`] or [`crate::Command::CollectReports`]: the file. Its reports
    /// stay closed until acknowledged.
    UsageSaved(Box<UsageFile>),
    /// A trust request, an authorization request or a return, as a file for the operator.
    FileWritten(Box<Artefact>),
    /// A state machine moved.
    StateChanged {
        /// `trust`, `rum_report`, `slac` or `reporting`.
        machine: &'static str,
        /// The report id for `rum_report`, else empty.
        key: CompactString,
        /// State before; `none` for a new report.
        from: &'static str,
        /// State after.
        to: &'static str,
        /// What moved it.
        input: &'static str,
    },
    /// A line of the log (`%SMART_LIC-…`) or of the event log (`SAEVT_…`).
    Syslog(String),
    /// A timer fell due: `crypto_ready`, `report_due`, `poll_due`, `trust_refresh`, `retry` or
    /// `ack_deadline`.
    TimerFired(&'static str),
    /// A command was not taken.
    CommandRefused {
        /// [`crate::Command::name`] of the command.
        command: &'static str,
        /// Why, as a fragment.
        reason: &'static str,
        /// What that is among the published agent errors.
        code: AgentErrorCode,
    },
}

/// One request on its way out, not yet written down: see [`crate::SmartAgent::seal`]. Which
/// endpoint it goes to is not the agent's matter.
#[derive(Clone, Debug, PartialEq)]
pub struct Outbound {
    /// What the request asks.
    pub request_type: RequestType,
    pub(crate) nonce: u64,
    /// The instance's clock when it asked, milliseconds since the epoch.
    pub(crate) clock_ms: u64,
    pub(crate) asked: Asked,
}

impl Outbound {
    /// The nonce of the exchange, which the answer repeats.
    pub fn nonce(&self) -> Nonce {
        Nonce(format_compact!("{}", self.nonce))
    }
}

/// What a request says beside who sends it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Asked {
    Trust {
        trust_id: TrustId,
        token: Option<Box<TokenInstall>>,
        force: bool,
    },
    /// Reports by their ids, signed under a trust code.
    Usage {
        trust_id: TrustId,
        reports: Vec<u64>,
    },
    Poll(PollId),
    Authorization(Box<AuthorizationRequestEntry>),
}

/// A request written down and signed.
#[derive(Clone, PartialEq)]
pub struct SealedRequest {
    /// The request.
    pub request: SmartRequest,
    /// What the first line's `smart_license` decodes to; none when it carries nothing.
    pub asked: Option<Artefact>,
}

impl fmt::Debug for SealedRequest {
    /// Leaves the body out: it may carry an ID token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealedRequest")
            .field("nonce", &self.request.sender_info.nonce)
            .finish_non_exhaustive()
    }
}
