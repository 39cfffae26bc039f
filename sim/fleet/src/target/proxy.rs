//! The HTTP or HTTPS proxy between instances and server, and the hosts it is not asked for.
//!
//! Source: Cisco ACI Smart Licensing, "Registering for Smart Licensing with HTTP or HTTPS Proxy
//! Using the GUI"; Troubleshoot SLP on 9800, "Smart Using Proxy" (address and port).

use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{EndpointUrl, Secret};

/// A proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proxy {
    /// Where it listens; with https, TLS is spoken with the proxy itself.
    pub url: EndpointUrl,
    credentials: Option<Credentials>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Credentials {
    password: Secret,
    /// What the `proxy-authorization` header says.
    header: Secret,
}

impl Proxy {
    /// A proxy that asks for nobody's name.
    pub const fn at(url: EndpointUrl) -> Self {
        Self { url, credentials: None }
    }

    /// The same with basic credentials. A user name with a colon cannot be told from its password,
    /// and a control character cannot be sent.
    pub fn with_credentials(self, user: &Secret, password: &Secret) -> Result<Self, String> {
        let (user, password) = (user.reveal(), password.reveal());
        if user.contains(':') {
            return Err("the name holds a colon, which basic credentials cannot carry".to_owned());
        }
        if user.chars().chain(password.chars()).any(char::is_control) {
            return Err(
                "name or password holds a control character, which no header can carry".to_owned()
            );
        }
        let header = format!("Basic {}", STANDARD.encode(format!("{user}:{password}")));
        let (password, header) = (Secret::new(password.to_owned()), Secret::new(header));
        Ok(Self { credentials: Some(Credentials { password, header }), ..self })
    }

    /// What the `proxy-authorization` header says; none without credentials.
    pub fn authorization(&self) -> Option<&str> {
        self.credentials.as_ref().map(|credentials| credentials.header.reveal())
    }

    /// What of the credentials must never be shown.
    pub(super) fn secrets(&self) -> impl Iterator<Item = &Secret> {
        self.credentials.iter().flat_map(|known| [&known.password, &known.header])
    }

    /// Takes the URL of a proxy apart; the error says what is wrong with it.
    pub(super) fn fault(url: &EndpointUrl) -> Option<String> {
        if !url.names_port() {
            return Some("no port; write http://host:port".to_owned());
        }
        (url.path != "/").then(|| "a path; a proxy has none, write http://host:port".to_owned())
    }
}

/// Hosts that are reached without the proxy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct NoProxy(Vec<Entry>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    hosts: Hosts,
    port: Option<u16>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Hosts {
    /// `*`.
    Any,
    /// `onprem.lab`: that name and no other.
    Name(String),
    /// `.lab`: every name below it.
    Below(String),
    /// `10.0.0.0/8`, or one address.
    Network { address: IpAddr, prefix: u32 },
}

impl NoProxy {
    /// Reads the entries; the error names the one that cannot be used.
    pub(super) fn parse(entries: &[String]) -> Result<Self, String> {
        let parse =
            |text: &String| Entry::parse(text.trim()).map_err(|why| format!("`{text}`: {why}"));
        entries.iter().map(parse).collect::<Result<_, _>>().map(Self)
    }

    /// Whether that endpoint is reached without the proxy.
    pub(super) fn covers(&self, url: &EndpointUrl) -> bool {
        let address = url.host.parse().ok();
        let host = url.host.trim_end_matches('.');
        self.0.iter().any(|entry| {
            entry.port.is_none_or(|port| port == url.port) && entry.hosts.cover(host, address)
        })
    }
}

impl Entry {
    fn parse(text: &str) -> Result<Self, String> {
        const FORMS: &str = "write a host name, .domain, an address, a network such as 10.0.0.0/8, \
                             or *; a port may follow, as in onprem.lab:8443";
        // An address of IPv6 is full of colons: its port follows brackets.
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) if !host.contains(':') || host.ends_with(']') => (host, Some(port)),
            _ => (text, None),
        };
        let port = match port.map(str::parse) {
            None => None,
            Some(Ok(port)) if port > 0 => Some(port),
            Some(_) => return Err(format!("a port is 1 to 65535; {FORMS}")),
        };
        let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        let hosts = Hosts::parse(host).ok_or(FORMS)?;
        Ok(Self { hosts, port })
    }
}

impl Hosts {
    fn parse(text: &str) -> Option<Self> {
        if text == "*" {
            return Some(Self::Any);
        }
        if let Some((address, prefix)) = text.split_once('/') {
            let (address, prefix) = (address.parse().ok()?, prefix.parse().ok()?);
            return (prefix <= bits(address)).then_some(Self::Network { address, prefix });
        }
        if let Ok(address) = text.parse() {
            return Some(Self::Network { address, prefix: bits(address) });
        }
        let name = text.strip_prefix('.').unwrap_or(text).trim_end_matches('.');
        let is_name = |one: u8| one.is_ascii_alphanumeric() || matches!(one, b'-' | b'_' | b'.');
        if name.is_empty() || !name.bytes().all(is_name) {
            return None;
        }
        let name = name.to_ascii_lowercase();
        Some(if text.starts_with('.') { Self::Below(name) } else { Self::Name(name) })
    }

    fn cover(&self, host: &str, address: Option<IpAddr>) -> bool {
        match self {
            Self::Any => true,
            Self::Name(name) => host.eq_ignore_ascii_case(name),
            Self::Below(domain) => {
                let host = host.to_ascii_lowercase();
                host.strip_suffix(domain).is_some_and(|head| head.ends_with('.'))
            }
            Self::Network { address: network, prefix } => {
                address.is_some_and(|address| shares_prefix(address, *network, *prefix))
            }
        }
    }
}

const fn bits(address: IpAddr) -> u32 {
    match address {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    }
}

fn shares_prefix(one: IpAddr, other: IpAddr, prefix: u32) -> bool {
    let differing = match (one, other) {
        (IpAddr::V4(one), IpAddr::V4(other)) => {
            u128::from(one.to_bits() ^ other.to_bits()) << (128 - 32)
        }
        (IpAddr::V6(one), IpAddr::V6(other)) => one.to_bits() ^ other.to_bits(),
        _ => return false,
    };
    differing.leading_zeros() >= prefix
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers(entry: &str, url: &str) -> bool {
        let list = NoProxy::parse(&[entry.to_owned()]).unwrap();
        list.covers(&EndpointUrl::parse(url).unwrap())
    }

    #[test]
    fn hosts_domains_networks_and_ports_are_left_out() {
        for (entry, url, expected) in [
            ("*", "https://any.where/", true),
            ("onprem.lab", "https://OnPrem.lab./", true),
            ("onprem.lab", "https://a.onprem.lab/", false),
            (".lab", "https://a.b.lab/", true),
            (".lab", "https://lab/", false),
            (".lab", "https://notlab/", false),
            ("127.0.0.1", "https://127.0.0.1:8443/", true),
            ("127.0.0.1", "https://127.0.0.2/", false),
            ("10.0.0.0/8", "https://10.200.0.1/", true),
            ("10.0.0.0/8", "https://11.0.0.1/", false),
            ("10.0.0.0/8", "https://ten.lab/", false),
            ("0.0.0.0/0", "https://203.0.113.9/", true),
            ("0.0.0.0/0", "https://[::1]/", false),
            ("fd00::/8", "https://[fdab::1]/", true),
            ("::1", "https://[::1]/", true),
            ("[::1]:8443", "https://[::1]:8443/", true),
            ("[::1]:8443", "https://[::1]/", false),
            ("onprem.lab:8443", "https://onprem.lab:8443/", true),
            ("onprem.lab:8443", "https://onprem.lab/", false),
            ("onprem.lab:443", "https://onprem.lab/", true),
        ] {
            assert_eq!(covers(entry, url), expected, "{entry} {url}");
        }
    }

    #[test]
    fn an_entry_that_means_nothing_is_refused() {
        for entry in ["", ".", "a b", "*.lab", "10.0.0.0/33", "h:0", "h:x", "http://h", "10.0/8"] {
            let error = NoProxy::parse(&[entry.to_owned()]).unwrap_err();
            assert!(error.starts_with(&format!("`{entry}`: ")), "{error}");
            assert!(error.contains("10.0.0.0/8"), "{error}");
        }
    }

    #[test]
    fn credentials_are_basic_and_never_printed() {
        let proxy = || Proxy::at(EndpointUrl::parse("http://proxy.lab:3128").unwrap());
        let secret = |text: &str| Secret::new(text.to_owned());
        let proxy_with = |user, word| proxy().with_credentials(&secret(user), &secret(word));
        let known = proxy_with("Aladdin", "open sesame").unwrap();
        assert_eq!(known.authorization(), Some("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="));
        assert!(!format!("{known:?}").contains("QWxh") && !format!("{known:?}").contains("sesame"));
        assert!(proxy_with("a:b", "c").unwrap_err().contains("colon"));
        assert!(proxy_with("a", "b\nc").unwrap_err().contains("control character"));
    }
}
