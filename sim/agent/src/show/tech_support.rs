//! `show license tech support`.
//!
//! Assumed: what describes hardware and software of a real instance is as in the public samples.

use compact_str::CompactString;

use super::Shown;
use super::authorization;
use super::entitlement::{self, VERSION};
use super::page::{Page, one_line};
use super::settings;
use super::stamp::stamp;
use super::summary_of_reports::{self, Counts};
use super::udis::{self, pid_sn};
use crate::platform::PlatformLicense;

mod jobs;
mod other_info;
mod statistics;

pub(super) fn text(shown: &Shown<'_>) -> String {
    let mut page = Page::default();
    page.line(0, "Smart Licensing Tech Support info");
    page.blank();
    settings::enabled(&mut page);
    settings::modes(&mut page);
    settings::account(&mut page, shown);
    settings::privacy(&mut page);
    transport(&mut page, shown);
    settings::miscellaneous(&mut page);
    settings::policy(&mut page, shown);
    settings::usage_reporting(&mut page, shown, &settings::policy_state(shown));
    page.heading("License Usage");
    handles(&mut page, shown);
    page.heading("Product Information");
    udis::list(&mut page, shown);
    page.heading("Agent Version");
    page.fact(0, "Smart Agent for Licensing", &shown.platform.agent_version);
    page.blank();
    jobs::block(&mut page, shown);
    statistics::block(&mut page, shown);
    roles(&mut page);
    reservation(&mut page, shown);
    reports(&mut page, shown);
    other_info::block(&mut page, shown);
    mapping(&mut page, shown);
    page.into_text()
}

fn transport(page: &mut Page, shown: &Shown<'_>) {
    settings::transport_head(page, shown);
    page.line(2, "Proxy:");
    for name in ["Address", "Port", "Username", "Password"] {
        page.fact(4, name, "<empty>");
    }
    page.fact(2, "Server Identity Check", "True");
    page.fact(2, "VRF", "<empty>");
    page.blank();
}

/// Every licence of the product, used or not. Assumed: the numbers of status are those of the
/// public MIB.
fn handles(page: &mut Page, shown: &Shown<'_>) {
    for (handle, license) in (1..).zip(&shown.platform.licenses) {
        let used = shown.view.licenses.iter().find(|used| used.feature == license.feature);
        let count = used.map_or(0, |used| used.count);
        let times = shown.log.times().license(&license.feature);
        page.fact(0, "Handle", handle);
        page.fact(2, "License", &license.feature);
        page.fact(2, "Entitlement Tag", license.tag.as_str());
        page.fact(2, "Description", license.description());
        page.fact(2, "Count", count);
        page.fact(2, "Version", VERSION);
        page.fact(2, "Status", if count > 0 { "IN USE(15)" } else { "NOT IN USE(1)" });
        page.fact(2, "Status time", stamp(times.status_ms));
        let request = times.request_ms.map_or("None".to_owned(), |at_ms| stamp(Some(at_ms)));
        page.fact(2, "Request Time", request);
        entitlement::kind(page, shown, license);
        measurements(page, shown, license, count);
        page.fact(2, "Soft Enforced", "True");
        page.blank();
    }
}

fn measurements(page: &mut Page, shown: &Shown<'_>, license: &PlatformLicense, count: u32) {
    let mut reports = shown.view.reports.iter().filter(|one| one.feature == license.feature);
    let open = reports.find(|report| report.state == "open");
    let (current, previous) = open.map_or((0, 0), |open| (open.report_id, open.previous));
    page.line(2, "Measurements:");
    page.line(4, "ENTITLEMENT:");
    page.fact(6, "Interval", "00:15:00");
    page.fact(6, "Current Value", count);
    page.line(6, format_args!("Current Report: {current}       Previous: {previous}"));
}

fn roles(page: &mut Page) {
    page.heading("License Certificates");
    page.fact(0, "Production Cert", "True");
    page.line(0, "Not registered. No certificates installed");
    page.blank();
    page.ruled("HA Info", 10);
    for (name, value) in [
        ("RP Role", "Active"),
        ("Chassis Role", "Active"),
        ("Behavior Role", "Active"),
        ("RMF", "True"),
        ("CF", "True"),
        ("CF State", "Stateless"),
        ("Message Flow Allowed", "False"),
    ] {
        page.fact(0, name, value);
    }
    page.blank();
}

fn reservation(page: &mut Page, shown: &Shown<'_>) {
    page.heading("Reservation Info");
    page.fact(0, "License reservation", "DISABLED");
    page.blank();
    page.line(0, "Overall status:");
    page.fact(2, "Active", pid_sn(shown));
    page.fact(6, "Reservation status", authorization::status(shown));
    page.fact(6, "Request code", "<none>");
    let code = |code: &Option<CompactString>| one_line(code.as_deref().unwrap_or_default());
    page.fact(6, "Last return code", code(&shown.view.authorization.last_return_code));
    page.fact(6, "Last Confirmation code", code(&shown.view.authorization.last_confirmation_code));
    page.fact(6, "Reservation authorization code", "<none>");
    page.blank();
    page.line(0, "Specified license reservations:");
    page.blank();
    page.line(0, "Purchased Licenses:");
    page.line(2, "No Purchase Information Available");
    page.blank();
}

fn reports(page: &mut Page, shown: &Shown<'_>) {
    let counts = Counts::of(shown);
    let (purged, waiting) = (counts.purged, counts.waiting);
    let unacknowledged = counts.total - counts.acknowledged;
    page.heading("Usage Report Summary:");
    page.line(0, format_args!("Total: {},  Purged: {purged}({purged})", counts.total));
    page.line(
        0,
        format_args!(
            "Total Acknowledged Received: {},  Waiting for Ack: {waiting}({unacknowledged})",
            counts.acknowledged
        ),
    );
    summary_of_reports::available(page, counts);
    let (total, stored) = (counts.total, counts.stored);
    page.line(0, format_args!("Maximum Display: {total}  In Storage: {stored},  MIA: 0(0)"));
    page.fact(0, "Report Module Status", "Ready");
    page.blank();
    if shown.platform.capabilities.iter().any(|capability| capability == "TELEMETRY") {
        page.heading("Device Telemetry Report Summary:");
        page.fact(0, "Data Channel", "NOT AVAILABLE");
        page.fact(0, "Reports on disk", 0);
        page.blank();
        settings::trust_code(page, shown);
    }
}

/// Assumed: the number after a tag is that of its enforcement in the public YANG model.
fn mapping(page: &mut Page, shown: &Shown<'_>) {
    let (platform, udi) = (shown.platform, &shown.view.udi);
    page.heading("Platform Provided Mapping Table");
    let total = platform.licenses.len();
    page.line(2, format_args!("{}: Total licenses found: {total}", platform.product_id));
    let export = platform.licenses.iter().filter(|license| license.is_export_controlled());
    let mut export = export.peekable();
    if export.peek().is_some() {
        page.line(0, "Enforced Licenses:");
        page.line(2, format_args!("{udi}:"));
    }
    for license in export {
        let tag = license.tag.as_str();
        page.line(4, format_args!("{}: {tag} (3)", license.feature));
    }
}
