//! Wraps its answers to messages in HTML.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::http("RUM-030", |call, answer| {
    if call.method == "POST" && answer.body.starts_with(b"{") {
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        let html = format!("<html><body><pre>{text}</pre></body></html>");
        *answer = crate::message::ServerAnswer::new(200, "text/html", html.into_bytes());
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::*;
    let listener = crate::message::Listener::ProductHttps;
    call(server, listener, "POST", RECEIVER, b"{}").body.starts_with(b"{")
}
