//! Gives one licence less with an authorization code than was asked for.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::authorization_code("SLAC-004", |code| {
    for licence in &mut code.licenses {
        licence.count = licence.count.saturating_sub(1);
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    code(server, HSEC).is_some_and(|code| code.code.licenses[0].count == 2)
}
