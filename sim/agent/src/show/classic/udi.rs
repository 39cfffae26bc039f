//! `show license udi`.

use super::ClassicShown;
use super::all::pid_sn;
use crate::show::page::Page;

pub(super) fn text(shown: &ClassicShown<'_>) -> String {
    let mut page = Page::default();
    page.fact(0, "UDI", pid_sn(shown));
    page.into_text()
}
