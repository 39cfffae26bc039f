//! What this machine allows: descriptors, local ports, memory, cores.

use std::fs;

use crate::health::FdLimit;

/// Local ports where the system does not tell its range: the dynamic ports of RFC 6335.
const PORTS_OF_RFC: u32 = 65_535 - 49_152 + 1;

/// What a machine allows a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Machine {
    /// Open file descriptors.
    pub fds: FdLimit,
    /// Local ports of one source address toward one destination.
    pub ports_per_address: u32,
    /// Memory that is free or can be made so, bytes; `None` where the system does not say.
    pub memory_bytes: Option<u64>,
    /// Cores this process may use.
    pub cores: u32,
}

impl Machine {
    /// This machine.
    pub fn here() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            fds: FdLimit::current(),
            ports_per_address: ports_per_address(),
            memory_bytes: fs::read_to_string("/proc/meminfo").ok().as_deref().and_then(available),
            cores: u32::try_from(cores).unwrap_or(u32::MAX),
        }
    }
}

/// Local ports of one source address toward one destination, by the system's settings.
pub fn ports_per_address() -> u32 {
    let read = |name: &str| fs::read_to_string(format!("/proc/sys/net/ipv4/{name}"));
    let reserved = read("ip_local_reserved_ports").unwrap_or_default();
    read("ip_local_port_range")
        .ok()
        .and_then(|range| ports_of(&range, &reserved))
        .unwrap_or(PORTS_OF_RFC)
}

/// Ports of a range such as `32768 60999` without the reserved ones, such as `35000,40000-40009`.
fn ports_of(range: &str, reserved: &str) -> Option<u32> {
    let mut ends = range.split_ascii_whitespace().map(str::parse::<u16>);
    let (first, last) = (ends.next()?.ok()?, ends.next()?.ok()?);
    let all = u32::from(last).checked_sub(u32::from(first))? + 1;
    let taken = reserved.trim().split(',').filter_map(|part| {
        let (from, to) = part.split_once('-').unwrap_or((part, part));
        let from = from.parse::<u16>().ok()?.max(first);
        let to = to.parse::<u16>().ok()?.min(last);
        Some((u32::from(to) + 1).saturating_sub(u32::from(from)))
    });
    Some(all.saturating_sub(taken.sum()))
}

/// `MemAvailable` of `/proc/meminfo`, bytes.
fn available(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_ports_are_not_available() {
        assert_eq!(ports_of("32768\t60999\n", "\n"), Some(28_232));
        assert_eq!(ports_of("32768\t60999", "35000,40000-40009,80"), Some(28_221));
        assert_eq!(ports_of("32768 60999", "60990-65535"), Some(28_222));
        assert_eq!(ports_of("60999 32768", ""), None);
        assert_eq!(ports_of("many", ""), None);
    }

    #[test]
    fn available_memory_is_read_in_bytes() {
        assert_eq!(available("MemTotal: 9 kB\nMemAvailable:   2048 kB\n"), Some(2 << 20));
        assert_eq!(available("MemTotal: 9 kB\n"), None);
    }

    #[test]
    fn this_machine_has_a_core_and_ports() {
        let machine = Machine::here();
        assert!(machine.cores >= 1 && machine.ports_per_address >= 1, "{machine:?}");
    }
}
