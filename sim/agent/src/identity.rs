//! Who a product instance is: derived from seed and index, so it need not be stored anywhere.

use compact_str::CompactString;
use muster_certs::Seed;
use muster_wire::Udi;
use serde::Serialize;

use crate::platform::{HaRole, Platform};
use crate::rng::mix;

/// Base-36 digits after the prefix; 36^8 is over 2^40, the size of the serial space. Those of the
/// third member of a set and its followers have one more.
const SERIAL_DIGITS: usize = 8;
const SERIAL_DIGITS_MAX: usize = 9;
/// Serial numbers of one member of all sets.
const SERIALS: u64 = 1 << 40;
/// Digits of a host name, at least.
const HOST_DIGITS_MIN: usize = 5;
const DIGITS: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// The identity of one product instance.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Identity {
    /// Index in the fleet.
    pub index: u32,
    /// Product id and serial number. The serial is unmistakably a test one, unique per index.
    pub udi: Udi,
    /// Host name.
    pub hostname: CompactString,
    /// The other UDIs of a pair or a stack; none for an instance that stands alone.
    pub others: Vec<HaUdi>,
}

/// One UDI of an instance of several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HaUdi {
    /// The part it plays.
    pub role: HaRole,
    /// Product id and serial number.
    pub udi: Udi,
}

impl Identity {
    /// Every UDI with its part, the active one first.
    pub fn ha_udis(&self) -> impl Iterator<Item = (HaRole, &Udi)> {
        let others = self.others.iter().map(|other| (other.role, &other.udi));
        std::iter::once((HaRole::Active, &self.udi)).chain(others)
    }
}

/// An identity in a few bytes; the texts of [`Identity`] follow from it and the platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) index: u32,
    /// Below 2^40, unique per index.
    pub(crate) serial: u64,
}

impl Place {
    pub(crate) fn derive(seed: &Seed, index: u32) -> Self {
        Self { index, serial: permute(u64::from(index), seed) }
    }

    pub(crate) fn identity(self, platform: &Platform) -> Identity {
        self.identity_of_set(platform, 1)
    }

    /// The same of an instance of `members` UDIs.
    pub(crate) fn identity_of_set(self, platform: &Platform, members: u8) -> Identity {
        let others = (1..members).map(|member| HaUdi {
            role: if member == 1 { HaRole::Standby } else { HaRole::Member },
            udi: self.udi(platform, member),
        });
        Identity {
            index: self.index,
            udi: self.udi(platform, 0),
            hostname: self.hostname(),
            others: others.collect(),
        }
    }

    pub(crate) fn hostname(self) -> CompactString {
        // Written by hand, because every request names it.
        let mut digits = [b'0'; 10];
        let mut rest = self.index;
        for digit in digits.iter_mut().rev() {
            *digit = DIGITS[(rest % 10) as usize];
            rest /= 10;
        }
        let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
        let digits = &digits[zeros.min(digits.len() - HOST_DIGITS_MIN)..];
        let mut text = CompactString::const_new("muster-");
        text.push_str(std::str::from_utf8(digits).expect("decimal digits are ASCII"));
        text
    }

    /// The UDI of one member of a set; 0 is the active one.
    pub(crate) fn udi(self, platform: &Platform, member: u8) -> Udi {
        let serial = self.serial + u64::from(member) * SERIALS;
        Udi {
            product_id: platform.product_id.clone(),
            serial_number: serial_number(&platform.serial_prefix, serial),
        }
    }
}

fn serial_number(prefix: &str, mut number: u64) -> CompactString {
    let mut digits = [b'0'; SERIAL_DIGITS_MAX];
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS[(number % 36) as usize];
        number /= 36;
    }
    let spare = SERIAL_DIGITS_MAX - SERIAL_DIGITS;
    let from = if digits[0] == b'0' { spare } else { 0 };
    let digits = std::str::from_utf8(&digits[from..]).expect("base-36 digits are ASCII");
    let mut text = CompactString::with_capacity(prefix.len() + digits.len());
    text.push_str(prefix);
    text.push_str(digits);
    text
}

/// A permutation of 40-bit numbers chosen by the seed (four Feistel rounds over 20-bit halves):
/// two indices never share a serial, and another seed gives other serials.
fn permute(value: u64, seed: &Seed) -> u64 {
    const HALF: u64 = (1 << 20) - 1;
    let key = seed.derive("serial numbers", 0);
    let (mut left, mut right) = (value >> 20 & HALF, value & HALF);
    for round in key.chunks_exact(8).take(4) {
        let round = u64::from_be_bytes(round.try_into().expect("chunks of eight bytes"));
        (left, right) = (right, left ^ (mix(right ^ round) & HALF));
    }
    left << 20 | right
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn serial(seed: u64, index: u32) -> CompactString {
        serial_number("MST", Place::derive(&Seed::from_u64(seed), index).serial)
    }

    #[test]
    fn serials_are_unique_and_marked() {
        let seed = Seed::from_u64(3);
        let serials: BTreeSet<_> = (0..20_000)
            .chain(u32::MAX - 100..=u32::MAX)
            .map(|index| serial_number("MST", Place::derive(&seed, index).serial))
            .collect();
        assert_eq!(serials.len(), 20_101);
        assert!(serials.iter().all(|serial| serial.starts_with("MST") && serial.len() == 11));
    }

    #[test]
    fn host_names_have_five_digits_or_more() {
        for index in [0, 42, 99_999, 100_000, u32::MAX] {
            let hostname = Place { index, serial: 0 }.hostname();
            assert_eq!(hostname, format!("muster-{index:05}"));
        }
    }

    #[test]
    fn members_of_a_stack_have_serials_of_their_own() {
        let stack = Platform::named("catalyst-9300").unwrap();
        let identity = Place::derive(&Seed::from_u64(3), 5).identity_of_set(stack, 8);
        let serials: BTreeSet<_> = identity.ha_udis().map(|(_, udi)| &udi.serial_number).collect();
        assert_eq!(serials.len(), 8);
        assert!(serials.iter().all(|serial| serial.starts_with("MST") && serial.len() <= 12));
        let roles: Vec<_> = identity.ha_udis().map(|(role, _)| role.as_str()).collect();
        assert_eq!(roles[..3], ["Active", "Standby", "Member"]);
        let alone = Place::derive(&Seed::from_u64(3), 5).identity(stack);
        assert_eq!((alone.udi, alone.others.len()), (identity.udi, 0));
    }

    #[test]
    fn another_seed_gives_other_serials() {
        assert_eq!(serial(1, 7), serial(1, 7));
        let other: BTreeSet<_> = (0..1000).map(|index| serial(2, index)).collect();
        assert!((0..1000).all(|index| !other.contains(&serial(1, index))));
    }

    #[test]
    fn serials_do_not_change_between_releases() {
        assert_eq!(serial(1, 0), serial(1, 0));
        insta::assert_snapshot!(format!("{} {}", serial(1, 0), serial(1, 1)));
    }
}
