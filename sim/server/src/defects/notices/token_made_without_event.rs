//! Records no event when a token is made.

use crate::defects::Entry;
use crate::notices::topic::Topic;

pub(crate) const DEFECT: Entry = Entry::notice("TOK-017", |notice| {
    if notice.topic == Topic::TokenCreated {
        notice.event = None;
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::notices::*;
    token_made(server);
    event(server, "Token Created").is_some()
}
