//! `show license all`.

use super::page::Page;
use super::{Shown, authorization, entitlement, settings, summary_of_reports, udis};

pub(super) fn text(shown: &Shown<'_>) -> String {
    let mut page = Page::default();
    settings::enabled(&mut page);
    settings::modes(&mut page);
    settings::account(&mut page, shown);
    settings::privacy(&mut page);
    settings::transport(&mut page, shown);
    settings::miscellaneous(&mut page);
    settings::policy(&mut page, shown);
    settings::usage_reporting(&mut page, shown, "");
    settings::trust_code(&mut page, shown);
    page.heading("License Usage");
    page.blank();
    entitlement::list(&mut page, shown);
    page.heading("Product Information");
    udis::list(&mut page, shown);
    page.heading("Agent Version");
    page.fact(0, "Smart Agent for Licensing", &shown.platform.agent_version);
    page.blank();
    page.heading("License Authorizations");
    authorization::block(&mut page, shown);
    page.blank();
    summary_of_reports::block(&mut page, shown);
    page.into_text()
}
