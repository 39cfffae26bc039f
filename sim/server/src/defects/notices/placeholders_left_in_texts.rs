//! Leaves placeholders in the texts it sends to a syslog server.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::notice("SYSLOG-004", |notice| {
    if let Some(text) = &mut notice.syslog {
        *text = text.replace("Virtual Account \"Default\"", "Virtual Account \"%{Name}\"");
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::notices::*;
    short(server);
    syslog(server, "Insufficient Licenses")
        .is_some_and(|line| !line["text"].to_string().contains("%{"))
}
