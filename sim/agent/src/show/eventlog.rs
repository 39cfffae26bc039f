//! `show license eventlog [days]`.

use super::Shown;
use super::page::Page;
use super::stamp::event_stamp;
use crate::event_log::EventLog;
use crate::timer::DAY_MS;

pub(super) fn text(shown: &Shown<'_>, days: Option<u32>) -> String {
    events(shown.log, shown.now_ms, days)
}

/// The events of the last days, or all.
pub(super) fn events(log: &EventLog, now_ms: u64, days: Option<u32>) -> String {
    let mut page = Page::default();
    let from_ms = days.map_or(0, |days| now_ms.saturating_sub(u64::from(days) * DAY_MS));
    let mut events = log.events().filter(|event| event.at_ms >= from_ms).peekable();
    if events.peek().is_none() {
        page.line(0, "No EventLog Found.");
        return page.into_text();
    }
    page.line(0, "**** Event Log ****");
    page.blank();
    for event in events {
        page.line(0, format_args!("{} {}", event_stamp(event.at_ms), event.text));
    }
    page.into_text()
}
