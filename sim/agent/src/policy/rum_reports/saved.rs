//! The saved form and the size of reports, and whether restored ones could be an agent's.

use super::{
    CloseReason, Content, More, OpenReport, RumReports, STORED_REPORTS_MAX, Series, Signature,
    StoredReport, Wanted,
};
use crate::heap::{Heap, heap};
use crate::platform::Platform;
use crate::policy::measurement::{MEASUREMENTS_MAX, Measured};
use crate::policy::rum_report_state::RumReportState;
use crate::saved::{saved_enum, saved_struct};

heap!(Measured {});
heap!(More { measured });
heap!(OpenReport { more });
heap!(Signature { value });
heap!(StoredReport { content });
heap!(RumReports { series, stored });

impl Heap for Series {
    fn heap_bytes(&self) -> usize {
        self.open.as_ref().map_or(0, OpenReport::heap_bytes)
    }
}

impl Heap for Content {
    fn heap_bytes(&self) -> usize {
        let signature = self.signature.as_ref().map_or(0, Signature::heap_bytes);
        self.payload.heap_bytes() + signature
    }
}

saved_struct!(Measured { log_s, start_s, end_s, count, clock_change_delta_s });
saved_struct!(More { offset_ms, measured, clock_change_delta_s });
saved_struct!(OpenReport { id, log_s, start_s, more });
saved_struct!(Series { license, count, last_id, open });
saved_struct!(Signature { trust_id, value });
saved_struct!(Content { poll, payload, signature });
saved_struct!(StoredReport {
    id,
    previous,
    next,
    start_s,
    end_s,
    content,
    license,
    state,
    reason,
    ever_sent,
});
saved_struct!(RumReports { series, stored, next_id, acknowledged, wanted });
saved_enum!(CloseReason, [Self::CurrentUsageRequested, Self::ProductReload]);
saved_enum!(Wanted, [Self::Nothing, Self::Closed, Self::Current]);

impl RumReports {
    /// Whether restored reports are such as an agent on `platform` could have.
    pub(crate) fn are_possible(&self, platform: &Platform) -> bool {
        let listed = |license: u8| usize::from(license) < platform.licenses.len();
        let series = |(at, one): (usize, &Series)| {
            let twice = self.series[..at].iter().any(|other| other.license == one.license);
            let open = one.open.as_ref().is_none_or(|open| self.is_possible(open));
            listed(one.license) && !twice && open && one.last_id <= self.next_id
        };
        let stored = |one: &StoredReport| {
            use RumReportState::{Acknowledged, Deleted, Open};
            let closed = !matches!(one.state, Open | Deleted);
            let content = (one.state == Acknowledged) == one.content.is_none();
            listed(one.license) && closed && content && one.start_s <= one.end_s
        };
        self.stored.len() <= STORED_REPORTS_MAX
            && self.series.iter().enumerate().all(series)
            && self.stored.iter().all(stored)
    }

    fn is_possible(&self, open: &OpenReport) -> bool {
        let more = open.more.as_ref().is_none_or(|more| {
            let ordered = |one: &Measured| one.start_s <= one.end_s;
            more.measured.len() <= MEASUREMENTS_MAX && more.measured.iter().all(ordered)
        });
        more && open.id.get() <= self.next_id
    }
}
