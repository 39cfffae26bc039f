//! `show license status`.

use super::page::Page;
use super::{Shown, settings};

pub(super) fn text(shown: &Shown<'_>) -> String {
    let mut page = Page::default();
    settings::modes(&mut page);
    settings::account(&mut page, shown);
    settings::privacy(&mut page);
    settings::transport(&mut page, shown);
    settings::policy(&mut page, shown);
    settings::miscellaneous(&mut page);
    settings::usage_reporting(&mut page, shown, "");
    settings::trust_code(&mut page, shown);
    page.into_text()
}
