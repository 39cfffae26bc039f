//! The entries of trust requests as instances usually write them.

use super::{Scan, members, once};
use crate::proposed::trust_request::TrustRequestEntry;
use crate::{Extra, TrustId};

/// The entries, if nothing in them is unusual.
pub(crate) fn trust_entries(text: &str) -> Option<Vec<TrustRequestEntry>> {
    Scan::whole(text, |scan| scan.items(Scan::trust_entry))
}

impl Scan<'_> {
    fn trust_entry(&mut self) -> Option<TrustRequestEntry> {
        let (mut sudi, mut trust_id, mut timestamp) = (None, None, None);
        let (mut force, mut id_token, mut public_key) = (None, None, None);
        members!(self {
            "sudi" => once(&mut sudi, self.sudi()),
            "trust_id" => once(&mut trust_id, self.number()),
            "timestamp" => once(&mut timestamp, self.number()),
            "force" => once(&mut force, self.truth()),
            "id_token" => once(&mut id_token, self.or_null(Self::owned)),
            "public_key" => once(&mut public_key, self.owned()),
        });
        Some(TrustRequestEntry {
            sudi: sudi?,
            trust_id: TrustId(trust_id?),
            timestamp: timestamp?,
            force: force.unwrap_or_default(),
            id_token: id_token.flatten(),
            public_key: public_key?,
            extra: Extra::new(),
        })
    }
}
