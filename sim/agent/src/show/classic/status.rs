//! `show license status`.

use super::registration::{self, Detail};
use super::{ClassicShown, settings};
use crate::show::page::Page;
use crate::show::settings::privacy;

pub(super) fn text(shown: &ClassicShown<'_>) -> String {
    let mut page = Page::default();
    page.line(0, "Smart Licensing is ENABLED");
    page.blank();
    settings::utility(&mut page);
    privacy(&mut page);
    settings::transport(&mut page, shown);
    registration::registration(&mut page, shown, Detail::Full);
    registration::authorization(&mut page, shown, Detail::Full);
    settings::conversion(&mut page, shown);
    settings::export_keys(&mut page, shown);
    page.into_text()
}
