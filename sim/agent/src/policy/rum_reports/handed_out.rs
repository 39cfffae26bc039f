//! Which reports a file or a collector gets.
//!
//! Source: the public YANG model (`rum-save-usage-all`, `-unreported`, `-days`).

use super::{RumReports, StoredReport};
use crate::effects::Effects;
use crate::input::UsageSelection;
use crate::policy::rum_report_state::{RumReportInput, RumReportState};

const DAY_S: u64 = 24 * 60 * 60;

/// Bytes of payload handed out at once; a payload grows by a quarter when its quotes are escaped,
/// and the whole must fit an artefact. What is left out is handed out once these are acknowledged,
/// or one by one.
const PAYLOAD_BYTES_MAX: usize = 4 * 1024 * 1024;

/// What a payload takes at most, in either layout: itself, and each of its measurements and UDIs.
const PAYLOAD_BYTES: usize = 1024;
const MEASUREMENT_BYTES: usize = 384;
const MEMBER_BYTES: usize = 128;

impl RumReports {
    /// Marks the reports of a selection as handed out, oldest first; their ids, in order.
    pub(crate) fn hand_out(
        &mut self,
        which: UsageSelection,
        now_s: u64,
        effects: &mut Effects<'_>,
    ) -> Vec<u64> {
        let (mut ids, mut bytes) = (Vec::new(), 0_usize);
        for stored in self.stored.iter_mut().filter(|one| is_chosen(one, which, now_s)) {
            bytes = bytes.saturating_add(stored.payload_bytes());
            if bytes > PAYLOAD_BYTES_MAX && !ids.is_empty() {
                break;
            }
            if stored.state == RumReportState::Closed {
                stored.on(RumReportInput::HandedOver, effects);
                stored.on(RumReportInput::NoReply, effects);
            }
            stored.ever_sent = true;
            ids.push(stored.id);
        }
        ids
    }

    /// Whether a closed report is held that is not acknowledged.
    pub(crate) fn has_unacknowledged(&self) -> bool {
        self.stored.iter().any(|stored| stored.content.is_some())
    }

    /// How many of a licence are in use.
    pub(crate) fn count_of(&self, license: u8) -> u32 {
        self.series.iter().find(|series| series.license == license).map_or(0, |series| series.count)
    }
}

impl StoredReport {
    /// The most its payload can take once it is written.
    fn payload_bytes(&self) -> usize {
        self.content.as_ref().map_or(0, |content| {
            PAYLOAD_BYTES
                + MEASUREMENT_BYTES * content.measured.len()
                + MEMBER_BYTES * usize::from(content.author.members)
        })
    }
}

fn is_chosen(stored: &StoredReport, which: UsageSelection, now_s: u64) -> bool {
    stored.content.is_some()
        && match which {
            UsageSelection::All => true,
            UsageSelection::Unreported => stored.state == RumReportState::Closed,
            UsageSelection::Days(days) => {
                stored.end_s >= now_s.saturating_sub(u64::from(days) * DAY_S)
            }
            UsageSelection::Report(id) => stored.id == id,
        }
}
