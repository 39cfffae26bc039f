//! `show hostname privacy`. Assumed: the line; no agent hides its host name.

use crate::show::page::Page;

pub(super) fn text() -> String {
    let mut page = Page::default();
    page.fact(0, "Smart Licensing hostname privacy", "DISABLED");
    page.into_text()
}
