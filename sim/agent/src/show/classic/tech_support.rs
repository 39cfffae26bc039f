//! `show license tech support`.
//!
//! Assumed: everything after what `show license all` prints, too; no source shows this text of the
//! classic era. It is what else an agent knows.

use super::{ClassicShown, all};
use crate::show::page::{Page, one_line};
use crate::show::stamp::{span, stamp};

pub(super) fn text(shown: &ClassicShown<'_>) -> String {
    let mut page = Page::default();
    page.line(0, "Smart Licensing Tech Support info");
    page.blank();
    all::blocks(&mut page, shown);
    page.blank();
    evaluation(&mut page, shown);
    jobs(&mut page, shown);
    certificates(&mut page, shown);
    statistics(&mut page, shown);
    exports(&mut page, shown);
    third_party_key(&mut page, shown);
    faults(&mut page, shown);
    page.into_text()
}

fn evaluation(page: &mut Page, shown: &ClassicShown<'_>) {
    let view = &shown.view.evaluation;
    page.heading("Evaluation Period");
    page.fact(0, "Evaluation In Use", if view.in_use { "True" } else { "False" });
    page.fact(0, "Evaluation Expired", if view.left_ms == 0 { "True" } else { "False" });
    page.fact(0, "Evaluation Period Remaining", span(view.left_ms));
    page.blank();
}

fn jobs(page: &mut Page, shown: &ClassicShown<'_>) {
    let view = shown.view;
    page.heading("Upcoming Scheduled Jobs");
    page.fact(0, "Current time", stamp(Some(shown.now_ms)));
    for (name, due_ms) in [
        ("IdCert Renewal", view.id_certificate.next_renewal_ms),
        ("Authorization Renewal", view.authorization.next_communication_ms),
        ("Authorization Refresh", view.authorization.next_refresh_ms),
        ("Authorization Expiration", view.authorization.communication_deadline_ms),
        ("Conversion Poll", view.conversion.poll_due_ms),
        ("Retry", view.retry_due_ms),
    ] {
        let planned = due_ms.map_or("Expired Not Rescheduled".to_owned(), |at_ms| {
            let left = span(at_ms.saturating_sub(shown.now_ms));
            format!("{} ({left} remaining)", stamp(Some(at_ms)))
        });
        page.fact(0, name, planned);
    }
    page.blank();
}

fn certificates(page: &mut Page, shown: &ClassicShown<'_>) {
    let (view, registration) = (&shown.view.id_certificate, &shown.view.registration);
    page.heading("License Certificates");
    page.fact(0, "Production Cert", "False");
    match &view.serial {
        Some(serial) => {
            let id = registration.product_instance_identifier.as_deref().unwrap_or_default();
            page.fact(0, "PIID", one_line(id));
            page.line(0, "Id Cert Info:");
            let (from, to) = (stamp(view.not_before_ms), stamp(view.not_after_ms));
            page.line(2, format_args!("Start Date: {from}. Expiration Date: {to}"));
            page.fact(2, "Serial Number", one_line(serial));
        }
        None => page.line(0, "Not registered. No certificates installed"),
    }
    page.blank();
}

fn statistics(page: &mut Page, shown: &ClassicShown<'_>) {
    page.heading("Communication Statistics:");
    for class in &shown.view.statistics {
        let (name, success, fail) = (class.class, class.success, class.fail);
        page.line(0, format_args!("{name}: Success={success}, Fail={fail}"));
    }
    page.blank();
}

fn exports(page: &mut Page, shown: &ClassicShown<'_>) {
    if shown.view.exports.is_empty() {
        return;
    }
    page.heading("Export Authorizations");
    for export in &shown.view.exports {
        let (feature, count) = (&export.feature, export.count);
        page.line(0, format_args!("{feature}: {} Count: {count}", export.state));
        page.fact(2, "Next Poll", stamp(export.poll_due_ms));
    }
    page.blank();
}

fn third_party_key(page: &mut Page, shown: &ClassicShown<'_>) {
    let Some(key) = &shown.view.third_party_key else { return };
    page.heading("Third Party Keys");
    page.line(
        0,
        format_args!("{} ({}): {}", one_line(&key.name), one_line(&key.routing), key.state),
    );
    page.fact(2, "Key Id", key.key_id);
    page.fact(2, "Failure reason", one_line(key.failure_reason.as_deref().unwrap_or_default()));
    page.blank();
}

fn faults(page: &mut Page, shown: &ClassicShown<'_>) {
    if shown.platform.fabric.is_none() {
        return;
    }
    page.heading("Faults");
    if shown.view.faults.is_empty() {
        page.line(0, "<none>");
    }
    for fault in &shown.view.faults {
        let severity = format!("{:?}", fault.severity).to_lowercase();
        let (kind, detail) = (fault.kind.as_str(), one_line(&fault.detail));
        page.line(0, format_args!("{severity} {kind}: {detail}"));
    }
}
