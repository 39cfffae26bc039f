//! `show license rum id <number> detail`.
//!
//! Source: Troubleshoot SLP on 9800, "show license rum id … detail". Assumed: the transaction is
//! the poll the report awaits, and the answer for a number that is not stored.

use super::page::Page;
use super::stamp::stamp_s;
use super::udis::pid_sn;
use super::{Shown, rum_state};

/// Length of the rule under the title.
const RULE: usize = 36;

pub(super) fn text(shown: &Shown<'_>, report_id: u64) -> String {
    let mut page = Page::default();
    let Some(report) = shown.view.reports.iter().find(|one| one.report_id == report_id) else {
        page.line(0, format_args!("% Report Id {report_id} is not stored."));
        return page.into_text();
    };
    let (state, reason) = (rum_state::state(report), rum_state::change_reason(report));
    page.ruled("Smart Licensing Usage Report Detail:", RULE);
    page.fact(0, "Report Id", report.report_id);
    page.fact(2, "Metric Name", "ENTITLEMENT");
    page.fact(2, "Feature Name", &report.feature);
    page.fact(2, "Metric Value", &report.tag);
    page.fact(2, "UDI", pid_sn(shown));
    page.line(
        2,
        format_args!("Previous Report Id: {},    Next Report Id: {}", report.previous, report.next),
    );
    page.line(2, format_args!("State: {state},      State Change Reason: {reason}"));
    page.fact(2, "Close Reason", report.close_reason.unwrap_or("None"));
    let (start, end) = (stamp_s(report.start), stamp_s(report.end));
    page.line(2, format_args!("Start Time: {start},      End Time: {end}"));
    page.fact(2, "Storage State", rum_state::storage(report));
    page.fact(2, "Transaction ID", report.poll_id.unwrap_or(0));
    page.fact(2, "Transaction Message", "<none>");
    page.into_text()
}
