//! `show license usage`.

use super::page::Page;
use super::{Shown, entitlement};

pub(super) fn text(shown: &Shown<'_>) -> String {
    let mut page = Page::default();
    page.line(0, "License Authorization:");
    page.fact(2, "Status", "Not Applicable");
    page.blank();
    entitlement::list(&mut page, shown);
    page.into_text()
}
