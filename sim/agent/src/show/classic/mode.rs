//! `show license mode`: the transport setting in use. Assumed: the line.

use super::{ClassicShown, settings};
use crate::show::page::Page;

pub(super) fn text(shown: &ClassicShown<'_>) -> String {
    let mut page = Page::default();
    page.fact(0, "Smart Licensing Mode", settings::mode(shown.view.transport.mode));
    page.into_text()
}
