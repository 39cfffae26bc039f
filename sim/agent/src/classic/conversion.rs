//! What an agent remembers of its conversion, through restarts and registrations.

use super::conversion_state::ConversionState;
use super::deferral::Deferral;
use crate::heap::heap;
use crate::saved::saved_struct;
use crate::timer::Due;

/// The conversion.
#[derive(Clone, Debug)]
pub(crate) struct Conversion {
    pub(crate) state: ConversionState,
    /// Whether a registration starts it.
    pub(crate) automatic: bool,
    /// Whether the next registration starts it: a server that was restored asked for that.
    pub(crate) after_registration: bool,
    /// Whether a request is to be sent.
    pub(crate) wanted: bool,
    /// Whether the server said that it was done before.
    pub(crate) was_converted_before: bool,
    /// Number of the latest request.
    pub(crate) number: u32,
    pub(crate) deferral: Option<Deferral>,
    /// When it has taken too long.
    pub(crate) limit_due: Due,
}

heap!(Conversion {});
saved_struct!(Conversion {
    state,
    automatic,
    after_registration,
    wanted,
    was_converted_before,
    number,
    deferral,
    limit_due,
});

impl Conversion {
    pub(crate) const fn new() -> Self {
        Self {
            state: ConversionState::NotStarted,
            automatic: false,
            after_registration: false,
            wanted: false,
            was_converted_before: false,
            number: 0,
            deferral: None,
            limit_due: Due::NEVER,
        }
    }

    /// Whether a request or a poll is outstanding.
    pub(crate) const fn is_running(&self) -> bool {
        matches!(self.state, ConversionState::Running | ConversionState::Polling)
    }

    /// Nothing more is to be sent.
    pub(crate) fn stop(&mut self) {
        (self.wanted, self.deferral, self.limit_due) = (false, None, Due::NEVER);
    }

    /// As the public model of agents calls it.
    pub(crate) const fn status(&self) -> &'static str {
        match self.state {
            ConversionState::NotStarted => "not-started",
            ConversionState::Running => "started",
            ConversionState::Polling => "polling",
            ConversionState::Converted if self.was_converted_before => "already-converted",
            ConversionState::Converted => "success",
            ConversionState::Failed => "failed",
        }
    }

    /// As the APIC's property `dlcOperState` says it; none before the first conversion.
    pub(crate) const fn operational_state(&self) -> Option<&'static str> {
        match self.state {
            ConversionState::NotStarted => None,
            ConversionState::Running | ConversionState::Polling => Some("in-progress"),
            ConversionState::Converted => Some("success"),
            ConversionState::Failed => Some("failed"),
        }
    }
}
