//! How many RUM reports there are, by how far they have come.
//!
//! Assumed, from how the numbers of the public samples add up: what still measures can be
//! reported, what was sent waits, and the total is these two and what was acknowledged.

use super::Shown;
use super::page::Page;

/// The counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) total: u64,
    pub(super) purged: u64,
    pub(super) acknowledged: u64,
    pub(super) waiting: u64,
    pub(super) available: u64,
    pub(super) collecting: u64,
    pub(super) stored: u64,
}

impl Counts {
    pub(super) fn of(shown: &Shown<'_>) -> Self {
        let of = |states: &[&str]| {
            let reports = shown.view.reports.iter();
            reports.filter(|report| states.contains(&report.state)).count() as u64
        };
        let acknowledged = u64::from(shown.view.acknowledged);
        let (waiting, collecting) = (of(&["pending", "unacknowledged"]), of(&["open"]));
        let available = of(&["closed", "open"]);
        Self {
            total: acknowledged + waiting + available,
            purged: acknowledged.saturating_sub(of(&["acknowledged"])),
            acknowledged,
            waiting,
            available,
            collecting,
            stored: shown.view.reports.len() as u64,
        }
    }
}

/// The block of `all`.
pub(super) fn block(page: &mut Page, shown: &Shown<'_>) {
    let counts = Counts::of(shown);
    page.heading("Usage Report Summary:");
    page.line(0, format_args!("Total: {},  Purged: {}", counts.total, counts.purged));
    page.line(
        0,
        format_args!(
            "Total Acknowledged Received: {},  Waiting for Ack: {}",
            counts.acknowledged, counts.waiting
        ),
    );
    available(page, counts);
}

pub(super) fn available(page: &mut Page, counts: Counts) {
    page.line(
        0,
        format_args!(
            "Available to Report: {}  Collecting Data: {}",
            counts.available, counts.collecting
        ),
    );
}
