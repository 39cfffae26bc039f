//! Writes the serial number before the product id in the UDI of a trust code.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::trust_code("TRUST-016", |code| {
    if let Some((product, serial)) = code.udi.clone().split_once(',') {
        code.udi = format!("{serial},{product}");
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    first_trust(server).trust_code.udi == Instance::new(1).udi.to_string()
}
