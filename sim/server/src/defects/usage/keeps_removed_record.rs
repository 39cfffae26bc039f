//! Says an instance was removed and still holds its record.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("RUM-042");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    let mut instance = trusted(server);
    let bodies = [1, 2].map(|report| instance.simple_usage(1, report));
    ask(server, CSLU, &bodies[0]);
    let removed = server.remove_product_instance(&instance.udi);
    let answer = ask(server, CSLU_OTHER, &bodies[1]);
    removed && answer["message_code"] != "ERROR Consuming licenses"
}
