//! What follows from the seed: identifiers, poll intervals, serial numbers; and digests.

use aws_lc_rs::digest::{SHA256, digest};
use muster_certs::Seed;
use muster_wire::{Nonce, PollId, ProductInstanceId, TrustId, Udi};
use serde::{Deserialize, Serialize};
use twox_hash::XxHash3_128;

/// Seconds of a day: the poll interval of the one documented sample is a little over it.
pub(crate) const DAY_S: u64 = 86_400;

/// Half the width of the spread. The documented values are 86,739, 86,673 and 87,656 seconds.
const POLL_SPREAD_S: u64 = 1_500;

/// The documented poll ids lie just over this.
const POLL_ID_BASE: u64 = 5_583_000_000_000_000_000;

/// Different seeds start this far apart at most.
const POLL_ID_SPREAD: u64 = 1_000_000_000_000_000;

/// 128 bits that tell messages and payloads apart; a fleet's memory holds several for each product
/// instance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Digest(#[serde(with = "serde_bytes")] [u8; 16]);

impl Digest {
    /// Of a request, to know it when it comes again. XXH3: a request proves nothing by its digest,
    /// and whoever makes two that share one gets the answer to the first.
    pub(crate) fn of_request(body: &[u8]) -> Self {
        Self(XxHash3_128::oneshot(body).to_be_bytes())
    }

    /// The first half of a SHA-256.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Self::of_sha_256(&digest(&SHA256, bytes))
    }

    pub(crate) fn of_sha_256(digest: &aws_lc_rs::digest::Digest) -> Self {
        Self(*digest.as_ref().first_chunk().expect("SHA-256 has 32 bytes"))
    }

    /// A number that says nothing, but is the same for the same message.
    pub(crate) fn number(&self) -> u64 {
        number(&self.0)
    }
}

/// The identifier a UDI has for good, a version 4 UUID in form.
pub(crate) fn product_instance_identifier(seed: &Seed, udi: &Udi) -> ProductInstanceId {
    IdentifierBytes::derive(seed, udi).id()
}

/// Such an identifier in few bytes, to be kept: two HMACs are what it takes to derive it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct IdentifierBytes([u8; 16]);

impl IdentifierBytes {
    pub(crate) fn derive(seed: &Seed, udi: &Udi) -> Self {
        let derived = seed.derive(&format!("piid {udi}"), 0);
        let mut bytes: [u8; 16] = *derived.first_chunk().expect("32 bytes are derived");
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        Self(bytes)
    }

    pub(crate) fn id(self) -> ProductInstanceId {
        ProductInstanceId::from_uuid(&self.0)
    }
}

/// The first poll id a server gives.
pub(crate) fn first_poll_id(seed: &Seed) -> PollId {
    PollId(POLL_ID_BASE + number(&seed.derive("poll id", 0)) % POLL_ID_SPREAD)
}

/// The intervals until polls. One is needed for each deferred result, so that they are mixed from
/// one number, and not derived one by one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PollIntervals(u64);

impl PollIntervals {
    pub(crate) fn new(seed: &Seed) -> Self {
        Self(number(&seed.derive("poll interval", 0)))
    }

    /// Seconds until a poll: a day, spread so that instances do not come back all at once.
    pub(crate) fn seconds(self, poll_id: PollId) -> u64 {
        // The finalizer of SplitMix64: poll ids that follow each other come out far apart.
        let mut mixed = self.0 ^ poll_id.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        DAY_S - POLL_SPREAD_S + mixed % (2 * POLL_SPREAD_S + 1)
    }
}

/// The nonce of the server's own exchange with an instance: its `number`-th collection.
pub(crate) fn collection_nonce(seed: &Seed, number: u64) -> Nonce {
    Nonce::from(self::number(&seed.derive("collection nonce", number)).to_string())
}

/// Serial number of an instance's certificate; never zero.
pub(crate) fn certificate_serial(seed: &Seed, udi: &Udi, trust_id: TrustId) -> u64 {
    number(&seed.derive(&format!("certificate {udi}"), trust_id.0)) | 1
}

/// Serial number of the `number`th ID certificate a server issues; never zero.
pub(crate) fn id_certificate_serial(seed: &Seed, udi: &Udi, number: u64) -> u64 {
    self::number(&seed.derive(&format!("ID certificate {udi}"), number)) | 1
}

fn number(bytes: &[u8]) -> u64 {
    let first = bytes.first_chunk().expect("digests and derived seeds have over 8 bytes");
    u64::from_be_bytes(*first)
}

#[cfg(test)]
mod tests {
    use muster_wire::entitlement::is_uuid;

    use super::*;

    #[test]
    fn an_instance_keeps_its_identifier() {
        let seed = Seed::from_u64(3);
        let of = |serial| product_instance_identifier(&seed, &Udi::new("C9300-24T", serial));
        assert_eq!(of("MST0001"), of("MST0001"));
        assert_ne!(of("MST0001"), of("MST0002"));
        assert!(is_uuid(of("MST0001").as_str()));
    }

    #[test]
    fn poll_intervals_are_about_a_day_and_spread() {
        let seed = Seed::from_u64(3);
        let first = first_poll_id(&seed);
        assert_eq!(first.to_string().len(), 19);
        let of = PollIntervals::new(&seed);
        let intervals: Vec<u64> = (0..200).map(|at| of.seconds(PollId(first.0 + at))).collect();
        assert!(intervals.iter().all(|s| s.abs_diff(DAY_S) <= POLL_SPREAD_S));
        let different: std::collections::BTreeSet<_> = intervals.iter().collect();
        assert!(different.len() > 150, "{} different of 200", different.len());
    }
}
