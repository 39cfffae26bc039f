//! What a Smart Agent of the classic era does: one request at most per input, and facts.

use compact_str::CompactString;
use muster_wire::classic::proposed::credential::Credential;
use muster_wire::classic::{MessageType, RequestData};

use super::faults::{Fault, FaultKind};
use super::transport::ServerChoice;
use crate::effects::Common;

/// One thing an agent does.
#[derive(Clone, Debug, PartialEq)]
pub enum ClassicEffect {
    /// Seal this, send it, and hand back an answer or a failure.
    Send(Box<ClassicOutbound>),
    /// A state machine moved.
    StateChanged {
        /// Name of the machine, for example `registration`.
        machine: &'static str,
        /// The feature for `export_authorization` and `application_redundancy`, else empty.
        key: CompactString,
        /// State before.
        from: &'static str,
        /// State after.
        to: &'static str,
        /// What moved it.
        input: &'static str,
    },
    /// A line of the log (`%SMART_LIC-…`) or of the event log (`SAEVT_…`).
    Syslog(String),
    /// A fault appears.
    FaultRaised(Fault),
    /// A fault is gone.
    FaultCleared {
        /// Which one.
        kind: FaultKind,
        /// The entitlement tag of [`FaultKind::OutOfCompliance`], else empty.
        tag: CompactString,
    },
    /// From now on requests go to this server.
    ServerChosen(ServerChoice),
    /// The server gave a key of another vendor's service.
    ThirdPartyKeyReceived {
        /// Kind of key.
        name: CompactString,
        /// Number of the key. The key itself is the product's secret.
        key_id: u64,
    },
    /// A timer fell due, for example `retry`, `authorization_renewal` or `poll_due`.
    TimerFired(&'static str),
    /// A command was not taken.
    CommandRefused {
        /// [`super::ClassicCommand::name`] of the command.
        command: &'static str,
        /// Why, as a fragment.
        reason: &'static str,
    },
}

/// One request on its way out, not yet written down: see [`super::ClassicAgent::seal`].
#[derive(Clone, Debug, PartialEq)]
pub struct ClassicOutbound {
    /// What the request asks.
    pub message_type: MessageType,
    /// Which of the configured servers it goes to.
    pub server: ServerChoice,
    /// Serial number of the ID certificate, decimal; none before registration.
    pub id_cert_serial_number: Option<CompactString>,
    /// Serial number of the server's signing certificate, decimal; none before registration.
    pub signing_cert_serial_number: Option<CompactString>,
    /// What proves who registers; none once registered. Its debug form does not show the token.
    pub credential: Option<Credential>,
    /// What is asked.
    pub asked: RequestData,
}

/// Takes the effects of one input.
pub(crate) struct Effects<'a> {
    pub(crate) out: &'a mut Vec<ClassicEffect>,
    /// Whether anybody wants facts: log lines, moves of state machines, faults, timers.
    pub(crate) facts: bool,
    pub(crate) common: &'a mut Common,
}

impl Effects<'_> {
    pub(crate) fn push(&mut self, effect: ClassicEffect) {
        self.out.push(effect);
    }

    /// A fact, made only if somebody wants it.
    pub(crate) fn fact(&mut self, fact: impl FnOnce() -> ClassicEffect) {
        if self.facts {
            self.out.push(fact());
        }
    }

    pub(crate) fn syslog(&mut self, line: impl FnOnce() -> String) {
        self.fact(|| ClassicEffect::Syslog(line()));
    }
}
