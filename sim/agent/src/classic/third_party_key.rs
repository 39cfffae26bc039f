//! The key of another vendor's service, as far as an agent keeps it.

use compact_str::CompactString;

use super::deferral::Deferral;
use super::third_party_key_state::ThirdPartyKeyState;
use crate::heap::heap;
use crate::saved::saved_struct;

/// A key that was asked for. The key itself goes to the product and is not kept.
#[derive(Clone, Debug)]
pub(crate) struct ThirdPartyKeyRequested {
    pub(crate) state: ThirdPartyKeyState,
    /// Kind of key.
    pub(crate) name: CompactString,
    /// Place of its licence in the platform.
    pub(crate) license: u8,
    /// The vendor.
    pub(crate) routing: CompactString,
    /// Number of the entry in the request.
    pub(crate) id: u32,
    /// Number of the key that came, 0 before.
    pub(crate) key_id: u64,
    /// Whether a request is to be sent.
    pub(crate) wanted: bool,
    pub(crate) deferral: Option<Deferral>,
}

heap!(ThirdPartyKeyRequested {});
saved_struct!(ThirdPartyKeyRequested {
    state,
    name,
    license,
    routing,
    id,
    key_id,
    wanted,
    deferral,
});
