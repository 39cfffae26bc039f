//! `show license`.
//!
//! Public: the layout, from samples older than Smart Licensing. Assumed: that an instance of the
//! policy era answers in it, one index per licence of the product, and which of its few words
//! stand for use and its absence.

use super::Shown;
use super::page::Page;

pub(super) fn text(shown: &Shown<'_>) -> String {
    let mut page = Page::default();
    for (index, license) in (1..).zip(&shown.platform.licenses) {
        let used = shown.view.licenses.iter().find(|used| used.feature == license.feature);
        let count = used.map_or(0, |used| used.count);
        page.line(0, format_args!("Index {index} Feature: {}", license.feature));
        if count > 0 {
            page.fact(8, "Period left", "Life time");
            page.fact(8, "License Type", "Permanent");
            page.fact(8, "License State", "Active, In Use");
        } else {
            page.fact(8, "Period left", "Not Activated");
            page.fact(8, "License Type", "EvalRightToUse");
            page.fact(8, "License State", "Active, Not in Use");
        }
        page.fact(8, "License Count", format_args!("{count}/0  (In-use/Violation)"));
        page.fact(8, "License Priority", if count > 0 { "Medium" } else { "None" });
    }
    page.into_text()
}
