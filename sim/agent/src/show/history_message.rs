//! `show license history message`.
//!
//! Source: Troubleshoot SLP on 9800, "Invalid Trustcode Processed from CSSM" and "Debug" (a
//! request, a response, an import). Assumed: a line that counts the messages of a section; without
//! one, other programs that read this text do not see that a section has any.

use super::Shown;
use super::page::Page;
use super::stamp::stamp;
use crate::event_log::{Direction, MessageSection};

/// Length of the rules under both titles.
const RULE: usize = 52;

pub(super) fn text(shown: &Shown<'_>) -> String {
    let mut page = Page::default();
    page.ruled("Message History (oldest to newest):", RULE);
    for section in MessageSection::ALL.into_iter().filter(|section| !section.is_import()) {
        messages(&mut page, shown, section, "No past history");
    }
    page.blank();
    page.ruled("Import Message History (oldest to newest):", RULE);
    for section in MessageSection::ALL.into_iter().filter(|section| section.is_import()) {
        messages(&mut page, shown, section, "No past Import history");
        page.blank();
    }
    page.into_text()
}

fn messages(page: &mut Page, shown: &Shown<'_>, section: MessageSection, none: &str) {
    let messages = shown.log.messages().of(section);
    page.line(0, format_args!("{}:", section.title()));
    if messages.len() == 0 {
        page.line(2, none);
        return;
    }
    let count = messages.len();
    page.line(2, format_args!("{count} past {}", if count == 1 { "message" } else { "messages" }));
    for message in messages {
        let when = stamp(Some(message.at_ms));
        match message.direction {
            Direction::Request => page.fact(2, "REQUEST", when),
            Direction::Response => page.fact(2, "RESPONSE", when),
            Direction::Received => page.line(2, format_args!("Received on {when}")),
        }
        page.line(4, format_args!("\"{}\"", message.text));
    }
}
