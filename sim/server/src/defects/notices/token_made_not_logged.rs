//! Sends no syslog line when a token is made.

use crate::defects::Entry;
use crate::notices::topic::Topic;

pub(crate) const DEFECT: Entry = Entry::notice("SYSLOG-036", |notice| {
    if notice.topic == Topic::TokenCreated {
        notice.syslog = None;
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::notices::*;
    token_made(server);
    syslog(server, "Token Created").is_some()
}
