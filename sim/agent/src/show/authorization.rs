//! `show license authorization`, and the same block in `show license all`.
//!
//! Public: the words and the layout of an installed authorization code. Assumed: the lines are the
//! same on every product, an export-controlled licence is perpetual, and a code that was returned
//! leaves its return code.

use super::Shown;
use super::page::{Page, one_line};
use super::settings::of_feature;
use super::stamp::stamp;
use super::udis::pid_sn;

pub(super) fn text(shown: &Shown<'_>) -> String {
    let mut page = Page::default();
    block(&mut page, shown);
    page.into_text()
}

pub(super) fn block(page: &mut Page, shown: &Shown<'_>) {
    let view = &shown.view.authorization;
    page.line(0, "Overall status:");
    page.fact(2, "Active", pid_sn(shown));
    page.fact(6, "Status", status(shown));
    if let Some(code) = &view.last_return_code {
        page.fact(6, "Last return code", one_line(code));
    }
    if view.installed {
        let code = view.last_confirmation_code.as_deref().unwrap_or_default();
        page.fact(6, "Last Confirmation code", one_line(code));
    }
    page.blank();
    if view.installed {
        authorizations(page, shown);
    }
    page.line(0, "Purchased Licenses:");
    page.line(2, "No Purchase Information Available");
}

/// Whether a code is installed, and since when.
pub(super) fn status(shown: &Shown<'_>) -> String {
    let view = &shown.view.authorization;
    if view.installed {
        format!("SMART AUTHORIZATION INSTALLED on {}", stamp(view.installed_ms))
    } else {
        "NOT INSTALLED".to_owned()
    }
}

fn authorizations(page: &mut Page, shown: &Shown<'_>) {
    page.line(0, "Authorizations:");
    for authorized in &shown.view.authorization.licenses {
        let Some(license) = of_feature(shown, &authorized.feature) else { continue };
        page.line(2, format_args!("{} ({}):", license.feature, license.label()));
        page.fact(4, "Description", license.description());
        page.fact(4, "Total available count", authorized.count);
        page.fact(4, "Enforcement type", "EXPORT RESTRICTED");
        page.line(4, "Term information:");
        page.fact(6, "Active", pid_sn(shown));
        page.fact(8, "Authorization type", "SMART AUTHORIZATION INSTALLED");
        page.fact(8, "License type", "PERPETUAL");
        page.fact(10, "Term Count", authorized.count);
    }
    page.blank();
}
