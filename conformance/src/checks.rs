//! The checks, one file each, listed by `build.rs`.

use crate::check::Listed;

include!(concat!(env!("OUT_DIR"), "/checks.rs"));

/// The check of that id, for example `trust/stale_trust_id_is_refused`.
#[must_use]
pub fn by_id(id: &str) -> Option<&'static Listed> {
    ALL.binary_search_by(|listed| listed.id.cmp(id)).ok().map(|position| &ALL[position])
}
