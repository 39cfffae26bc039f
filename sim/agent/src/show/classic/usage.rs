//! `show license usage`.

use super::registration::{self, Detail};
use super::{ClassicShown, licenses};
use crate::show::page::Page;

pub(super) fn text(shown: &ClassicShown<'_>) -> String {
    let mut page = Page::default();
    page.line(0, "License Authorization:");
    registration::status(&mut page, shown, Detail::Full);
    page.blank();
    licenses::list(&mut page, shown);
    page.into_text()
}
