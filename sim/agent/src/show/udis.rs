//! The UDIs of an instance, as every show prints them.

use super::Shown;
use super::page::Page;

/// `PID:C9800-L-F-K9,SN:…`.
pub(super) fn pid_sn(shown: &Shown<'_>) -> String {
    let udi = &shown.view.udi;
    format!("PID:{},SN:{}", udi.product_id, udi.serial_number)
}

/// The instance's own UDI, and the list of all where there can be several.
pub(super) fn list(page: &mut Page, shown: &Shown<'_>) {
    page.fact(0, "UDI", pid_sn(shown));
    page.blank();
    if shown.platform.is_redundant() {
        page.line(0, "HA UDI List:");
        page.line(4, format_args!("Active:{}", pid_sn(shown)));
        for other in shown.view.ha_udis.iter().skip(1) {
            let (pid, serial) = (&other.udi.product_id, &other.udi.serial_number);
            page.line(4, format_args!("{}:PID:{pid},SN:{serial}", other.role.as_str()));
        }
        page.blank();
    }
}
