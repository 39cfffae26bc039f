//! The block about one licence that `usage` and `all` share, and the words for its kind.

use super::Shown;
use super::page::Page;
use super::settings::of_feature;
use crate::platform::{LicenseClass, PlatformLicense};

/// Version printed for every licence; the public samples know no other.
pub(super) const VERSION: &str = "1.0";

/// Every licence that was ever used, or that there is none.
pub(super) fn list(page: &mut Page, shown: &Shown<'_>) {
    if shown.view.licenses.is_empty() {
        page.line(0, "No licenses in use");
        page.blank();
    }
    for used in &shown.view.licenses {
        let Some(license) = of_feature(shown, &used.feature) else { continue };
        page.line(0, format_args!("{} ({}):", license.feature, license.label()));
        page.fact(2, "Description", license.description());
        page.fact(2, "Count", used.count);
        page.fact(2, "Version", VERSION);
        page.fact(2, "Status", used.status);
        kind(page, shown, license);
        page.blank();
    }
}

/// Export status, names, enforcement and type.
pub(super) fn kind(page: &mut Page, shown: &Shown<'_>, license: &PlatformLicense) {
    page.fact(2, "Export status", export_status(shown, license));
    page.fact(2, "Feature Name", &license.feature);
    page.fact(2, "Feature Description", license.description());
    page.fact(2, "Enforcement type", enforcement_type(license.class));
    page.fact(2, "License type", license_type(license.class));
}

/// Assumed: the words for a licence that needs an authorization code, after those of the classic
/// era.
fn export_status(shown: &Shown<'_>, license: &PlatformLicense) -> &'static str {
    let mut authorized = shown.view.authorization.licenses.iter();
    if !license.is_export_controlled() {
        "NOT RESTRICTED"
    } else if authorized.any(|one| one.feature == license.feature) {
        "RESTRICTED - ALLOWED"
    } else {
        "RESTRICTED - NOT ALLOWED"
    }
}

/// Assumed: the words other than `NOT ENFORCED`.
const fn enforcement_type(class: LicenseClass) -> &'static str {
    match class {
        LicenseClass::Perpetual | LicenseClass::Subscription => "NOT ENFORCED",
        LicenseClass::Enforced => "ENFORCED",
        LicenseClass::Export => "EXPORT RESTRICTED",
    }
}

/// Assumed: that enforced and export-controlled licences are shown as perpetual.
const fn license_type(class: LicenseClass) -> &'static str {
    match class {
        LicenseClass::Subscription => "Subscription",
        _ => "Perpetual",
    }
}
