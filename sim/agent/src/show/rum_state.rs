//! How far a RUM report has come, in the words of the shows.
//!
//! Source: Troubleshoot SLP on 9800, "License Usage Reporting" (`OPEN`, `CLOSED`, `ACK`; flags `P`
//! and `N`). Assumed: what was sent and is not acknowledged is `CLOSED` with flag `P`.

use crate::view::ReportView;

pub(super) fn state(report: &ReportView) -> &'static str {
    match report.state {
        "open" => "OPEN",
        "acknowledged" => "ACK",
        _ => "CLOSED",
    }
}

pub(super) fn flag(report: &ReportView) -> &'static str {
    match report.state {
        "pending" | "unacknowledged" => "P",
        _ => "N",
    }
}

/// Why the report is in its state. Assumed: `REPORTING` from the moment it is sent.
pub(super) fn change_reason(report: &ReportView) -> &'static str {
    match report.state {
        "acknowledged" => "ACKED",
        "pending" | "unacknowledged" => "REPORTING",
        _ => "None",
    }
}

/// Public: what is acknowledged is gone from storage, though it is still listed.
pub(super) fn storage(report: &ReportView) -> &'static str {
    if report.state == "acknowledged" { "DELETED" } else { "EXIST" }
}
