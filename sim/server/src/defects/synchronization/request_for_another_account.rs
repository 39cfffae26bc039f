//! Names another virtual account in its synchronizations than it is registered with.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry =
    Entry::sync_request("ACCT-005", |request| request.on_prem.virtual_account.push_str(" 2"));

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::synchronization::*;
    !request(server)["on_prem"]["virtual_account"].to_string().contains(" 2")
}
