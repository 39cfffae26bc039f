//! Names another product instance in the lines of an answer.

use crate::defects::Entry;

pub(crate) const DEFECT: Entry = Entry::answer("RUM-033", |_, answer| {
    for sudi in answer.license_data.iter_mut().filter_map(|line| line.sudi.as_mut()) {
        sudi.udi_serial_number = "MST99999999".into();
    }
});

#[cfg(test)]
pub(crate) fn conforms(server: &crate::Server) -> bool {
    use crate::defects::probe::policy::*;
    hello(server, CSLU)["license_data"][0]["sudi"] == Instance::new(1).sudi()
}
