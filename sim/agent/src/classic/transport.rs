//! How a product instance of the classic era reaches its server: settings only, no I/O.
//!
//! Source: Cisco ACI Smart Licensing, "Transport Setting", "Smart Licensing NX-OS Style CLI
//! Configuration Commands"; SSM On-Prem 7 User Guide, "About Product Instance Registration".

use serde::{Deserialize, Serialize};

use crate::saved::{saved_enum, saved_struct};

/// `license smart transport-mode`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransportMode {
    /// `smart-licensing`: directly to CSSM.
    #[default]
    Direct,
    /// `satellite`: a Transport Gateway, a satellite or On-Prem.
    Gateway,
    /// `proxy`: to CSSM over an HTTP or HTTPS proxy.
    Proxy,
}

/// What messages travel in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Framing {
    /// Smart Call Home.
    #[default]
    CallHome,
    /// Smart Transport.
    SmartTransport,
}

/// Which of the configured servers a request goes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServerChoice {
    /// The first URL.
    #[default]
    Primary,
    /// The second URL.
    Secondary,
}

impl ServerChoice {
    /// The other one.
    pub const fn other(self) -> Self {
        match self {
            Self::Primary => Self::Secondary,
            Self::Secondary => Self::Primary,
        }
    }

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Secondary => "secondary",
        }
    }
}

/// The transport of one product instance. The URLs are the caller's: an agent keeps what it acts
/// on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ClassicTransport {
    /// Way to the server.
    pub mode: TransportMode,
    /// What messages travel in.
    pub framing: Framing,
    /// Whether there is a second URL to fail over to.
    pub has_secondary: bool,
    /// Whether a URL names its server by an IPv6 address.
    pub is_ipv6: bool,
    /// Whether every URL names a port.
    pub names_port: bool,
}

saved_enum!(TransportMode, [Self::Direct, Self::Gateway, Self::Proxy]);
saved_enum!(Framing, [Self::CallHome, Self::SmartTransport]);
saved_enum!(ServerChoice, [Self::Primary, Self::Secondary]);
saved_struct!(ClassicTransport { mode, framing, has_secondary, is_ipv6, names_port });

impl ClassicTransport {
    /// A transport over `urls`, primary first; only two are looked at. Without one the product's
    /// own is used.
    pub fn over(mode: TransportMode, framing: Framing, urls: &[&str]) -> Self {
        let hosts = || urls.iter().take(2).map(|url| host_and_port(url));
        Self {
            mode,
            framing,
            has_secondary: urls.len() > 1,
            is_ipv6: hosts().any(is_ipv6),
            names_port: hosts().all(names_port),
        }
    }
}

/// `host:port` of a URL, or of what stands for one.
fn host_and_port(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or(rest)
}

fn is_ipv6(authority: &str) -> bool {
    authority.starts_with('[') || authority.matches(':').count() > 1
}

fn names_port(authority: &str) -> bool {
    let port = match authority.rsplit_once(']') {
        Some((_, after)) => after.strip_prefix(':'),
        None => authority.rsplit_once(':').map(|(_, port)| port),
    };
    port.is_some_and(|port| port.parse::<u16>().is_ok_and(|port| port > 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_ports_are_seen_in_urls() {
        for (url, ipv6, port) in [
            (
                "https://gateway.example:8443/Transportgateway/services/DeviceRequestHandler",
                false,
                true,
            ),
            ("http://192.0.2.7/Transportgateway/services/DeviceRequestHandler", false, false),
            ("https://[2001:db8::1]:443/SmartTransport", true, true),
            ("https://[2001:db8::1]/SmartTransport", true, false),
            ("2001:db8::1", true, true),
            ("https://gateway.example:/SmartTransport", false, false),
            ("", false, false),
        ] {
            let transport =
                ClassicTransport::over(TransportMode::Gateway, Framing::CallHome, &[url]);
            assert_eq!((transport.is_ipv6, transport.names_port), (ipv6, port), "{url}");
        }
    }

    #[test]
    fn a_second_url_is_something_to_fail_over_to() {
        let over =
            |urls: &[&str]| ClassicTransport::over(TransportMode::Direct, Framing::CallHome, urls);
        assert!(!over(&[]).has_secondary && !over(&["https://a.example"]).has_secondary);
        assert!(over(&["https://a.example", "https://b.example"]).has_secondary);
        assert_eq!(ServerChoice::Primary.other().other(), ServerChoice::Primary);
    }
}
