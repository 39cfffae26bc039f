//! A closed report: what it says, and what became of it.

use muster_wire::PollId;

use super::{CloseReason, moved};
use crate::account::Identifier;
use crate::effects::Effects;
use crate::few::Few;
use crate::platform::{Platform, PlatformLicense};
use crate::policy::measurement::Measured;
use crate::policy::rum_report_state::{RumReportInput, RumReportState};

/// A closed report.
#[derive(Clone, Debug)]
pub(crate) struct StoredReport {
    pub(crate) id: u64,
    pub(super) previous: u64,
    pub(super) next: u64,
    pub(super) start_s: u64,
    pub(super) end_s: u64,
    /// None once acknowledged.
    pub(crate) content: Option<Box<Content>>,
    pub(super) license: u8,
    pub(crate) state: RumReportState,
    pub(crate) reason: CloseReason,
    pub(super) ever_sent: bool,
}

/// What a closed report needs until it is acknowledged.
#[derive(Clone, Debug)]
pub(crate) struct Content {
    /// Poll that covers it, while unacknowledged.
    pub(super) poll: Option<u64>,
    pub(crate) measured: Few<Measured>,
    pub(crate) author: Author,
    /// The signature; closing freezes the payload, and this is put on with the trust in force when
    /// it is sent (Assumed), because a server validates a report by the current trust id.
    pub(crate) signature: Option<Signature>,
}

/// Who the instance was when it closed a report. With what was measured every byte of the payload
/// follows from it, so the text is written when it goes out and held by nobody.
#[derive(Clone, Debug)]
pub(crate) struct Author {
    /// Identifier given with the trust code.
    pub(crate) product_instance: Identifier,
    /// How many UDIs there were.
    pub(crate) members: u8,
}

/// A signature over a payload.
#[derive(Clone, Debug)]
pub(crate) struct Signature {
    /// Trust id it was made under.
    pub(crate) trust_id: u64,
    /// Base64.
    pub(crate) value: Box<str>,
}

impl StoredReport {
    pub(crate) fn license_on(&self, platform: &'static Platform) -> &'static PlatformLicense {
        &platform.licenses[usize::from(self.license)]
    }

    pub(super) fn poll(&self) -> Option<PollId> {
        self.content.as_ref()?.poll.map(PollId)
    }

    pub(super) fn set_poll(&mut self, poll: Option<PollId>) {
        if let Some(content) = &mut self.content {
            content.poll = poll.map(|poll| poll.0);
        }
    }

    /// Moves the report if the table allows it.
    pub(super) fn on(&mut self, input: RumReportInput, effects: &mut Effects<'_>) -> bool {
        let Ok(to) = self.state.on(input) else { return false };
        moved(self.id, Some(self.state), to, input.as_str(), effects);
        self.state = to;
        true
    }
}
