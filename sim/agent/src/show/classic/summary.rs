//! `show license summary`.
//!
//! Public: the table of licences. Assumed: that the blocks above it leave out when things happened.

use super::ClassicShown;
use super::licenses::of_feature;
use super::registration::{self, Detail};
use crate::show::page::Page;
use crate::show::summary::table;

pub(super) fn text(shown: &ClassicShown<'_>) -> String {
    let mut page = Page::default();
    page.line(0, "Smart Licensing is ENABLED");
    page.blank();
    registration::registration(&mut page, shown, Detail::Summary);
    registration::authorization(&mut page, shown, Detail::Summary);
    let rows = shown.view.licenses.iter().filter_map(|used| {
        let license = of_feature(shown, &used.feature)?;
        Some((license, used.count, used.status))
    });
    table(&mut page, rows);
    page.into_text()
}
