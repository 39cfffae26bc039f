//! `show license all`.

use super::registration::{self, Detail};
use super::{ClassicShown, licenses, settings};
use crate::show::page::Page;
use crate::show::settings::privacy;

pub(super) fn text(shown: &ClassicShown<'_>) -> String {
    let mut page = Page::default();
    blocks(&mut page, shown);
    page.into_text()
}

/// What `tech support` begins with, too.
pub(super) fn blocks(page: &mut Page, shown: &ClassicShown<'_>) {
    page.heading("Smart Licensing Status");
    page.blank();
    page.line(0, "Smart Licensing is ENABLED");
    page.blank();
    registration::registration(page, shown, Detail::Full);
    registration::authorization(page, shown, Detail::Full);
    settings::conversion(page, shown);
    settings::export_keys(page, shown);
    settings::utility(page);
    privacy(page);
    settings::transport(page, shown);
    // One sign longer than its title, as in the samples.
    page.ruled("License Usage", 14);
    page.blank();
    licenses::list(page, shown);
    page.heading("Product Information");
    page.fact(0, "UDI", pid_sn(shown));
    page.blank();
    page.heading("Agent Version");
    page.fact(0, "Smart Agent for Licensing", &shown.platform.agent_version);
    page.blank();
    page.heading("Reservation Info");
    page.fact(0, "License reservation", "DISABLED");
}

/// `PID:CSR1000V,SN:…`.
pub(super) fn pid_sn(shown: &ClassicShown<'_>) -> String {
    let udi = &shown.view.udi;
    format!("PID:{},SN:{}", udi.product_id, udi.serial_number)
}
