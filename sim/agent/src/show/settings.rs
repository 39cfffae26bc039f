//! The blocks about settings, account, policy and reporting that `all`, `status` and `tech
//! support` share.

use compact_str::CompactString;
use muster_wire::proposed::policy::ReportingDays;

use super::Shown;
use super::page::{Page, one_line};
use super::stamp::stamp;
use super::udis::pid_sn;
use crate::input::TransportKind;
use crate::platform::{LicenseClass, PlatformLicense};

/// Type of the transport, as printed.
pub(super) const fn transport_type(kind: TransportKind) -> &'static str {
    match kind {
        TransportKind::Smart => "Smart",
        TransportKind::Cslu => "cslu",
        TransportKind::Off => "Transport Off",
    }
}

/// Title and greeting of `all` and `tech support`.
pub(super) fn enabled(page: &mut Page) {
    page.heading("Smart Licensing Status");
    page.blank();
    page.line(0, "Smart Licensing is ENABLED");
    page.blank();
    page.line(0, "License Conversion:");
    page.fact(2, "Automatic Conversion Enabled", "False");
    page.blank();
    page.line(0, "Export Authorization Key:");
    page.line(2, "Features Authorized:");
    page.line(4, "<none>");
    page.blank();
}

pub(super) fn modes(page: &mut Page) {
    page.line(0, "Utility:");
    page.fact(2, "Status", "DISABLED");
    page.blank();
    page.line(0, "Smart Licensing Using Policy:");
    page.fact(2, "Status", "ENABLED");
    page.blank();
}

/// The accounts the trust code belongs to. Assumed: they are as of its installation.
pub(super) fn account(page: &mut Page, shown: &Shown<'_>) {
    let name = |name: &Option<CompactString>| one_line(name.as_deref().unwrap_or_default());
    let mut smart = name(&shown.view.smart_account);
    if shown.view.smart_account.is_some() && shown.log.times().trust_installed_ms.is_some() {
        smart += &format!(" As of {}", stamp(shown.log.times().trust_installed_ms));
    }
    page.line(0, "Account Information:");
    page.fact(2, "Smart Account", smart);
    page.fact(2, "Virtual Account", name(&shown.view.virtual_account));
    page.blank();
}

pub(super) fn privacy(page: &mut Page) {
    page.line(0, "Data Privacy:");
    page.fact(2, "Sending Hostname", "yes");
    page.fact(4, "Callhome hostname privacy", "DISABLED");
    page.fact(4, "Smart Licensing hostname privacy", "DISABLED");
    page.fact(2, "Version privacy", "DISABLED");
    page.blank();
}

/// Type and address, without what follows.
pub(super) fn transport_head(page: &mut Page, shown: &Shown<'_>) {
    page.line(0, "Transport:");
    page.fact(2, "Type", transport_type(shown.view.transport));
    let url = shown.server_url.map_or_else(|| "<empty>".to_owned(), one_line);
    match shown.view.transport {
        TransportKind::Smart => page.fact(2, "URL", url),
        TransportKind::Cslu => page.fact(2, "Cslu address", url),
        TransportKind::Off => {}
    }
}

pub(super) fn transport(page: &mut Page, shown: &Shown<'_>) {
    transport_head(page, shown);
    page.line(2, "Proxy:");
    page.line(4, "Not Configured");
    page.fact(2, "VRF", "<empty>");
    page.blank();
}

pub(super) fn miscellaneous(page: &mut Page) {
    page.line(0, "Miscellaneous:");
    page.fact(2, "Custom Id", "<empty>");
    page.blank();
}

pub(super) fn policy(page: &mut Page, shown: &Shown<'_>) {
    let policy = &shown.view.policy;
    let whose = if policy.installed { "Customer Policy" } else { "CISCO default" };
    page.line(0, "Policy:");
    if policy.installed {
        let when = stamp(shown.log.times().policy_installed_ms);
        page.fact(2, "Policy in use", format_args!("Installed On {when}"));
        page.fact(2, "Policy name", one_line(&policy.name));
    } else {
        page.fact(2, "Policy in use", "Merged from multiple sources.");
    }
    let required = if policy.acknowledgement_required { "yes" } else { "no" };
    page.fact(2, "Reporting ACK required", format_args!("{required} ({whose})"));
    for (title, days) in [
        ("Unenforced/Non-Export Perpetual Attributes", policy.perpetual),
        ("Unenforced/Non-Export Subscription Attributes", policy.subscription),
        ("Enforced (Perpetual/Subscription) License Attributes", policy.enforced),
        ("Export (Perpetual/Subscription) License Attributes", policy.export),
    ] {
        page.line(2, format_args!("{title}:"));
        let mut row = |name, days: u32| {
            page.fact(4, name, format_args!("{days} ({whose})"));
        };
        row("First report requirement (days)", days.first_report_days);
        row("Reporting frequency (days)", days.report_interval_days);
        row("Report on change (days)", days.on_change_days);
    }
    page.blank();
}

/// When usage was and will be reported; `detail` follows the interval.
pub(super) fn usage_reporting(page: &mut Page, shown: &Shown<'_>, detail: &str) {
    let view = shown.view;
    let usage_polls = view.polls.iter().filter(|poll| poll.r#type == "LICENSE_USAGE");
    let next_poll_ms = usage_polls.map(|poll| poll.poll_time_ms).min();
    let interval = format!("{}  days{detail}", view.report_interval_days);
    page.line(0, "Usage Reporting:");
    page.fact(2, "Last ACK received", stamp(view.last_ack_ms));
    page.fact(2, "Next ACK deadline", stamp(view.ack_deadline_ms));
    page.fact(2, "Reporting push interval", interval);
    page.fact(2, "Next ACK push check", stamp(next_poll_ms));
    page.fact(2, "Next report push", stamp(view.next_report_due_ms));
    page.fact(2, "Last report push", stamp(view.last_report_ms));
    page.fact(2, "Last report file write", stamp(shown.log.times().file_written_ms));
    page.blank();
}

/// ` State(4) InPolicy(60)`. Assumed: 2 before the first report and 4 after it, and the days are
/// the fewest that the policy gives a licence in use.
pub(super) fn policy_state(shown: &Shown<'_>) -> String {
    let reported = shown.view.last_report_ms.is_some();
    let days = |days: ReportingDays| match days.report_interval_days {
        0 => days.first_report_days,
        interval => interval,
    };
    let in_use = shown.view.licenses.iter().filter(|license| license.count > 0);
    let classes = in_use.filter_map(|license| of_feature(shown, &license.feature));
    let least = classes
        .map(|license| days(terms(shown, license.class)))
        .filter(|days| *days > 0)
        .min()
        .unwrap_or(0);
    format!(" State({}) InPolicy({least})", if reported { 4 } else { 2 })
}

/// Which UDIs have a trust code.
pub(super) fn trust_code(page: &mut Page, shown: &Shown<'_>) {
    if shown.view.trust_id == 0 {
        page.line(0, "Trust Code Installed: <none>");
    } else {
        let when = stamp(shown.log.times().trust_installed_ms);
        page.line(0, "Trust Code Installed:");
        page.fact(2, "Active", pid_sn(shown));
        page.line(4, format_args!("INSTALLED on {when}"));
    }
    page.blank();
}

/// The platform's licence for a feature.
pub(super) fn of_feature<'a>(shown: &Shown<'a>, feature: &str) -> Option<&'a PlatformLicense> {
    shown.platform.licenses.iter().find(|license| license.feature == feature)
}

const fn terms(shown: &Shown<'_>, class: LicenseClass) -> ReportingDays {
    let policy = &shown.view.policy;
    match class {
        LicenseClass::Perpetual => policy.perpetual,
        LicenseClass::Subscription => policy.subscription,
        LicenseClass::Enforced => policy.enforced,
        LicenseClass::Export => policy.export,
    }
}
