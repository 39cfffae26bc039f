//! `show license server`: the server in use. Assumed: the lines.

use super::{ClassicShown, settings};
use crate::classic::{ServerChoice, TransportMode};
use crate::show::page::Page;

pub(super) fn text(shown: &ClassicShown<'_>) -> String {
    let mut page = Page::default();
    let server = match shown.view.server {
        ServerChoice::Primary => settings::url(shown, 0),
        ServerChoice::Secondary => settings::url(shown, 1),
    };
    let name = match shown.view.transport.mode {
        TransportMode::Direct | TransportMode::Gateway => "Smart Licensing Server",
        TransportMode::Proxy => "Smart Licensing Proxy",
    };
    page.fact(0, name, server);
    page.into_text()
}
