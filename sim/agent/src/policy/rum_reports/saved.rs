//! The saved form and the size of reports, and whether restored ones could be an agent's.

use super::{
    Author, CloseReason, Content, More, OpenReport, RumReports, STORED_REPORTS_MAX, Series,
    Signature, StoredReport, Wanted,
};
use crate::heap::{Heap, heap};
use crate::platform::Platform;
use crate::policy::measurement::{MEASUREMENTS_MAX, Measured};
use crate::policy::rum_report_state::RumReportState;
use crate::saved::{saved_enum, saved_struct};

heap!(Measured {});
heap!(More { measured });
heap!(OpenReport { more });
heap!(Author { product_instance });
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
        self.measured.heap_bytes() + self.author.heap_bytes() + signature
    }
}

saved_struct!(Measured { log_s, start_s, end_s, count, clock_change_delta_s });
saved_struct!(More { offset_ms, measured, clock_change_delta_s });
saved_struct!(OpenReport { id, log_s, start_s, more });
saved_struct!(Series { license, count, last_id, open });
saved_struct!(Signature { trust_id, value });
saved_struct!(Author { product_instance, members });
saved_struct!(Content { poll, measured, author, signature });
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
            let has_content = (one.state == Acknowledged) == one.content.is_none();
            let content = one.content.as_ref().is_none_or(|content| {
                let members = 1..=platform.members_max();
                are_ordered(&content.measured) && members.contains(&content.author.members)
            });
            listed(one.license) && closed && has_content && content && one.start_s <= one.end_s
        };
        self.stored.len() <= STORED_REPORTS_MAX
            && self.series.iter().enumerate().all(series)
            && self.stored.iter().all(stored)
    }

    fn is_possible(&self, open: &OpenReport) -> bool {
        let more = open.more.as_ref().is_none_or(|more| {
            more.measured.len() <= MEASUREMENTS_MAX && are_ordered(&more.measured)
        });
        more && open.id.get() <= self.next_id
    }
}

fn are_ordered(measured: &[Measured]) -> bool {
    measured.len() <= MEASUREMENTS_MAX + 1 && measured.iter().all(|one| one.start_s <= one.end_s)
}
