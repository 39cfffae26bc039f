//! The blocks about features, transport and conversion.

use super::ClassicShown;
use crate::classic::{ClassicTransport, Framing, TransportMode};
use crate::show::page::{Page, one_line};

/// Type of the transport, as printed.
pub(super) const fn transport_type(transport: ClassicTransport) -> &'static str {
    match transport.framing {
        Framing::CallHome => "Callhome",
        Framing::SmartTransport => "Smart",
    }
}

/// The mode as the APIC's configuration names it.
pub(super) const fn mode(mode: TransportMode) -> &'static str {
    match mode {
        TransportMode::Direct => "smart-licensing",
        TransportMode::Gateway => "satellite",
        TransportMode::Proxy => "proxy",
    }
}

/// Export-controlled features that are authorized one by one. Assumed: the line of one.
pub(super) fn export_keys(page: &mut Page, shown: &ClassicShown<'_>) {
    page.line(0, "Export Authorization Key:");
    page.line(2, "Features Authorized:");
    let mut none = true;
    for export in shown.view.exports.iter().filter(|export| export.state == "authorized") {
        page.line(4, format_args!("{}  Count: {}", export.feature, export.count));
        none = false;
    }
    if none {
        page.line(4, "<none>");
    }
    page.blank();
}

pub(super) fn utility(page: &mut Page) {
    page.line(0, "Utility:");
    page.fact(2, "Status", "DISABLED");
    page.blank();
}

pub(super) fn transport(page: &mut Page, shown: &ClassicShown<'_>) {
    page.line(0, "Transport:");
    page.fact(2, "Type", transport_type(shown.view.transport));
    // Public samples of Call Home name no server; it is configured elsewhere.
    if shown.view.transport.framing == Framing::SmartTransport {
        page.fact(2, "URL", url(shown, 0));
    }
    page.blank();
}

/// One of the configured URLs.
pub(super) fn url(shown: &ClassicShown<'_>, at: usize) -> String {
    shown.server_urls.get(at).map_or_else(|| "<empty>".to_owned(), |url| one_line(url))
}

/// Shown once there is something to say. Assumed: the words are those of the public model.
pub(super) fn conversion(page: &mut Page, shown: &ClassicShown<'_>) {
    let view = &shown.view.conversion;
    if view.state == "not_started" && !view.automatic {
        return;
    }
    let status = view.status.replace('-', " ");
    let automatic = if view.automatic { "True" } else { "False" };
    page.line(0, "License Conversion:");
    page.fact(2, "Automatic Conversion Enabled", automatic);
    page.fact(2, "Status", capitalized(&status));
    if let Some(reason) = view.failure_reason.as_deref().filter(|_| view.state == "failed") {
        page.fact(4, "Failure reason", one_line(reason));
    }
    page.blank();
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
