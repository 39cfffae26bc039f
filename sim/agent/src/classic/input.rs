//! What happens to a Smart Agent of the classic era: commands, time, and what transport brings.

use std::fmt;

use compact_str::CompactString;
use muster_wire::classic::ClassicReading;

use super::redundancy::RedundantApplication;
use super::transport::ClassicTransport;
use crate::input::TransportFailure;
use crate::platform::{SwitchRole, Tier};

/// One thing that happens to an agent.
#[derive(Clone, Debug, PartialEq)]
pub enum ClassicInput<'a> {
    /// The instance starts; crypto initialisation takes 30 s. An agent that never gets this input
    /// is one that has been up for a while.
    Boot,
    /// Power is lost without a goodbye: the request in flight and a token are forgotten, and until
    /// [`ClassicInput::Boot`] the instance does nothing and takes no command.
    PowerLost,
    /// The operator, or the product's configuration, asks for something.
    Command(ClassicCommand),
    /// The time [`super::ClassicAgent::next_timer`] named has come.
    TimerDue,
    /// The request in flight was answered.
    Answer {
        /// HTTP status.
        status: u16,
        /// The answer envelope, out of whatever it travelled in; untrusted.
        body: &'a [u8],
    },
    /// The request in flight was answered, and somebody decoded the answer already. The same as
    /// [`ClassicInput::Answer`] with the body that `reading` is of, without decoding it again.
    Read {
        /// HTTP status.
        status: u16,
        /// The body as [`ClassicReading::of`] reads it.
        reading: &'a ClassicReading,
    },
    /// The request in flight got no answer.
    Failure(TransportFailure),
}

/// What an operator or the product asks of the agent.
#[derive(Clone, PartialEq)]
pub enum ClassicCommand {
    /// `license smart register idtoken`.
    Register {
        /// The ID token. A secret: never printed, never stored.
        id_token: String,
        /// Register although the instance, or a record of it, is registered.
        force: bool,
    },
    /// `license smart deregister`.
    Deregister,
    /// `license smart renew id`.
    RenewId,
    /// `license smart renew auth`.
    RenewAuthorization,
    /// The configuration now uses `count` licences of a feature; zero stops the use.
    Use {
        /// Feature name or entitlement tag.
        feature: CompactString,
        /// How many.
        count: u32,
    },
    /// The fabric of an APIC changes; its licences are counted anew.
    Fabric(FabricChange),
    /// `license smart transport-mode`, `license smart server`.
    SetTransport(ClassicTransport),
    /// Another release of the software is started.
    SetRelease {
        /// First number of the release.
        major: u8,
    },
    /// Asks for the authorization of an export-controlled licence.
    RequestExport {
        /// Feature name or entitlement tag.
        feature: CompactString,
        /// How many.
        count: u32,
    },
    /// Returns such an authorization, or takes the request for one back.
    ReturnExport {
        /// Feature name or entitlement tag.
        feature: CompactString,
    },
    /// `license smart conversion start`.
    StartConversion,
    /// `license smart conversion automatic`.
    SetAutomaticConversion {
        /// Whether a registration starts a conversion.
        automatic: bool,
    },
    /// Makes the application that uses a licence redundant, changes its part or its peers.
    SetApplication {
        /// Feature name or entitlement tag.
        feature: CompactString,
        /// The application.
        application: RedundantApplication,
    },
    /// A standby application declares itself active, without a peer.
    TakeOver {
        /// Feature name or entitlement tag.
        feature: CompactString,
    },
    /// Takes the peers of an application away.
    RemovePeers {
        /// Feature name or entitlement tag.
        feature: CompactString,
    },
    /// Ends the redundancy of an application.
    ClearApplication {
        /// Feature name or entitlement tag.
        feature: CompactString,
    },
    /// Asks for the key of another vendor's service.
    RequestThirdPartyKey(KeyWanted),
    /// Polls for every deferred result now.
    PollNow,
    /// Restarts the product instance. Waits for the request in flight.
    Reload,
    /// Moves the instance's own clock; timers keep their distance.
    StepClock {
        /// Milliseconds, negative for back.
        by_ms: i64,
    },
}

/// What happens to the fabric of an APIC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FabricChange {
    /// Nothing but the first report of what is there.
    Report,
    /// Switches join the inventory.
    Commission {
        /// What they are.
        role: SwitchRole,
        /// How many.
        count: u16,
    },
    /// Switches leave the inventory.
    Decommission {
        /// What they are.
        role: SwitchRole,
        /// How many.
        count: u16,
    },
    /// A feature of a tier is applied to leaf switches.
    Enable {
        /// The tier.
        tier: Tier,
        /// To how many.
        count: u16,
    },
    /// The last feature of a tier is removed from leaf switches.
    Disable {
        /// The tier.
        tier: Tier,
        /// From how many.
        count: u16,
    },
}

/// A key of another vendor's service that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyWanted {
    /// Kind of key, for example `VOUCHER_CODE`.
    pub name: CompactString,
    /// Feature name or entitlement tag of the licence it is for.
    pub feature: CompactString,
    /// The vendor.
    pub routing: CompactString,
}

impl ClassicCommand {
    /// The command's name, as [`super::ClassicEffect::CommandRefused`] gives it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Register { .. } => "register",
            Self::Deregister => "deregister",
            Self::RenewId => "renew_id",
            Self::RenewAuthorization => "renew_authorization",
            Self::Use { .. } => "use",
            Self::Fabric(_) => "fabric",
            Self::SetTransport(_) => "set_transport",
            Self::SetRelease { .. } => "set_release",
            Self::RequestExport { .. } => "request_export",
            Self::ReturnExport { .. } => "return_export",
            Self::StartConversion => "start_conversion",
            Self::SetAutomaticConversion { .. } => "set_automatic_conversion",
            Self::SetApplication { .. } => "set_application",
            Self::TakeOver { .. } => "take_over",
            Self::RemovePeers { .. } => "remove_peers",
            Self::ClearApplication { .. } => "clear_application",
            Self::RequestThirdPartyKey(_) => "request_third_party_key",
            Self::PollNow => "poll_now",
            Self::Reload => "reload",
            Self::StepClock { .. } => "step_clock",
        }
    }
}

impl fmt::Debug for ClassicCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = f.debug_struct(self.name());
        match self {
            Self::Register { id_token: _, force } => {
                text.field("id_token", &format_args!("[id token]")).field("force", force)
            }
            Self::Use { feature, count } | Self::RequestExport { feature, count } => {
                text.field("feature", feature).field("count", count)
            }
            Self::Fabric(change) => text.field("change", change),
            Self::SetTransport(transport) => text.field("transport", transport),
            Self::SetRelease { major } => text.field("major", major),
            Self::ReturnExport { feature }
            | Self::TakeOver { feature }
            | Self::RemovePeers { feature }
            | Self::ClearApplication { feature } => text.field("feature", feature),
            Self::SetAutomaticConversion { automatic } => text.field("automatic", automatic),
            Self::SetApplication { feature, application } => {
                text.field("feature", feature).field("application", application)
            }
            Self::RequestThirdPartyKey(wanted) => text.field("wanted", wanted),
            Self::StepClock { by_ms } => text.field("by_ms", by_ms),
            Self::Deregister
            | Self::RenewId
            | Self::RenewAuthorization
            | Self::StartConversion
            | Self::PollNow
            | Self::Reload => &mut text,
        }
        .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_token_is_never_printed() {
        let command = ClassicCommand::Register { id_token: "c2VjcmV0".to_owned(), force: true };
        let text = format!("{:?}", ClassicInput::Command(command));
        assert!(text.contains("[id token]") && !text.contains("c2VjcmV0"), "{text}");
    }
}
