//! Gives another licence with an authorization code than was asked for.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::authorization_code("SLAC-004", |code| {
    for licence in &mut code.licenses {
        let other = licence.tag.as_str().replacen("HSEC", "HSEC2", 1);
        licence.tag = muster_wire::EntitlementTag::from(other);
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    code(server, HSEC).is_some_and(|code| code.code.licenses[0].tag.as_str() == HSEC)
}
