//! The jobs an instance has planned.
//!
//! Assumed: an agent plans its next sample, report and poll, and nothing else; the jobs of the
//! public samples that it does not have show as not planned.

use super::super::Shown;
use super::super::page::Page;
use super::super::stamp::{span, stamp};

/// Samples are taken every quarter of an hour (public).
const SAMPLE_MS: u64 = 15 * 60 * 1000;

pub(super) fn block(page: &mut Page, shown: &Shown<'_>) {
    let view = shown.view;
    let in_use = view.licenses.iter().any(|license| license.count > 0);
    let poll_ms = view.polls.iter().map(|poll| poll.poll_time_ms).min();
    page.heading("Upcoming Scheduled Jobs");
    page.fact(0, "Current time", stamp(Some(shown.now_ms)));
    for (name, due_ms) in [
        ("Daily", None),
        ("Init Flag Check", None),
        ("Reservation configuration mismatch between nodes in HA mode", None),
        ("Retrieve data processing result", poll_ms),
        ("Start Utility Measurements", in_use.then(|| next_sample_ms(shown))),
        ("Send Utility RUM reports", view.next_report_due_ms),
        ("Save unreported RUM Reports", None),
        ("Process Utility RUM reports", None),
        ("Telemetry Reporting", None),
        ("Authorization Code Process", None),
        ("Data Synchronization", None),
        ("External Event", None),
        ("Operational Model", None),
    ] {
        page.fact(0, name, planned(due_ms, shown.now_ms));
    }
    page.blank();
}

fn planned(due_ms: Option<u64>, now_ms: u64) -> String {
    due_ms.map_or("Expired Not Rescheduled".to_owned(), |at_ms| {
        let left = span(at_ms.saturating_sub(now_ms));
        format!("{} ({left} remaining)", stamp(Some(at_ms)))
    })
}

/// On the grid of the report that was opened first.
fn next_sample_ms(shown: &Shown<'_>) -> u64 {
    let open = shown.view.reports.iter().filter(|report| report.state == "open");
    let start_ms = open.map(|report| report.start.saturating_mul(1000)).min().unwrap_or(0);
    let passed = shown.now_ms.saturating_sub(start_ms) / SAMPLE_MS;
    start_ms.saturating_add((passed + 1).saturating_mul(SAMPLE_MS))
}
