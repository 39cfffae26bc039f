//! Which hosts may be spoken to: loopback, those the user names, never the vendor's own.

use std::net::IpAddr;

/// Domains of the vendor's production services; refused whatever the user says.
const VENDOR_DOMAINS: &[&str] = &["cisco.com", "ciscosmartlicensing.com", "ciscoconnectdna.com"];

/// Which hosts a run may reach.
#[derive(Clone, Debug, Default)]
pub struct HostPolicy {
    /// Hosts named with `--allow-host`.
    pub allowed: Vec<String>,
}

/// Why a host may not be reached.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HostRefused {
    /// One of the vendor's production hosts.
    #[error("{host} belongs to the vendor's production service and is never a target")]
    Vendor {
        /// The host.
        host: String,
    },
    /// Not loopback and not named.
    #[error("{host} is not loopback; add --allow-host {host} if this server is yours to test")]
    NotNamed {
        /// The host.
        host: String,
    },
}

impl HostPolicy {
    /// Whether `host` may be reached.
    pub fn check(&self, host: &str) -> Result<(), HostRefused> {
        let plain = host.trim_end_matches('.').to_ascii_lowercase();
        let vendor = VENDOR_DOMAINS
            .iter()
            .any(|domain| plain == *domain || plain.ends_with(&format!(".{domain}")));
        if vendor {
            return Err(HostRefused::Vendor { host: host.to_owned() });
        }
        let loopback = plain == "localhost"
            || plain.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        let named = |name: &String| name.trim_end_matches('.').eq_ignore_ascii_case(&plain);
        if loopback || self.allowed.iter().any(named) {
            return Ok(());
        }
        Err(HostRefused::NotNamed { host: host.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_is_always_reachable() {
        for host in ["localhost", "127.0.0.1", "127.8.9.1", "::1"] {
            assert_eq!(HostPolicy::default().check(host), Ok(()), "{host}");
        }
    }

    #[test]
    fn another_host_must_be_named() {
        let policy = HostPolicy { allowed: vec!["onprem.lab".to_owned()] };
        assert_eq!(policy.check("ONPREM.lab"), Ok(()));
        assert!(matches!(policy.check("other.lab"), Err(HostRefused::NotNamed { .. })));
    }

    #[test]
    fn vendor_hosts_are_refused_even_when_named() {
        let host = "smartreceiver.cisco.com";
        let policy = HostPolicy { allowed: vec![host.to_owned()] };
        for spelling in [host, "SmartReceiver.Cisco.com.", "cisco.com"] {
            assert!(matches!(policy.check(spelling), Err(HostRefused::Vendor { .. })));
        }
        assert!(matches!(policy.check("notcisco.com"), Err(HostRefused::NotNamed { .. })));
    }
}
