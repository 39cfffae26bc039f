//! Source addresses of connections: several lift the limit of ports that one has.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Source addresses of a run at most: more than 100 million connections at once.
const ADDRESSES_MAX: usize = 4_096;

/// What is wrong with a list of source addresses.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// Something between the commas is no address.
    #[error(
        "`{part}` is no source address; write one such as 127.0.1.1, a range such as \
         127.0.1.1-127.0.1.8 or a block such as 127.0.2.0/29"
    )]
    NotAnAddress {
        /// What is written.
        part: String,
    },
    /// A range whose end is before its start, or of another family.
    #[error("the range `{part}` does not end after it begins")]
    Backwards {
        /// What is written.
        part: String,
    },
    /// A block whose address is not its first.
    #[error("`{part}` is not the start of a block; write {block}")]
    InsideBlock {
        /// What is written.
        part: String,
        /// The block it is in.
        block: String,
    },
    /// An address that is not loopback, in a run that stays on loopback.
    #[error("{address} is not loopback; other sources are for targets named with --allow-host")]
    NotLoopback {
        /// The address.
        address: IpAddr,
    },
    /// An address nothing can connect from.
    #[error("{address} stands for many hosts and cannot be a source address")]
    ManyHosts {
        /// The address.
        address: IpAddr,
    },
    /// The same address again.
    #[error("{address} is named twice")]
    Twice {
        /// The address.
        address: IpAddr,
    },
    /// Too many.
    #[error("`{part}` makes it more than 4,096 source addresses")]
    TooMany {
        /// What is written.
        part: String,
    },
}

/// Reads addresses, ranges and blocks, separated by commas, in the order written. Addresses other
/// than loopback are refused unless `beyond_loopback`. Whether this machine owns an address only
/// shows when a socket is bound to it.
pub fn parse_sources(text: &str, beyond_loopback: bool) -> Result<Vec<IpAddr>, SourceError> {
    let mut addresses = Vec::new();
    let mut seen = BTreeSet::new();
    for part in text.split(',').map(str::trim) {
        let (first, last) = ends_of(part)?;
        let (start, end) = (bits(first), bits(last));
        let room = (ADDRESSES_MAX - addresses.len()) as u128;
        if end - start >= room {
            return Err(SourceError::TooMany { part: part.to_owned() });
        }
        for number in start..=end {
            let address = same_family(first, number);
            if !beyond_loopback && !address.is_loopback() {
                return Err(SourceError::NotLoopback { address });
            }
            if stands_for_many(address) {
                return Err(SourceError::ManyHosts { address });
            }
            if !seen.insert(address) {
                return Err(SourceError::Twice { address });
            }
            addresses.push(address);
        }
    }
    Ok(addresses)
}

/// First and last address of one part, of the same family and in this order.
fn ends_of(part: &str) -> Result<(IpAddr, IpAddr), SourceError> {
    let wrong = || SourceError::NotAnAddress { part: part.to_owned() };
    let address = |text: &str| text.trim().parse::<IpAddr>().map_err(|_| wrong());
    if let Some((first, last)) = part.split_once('-') {
        let (first, last) = (address(first)?, address(last)?);
        if first.is_ipv4() != last.is_ipv4() || bits(first) > bits(last) {
            return Err(SourceError::Backwards { part: part.to_owned() });
        }
        return Ok((first, last));
    }
    let Some((first, prefix)) = part.split_once('/') else {
        return address(part).map(|address| (address, address));
    };
    let first = address(first)?;
    let width = if first.is_ipv4() { 32 } else { 128 };
    let prefix: u32 = prefix.parse().ok().filter(|bits| *bits <= width).ok_or_else(wrong)?;
    // A shift by the whole width is not defined: `::/0` has every bit below its prefix.
    let below = u128::MAX.checked_shr(128 - (width - prefix)).unwrap_or(0);
    if bits(first) & below != 0 {
        let block = same_family(first, bits(first) & !below);
        let block = format!("{block}/{prefix}");
        return Err(SourceError::InsideBlock { part: part.to_owned(), block });
    }
    Ok((first, same_family(first, bits(first) | below)))
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(address.to_bits()),
        IpAddr::V6(address) => address.to_bits(),
    }
}

fn same_family(of: IpAddr, bits: u128) -> IpAddr {
    match of {
        IpAddr::V4(_) => {
            let bits = u32::try_from(bits).expect("between two IPv4 addresses");
            IpAddr::V4(Ipv4Addr::from_bits(bits))
        }
        IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::from_bits(bits)),
    }
}

fn stands_for_many(address: IpAddr) -> bool {
    let broadcast = matches!(address, IpAddr::V4(address) if address.is_broadcast());
    broadcast || address.is_unspecified() || address.is_multicast()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        let addresses = parse_sources(text, false).expect("a good list");
        addresses.iter().map(IpAddr::to_string).collect()
    }

    fn refused(text: &str) -> String {
        parse_sources(text, false).expect_err("a bad list").to_string()
    }

    #[test]
    fn addresses_ranges_and_blocks_go_together() {
        assert_eq!(shown("127.0.1.1"), ["127.0.1.1"]);
        assert_eq!(shown("127.0.1.254 - 127.0.2.1, ::1").len(), 5);
        assert_eq!(shown("127.0.1.1-127.0.1.8,127.0.2.0/29").len(), 16);
        assert_eq!(shown("127.0.2.0/30").last().map(String::as_str), Some("127.0.2.3"));
        assert_eq!(shown("127.0.2.7/32"), ["127.0.2.7"]);
        assert_eq!(shown("127.9.0.0/20").len(), 4_096);
    }

    #[test]
    fn mistakes_are_named_exactly() {
        assert!(refused("").starts_with("`` is no source address; write one such as 127.0.1.1"));
        assert!(refused("127.0.1.1,").starts_with("`` is no source address"));
        assert!(refused("127.0.1").starts_with("`127.0.1` is no source address"));
        assert!(refused("127.0.1.0/33").starts_with("`127.0.1.0/33` is no source address"));
        assert!(refused("127.0.1.0/-1").starts_with("`127.0.1.0/-1` is no source address"));
        assert_eq!(
            refused("127.0.1.8-127.0.1.1"),
            "the range `127.0.1.8-127.0.1.1` does not end after it begins"
        );
        assert!(refused("127.0.1.8-::1").contains("does not end after"));
        assert_eq!(
            refused("127.0.2.5/29"),
            "`127.0.2.5/29` is not the start of a block; write 127.0.2.0/29"
        );
        assert_eq!(refused("127.0.1.1-127.0.1.3,127.0.1.2"), "127.0.1.2 is named twice");
    }

    #[test]
    fn the_number_is_bounded_before_anything_is_made() {
        let many = "`127.0.0.0/8` makes it more than 4,096 source addresses";
        assert_eq!(refused("127.0.0.0/8"), many);
        assert_eq!(refused("127.1.1.1,127.9.0.0/20").split(' ').next(), Some("`127.9.0.0/20`"));
        assert!(refused("::/0").contains("4,096"));
        assert!(refused("::1-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff").contains("4,096"));
        assert!(refused("0.0.0.0/0").contains("4,096"));
    }

    #[test]
    fn sources_off_loopback_must_be_asked_for() {
        assert_eq!(
            refused("192.0.2.1"),
            "192.0.2.1 is not loopback; other sources are for targets named with --allow-host"
        );
        assert!(refused("127.255.255.254-128.0.0.1").starts_with("128.0.0.0 is not loopback"));
        assert_eq!(parse_sources("192.0.2.1-192.0.2.2", true).expect("asked for").len(), 2);
    }

    #[test]
    fn nothing_connects_from_an_address_of_many_hosts() {
        for address in ["224.0.0.1", "0.0.0.0", "255.255.255.255", "::", "ff02::1"] {
            let many = parse_sources(address, true).expect_err("not one host").to_string();
            assert_eq!(
                many,
                format!("{address} stands for many hosts and cannot be a source address")
            );
        }
    }
}
