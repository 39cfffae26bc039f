//! `show license udi`.

use super::page::Page;
use super::{Shown, udis};

pub(super) fn text(shown: &Shown<'_>) -> String {
    let mut page = Page::default();
    udis::list(&mut page, shown);
    page.into_text()
}
