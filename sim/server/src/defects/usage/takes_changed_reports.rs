//! Takes a report again with another content under the same id.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::rule("RUM-041");

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    let mut instance = trusted(server);
    let [first, second] =
        [2, 3].map(|count| instance.report(1, &instance.payload(1, LICENCE, count)));
    let bodies = [first, second].map(|report| instance.usage_body(vec![report]));
    is_taken(&ask(server, CSLU, &bodies[0])) && !is_taken(&ask(server, CSLU, &bodies[1]))
}
