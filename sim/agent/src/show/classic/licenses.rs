//! The block about licences in use.
//!
//! Public: the lines of one licence, and those of a redundant application. Assumed: of a licence
//! that a standby stands by for, the role says so and the count is that of the pair.

use super::ClassicShown;
use crate::classic::view::ApplicationView;
use crate::platform::PlatformLicense;
use crate::show::page::{Page, one_line};

pub(super) fn list(page: &mut Page, shown: &ClassicShown<'_>) {
    if shown.view.licenses.is_empty() {
        page.line(0, "No licenses in use");
        page.blank();
    }
    for used in &shown.view.licenses {
        let Some(license) = of_feature(shown, &used.feature) else { continue };
        page.line(0, format_args!("{} ({}):", license.feature, license.label()));
        page.fact(2, "Description", license.description());
        page.fact(2, "Count", used.count);
        page.fact(2, "Version", license.version());
        page.fact(2, "Status", used.status);
        page.fact(2, "Export status", used.export_status);
        if let Some(application) = &used.application {
            redundancy(page, application);
        }
        page.blank();
    }
}

/// The platform's licence for a feature.
pub(super) fn of_feature<'a>(
    shown: &ClassicShown<'a>,
    feature: &str,
) -> Option<&'a PlatformLicense> {
    shown.platform.licenses.iter().find(|license| license.feature == feature)
}

fn redundancy(page: &mut Page, application: &ApplicationView) {
    let role = if application.state == "standby" { "Standby" } else { "Active" };
    page.line(2, "Application HA Info:");
    page.fact(4, "Application Name", one_line(&application.name));
    page.fact(4, "Application Id", one_line(&application.id));
    page.fact(4, "Application Role", role);
    for peer in &application.peers {
        page.fact(4, "Peer", one_line(peer));
    }
}
