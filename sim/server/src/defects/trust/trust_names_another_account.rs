//! Names another virtual account in the trust code than the token's.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::trust_code("TOK-018", |code| {
    if let Some(customer) = &mut code.customer {
        customer.virtual_account.push_str(" 2");
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    let customer = first_trust(server).trust_code.customer.unwrap();
    customer.virtual_account == "Default"
}
