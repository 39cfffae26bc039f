//! The blocks about registration and authorization.
//!
//! Public: lines and words of a registered and of a new instance. Assumed: the lines of an attempt
//! that failed or is to be repeated, and of an evaluation period that is over.

use super::ClassicShown;
use crate::classic::view::{AttemptView, RegistrationView};
use crate::show::page::{Page, one_line};
use crate::show::stamp::{span, stamp};

/// Whether a block says when things happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Detail {
    Full,
    Summary,
}

pub(super) fn registration(page: &mut Page, shown: &ClassicShown<'_>, detail: Detail) {
    let (view, certificate) = (&shown.view.registration, &shown.view.id_certificate);
    page.line(0, "Registration:");
    page.fact(2, "Status", view.status);
    if view.registered {
        page.fact(2, "Smart Account", one_line(view.smart_account.as_deref().unwrap_or_default()));
        let name = view.virtual_account.as_deref().unwrap_or_default();
        page.fact(2, "Virtual Account", one_line(name));
    }
    let allowed = view.export_controlled_allowed == Some(true);
    let allowed = if allowed { "ALLOWED" } else { "NOT ALLOWED" };
    page.fact(2, "Export-Controlled Functionality", allowed);
    if detail == Detail::Full {
        initial(page, view);
    }
    if view.state == "retry" {
        page.fact(2, "Next Registration Attempt", stamp(shown.view.retry_due_ms));
    }
    if view.registered {
        attempt(page, "Last Renewal Attempt", certificate.last_renewal.as_ref(), detail);
        page.fact(2, "Next Renewal Attempt", stamp(certificate.next_renewal_ms));
        if detail == Detail::Full {
            page.fact(2, "Registration Expires", stamp(certificate.not_after_ms));
        }
    }
    page.blank();
}

/// The registration that stands, or the attempt at one.
fn initial(page: &mut Page, view: &RegistrationView) {
    match (&view.registered_at_ms, &view.last_attempt) {
        (at_ms, _) if view.registered => {
            page.fact(2, "Initial Registration", format_args!("SUCCEEDED on {}", stamp(*at_ms)));
        }
        (_, Some(failed)) if !failed.succeeded => {
            attempt(page, "Initial Registration", Some(failed), Detail::Full);
        }
        _ => {}
    }
}

pub(super) fn authorization(page: &mut Page, shown: &ClassicShown<'_>, detail: Detail) {
    let view = &shown.view.authorization;
    page.line(0, "License Authorization:");
    status(page, shown, detail);
    if shown.view.registration.registered {
        attempt(page, "Last Communication Attempt", view.last_communication.as_ref(), detail);
        page.fact(2, "Next Communication Attempt", stamp(view.next_communication_ms));
        if detail == Detail::Full {
            page.fact(2, "Communication Deadline", stamp(view.communication_deadline_ms));
        }
    }
    page.blank();
}

/// The first lines of an authorization.
pub(super) fn status(page: &mut Page, shown: &ClassicShown<'_>, detail: Detail) {
    let view = &shown.view.authorization;
    match view.since_ms.filter(|_| detail == Detail::Full) {
        Some(since_ms) => {
            let since = stamp(Some(since_ms));
            page.fact(2, "Status", format_args!("{} on {since}", view.status));
        }
        None => page.fact(2, "Status", view.status),
    }
    if !shown.view.registration.registered && shown.view.evaluation.left_ms > 0 {
        page.fact(2, "Evaluation Period Remaining", span(shown.view.evaluation.left_ms));
    }
}

fn attempt(page: &mut Page, name: &str, attempt: Option<&AttemptView>, detail: Detail) {
    let Some(attempt) = attempt else {
        page.fact(2, name, "None");
        return;
    };
    let outcome = if attempt.succeeded { "SUCCEEDED" } else { "FAILED" };
    if detail == Detail::Summary {
        page.fact(2, name, outcome);
        return;
    }
    page.fact(2, name, format_args!("{outcome} on {}", stamp(Some(attempt.at_ms))));
    if let Some(reason) = &attempt.failure_reason {
        page.fact(4, "Failure reason", one_line(reason));
    }
}
