//! One purchase: how many licences, of which kind, from when until when.
//!
//! Source: SSM On-Prem 7 User Guide, "About Licenses" (perpetual, term and demo licences; a demo
//! ends after 60 days) and "Convert to Smart Licensing" (what a conversion deposits).

use muster_wire::grant;
use serde::{Deserialize, Serialize};

/// Milliseconds of a demo licence.
const DEMO_MS: u64 = 60 * 86_400_000;

/// What kind of licence was bought.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LotKind {
    Perpetual,
    Term,
    Demo,
}

/// Where the licences come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LotSource {
    /// Held from the start.
    Initial,
    /// Given through the control API.
    Control,
    /// Deposited by a device-led conversion.
    Conversion,
    /// Told by CSSM.
    Synchronization,
}

/// One purchase.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Lot {
    pub(crate) kind: LotKind,
    pub(crate) quantity: u32,
    /// First moment, unix milliseconds.
    pub(crate) starts_at_ms: u64,
    /// First moment it no longer counts; none for a perpetual licence.
    pub(crate) ends_at_ms: Option<u64>,
    /// The subscription a term licence belongs to.
    pub(crate) subscription_id: Option<String>,
    pub(crate) source: LotSource,
    /// An upgrade that counts only once the licences it replaces are named.
    #[serde(default)]
    pub(crate) is_pending: bool,
}

impl Lot {
    /// Perpetual licences since ever.
    pub(crate) fn perpetual(quantity: u32, source: LotSource) -> Self {
        Self {
            kind: LotKind::Perpetual,
            quantity,
            starts_at_ms: 0,
            ends_at_ms: None,
            subscription_id: None,
            source,
            is_pending: false,
        }
    }

    /// Demo licences from `starts_at_ms` on.
    pub(crate) fn demo(quantity: u32, starts_at_ms: u64, source: LotSource) -> Self {
        Self {
            kind: LotKind::Demo,
            starts_at_ms,
            ends_at_ms: Some(starts_at_ms.saturating_add(DEMO_MS)),
            ..Self::perpetual(quantity, source)
        }
    }

    /// What it is worth at a time: an expired or future lot counts for nothing.
    pub(crate) fn quantity_at(&self, now_ms: u64) -> u64 {
        let ended = self.ends_at_ms.is_some_and(|end| now_ms >= end);
        let counts = !ended && !self.is_pending && now_ms >= self.starts_at_ms;
        if counts { u64::from(self.quantity) } else { 0 }
    }

    /// The word of an authorization code.
    pub(crate) fn word(&self) -> &'static str {
        match self.kind {
            LotKind::Perpetual => grant::PERPETUAL,
            LotKind::Term => "TERM",
            LotKind::Demo => "DEMO",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lot_counts_from_its_start_to_its_end() {
        let lot = Lot::demo(4, 1_000, LotSource::Control);
        let end = 1_000 + DEMO_MS;
        let counted = [0, 999, 1_000, end - 1, end].map(|now_ms| lot.quantity_at(now_ms));
        assert_eq!(counted, [0, 0, 4, 4, 0]);
        let forever = Lot::perpetual(7, LotSource::Initial);
        assert_eq!(forever.quantity_at(u64::MAX), 7);
        assert_eq!(Lot::demo(1, u64::MAX, LotSource::Control).quantity_at(u64::MAX), 0);
    }
}
