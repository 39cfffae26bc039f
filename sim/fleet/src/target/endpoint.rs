//! An endpoint's URL taken apart once, and the way there.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;

use super::proxy::Proxy;
use super::server_kind::ServerKind;

/// An endpoint URL taken apart once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointUrl {
    /// The URL as the profile gives it.
    pub text: String,
    /// Whether TLS is spoken.
    pub tls: bool,
    /// Host name or address, without brackets.
    pub host: String,
    /// Port, defaulted from the scheme.
    pub port: u16,
    /// Path and query, `/` at least.
    pub path: String,
    /// How the server is reached; directly and without further rules unless a profile says more.
    pub way: Way,
}

/// How a server is reached, beyond its URL.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Way {
    /// What the server is.
    pub server: ServerKind,
    /// Whether the common name of its certificate must be the host of the URL.
    pub is_strict: bool,
    /// The proxy between instance and server.
    pub proxy: Option<Arc<Proxy>>,
    /// Whether its IPv6 addresses are left alone.
    pub is_ipv4_only: bool,
}

/// A server named by an IPv6 address, for a product that does not speak IPv6.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{address} is an IPv6 address, which Smart Licensing of this product does not support")]
pub struct Ipv6Refused {
    /// The address.
    pub address: Ipv6Addr,
}

impl EndpointUrl {
    /// Takes a URL apart; the error says what is wrong with it. URLs are written to journals, so
    /// one with a password in it is refused.
    pub fn parse(text: &str) -> Result<Self, String> {
        let uri: http::Uri = text.parse().map_err(|error| format!("not a URL: {error}"))?;
        let tls = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            Some(other) => return Err(format!("scheme `{other}`; use http or https")),
            None => return Err("no scheme; write https://host:port/path".to_owned()),
        };
        let authority = uri.authority().ok_or("no host")?;
        if authority.as_str().contains('@') {
            return Err("a user name in the URL; leave it out".to_owned());
        }
        let host = authority.host().trim_matches(['[', ']']).to_owned();
        let port = match port_text(authority) {
            None => default_port(tls),
            Some(port) => match port.parse() {
                Ok(number) if number > 0 => number,
                _ => return Err(format!("port `{port}`; a port is 1 to 65535")),
            },
        };
        let path = uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str).to_owned();
        Ok(Self { text: text.to_owned(), tls, host, port, path, way: Way::default() })
    }

    /// The same server with another path, text and parts alike.
    #[must_use]
    pub fn with_path(&self, path: &str) -> Self {
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        let start = self.text.find("://").map_or(0, |at| at + 3);
        let end = self.text[start..].find(['/', '?', '#']).map_or(self.text.len(), |at| start + at);
        Self { text: format!("{}{path}", &self.text[..end]), path, ..self.clone() }
    }

    /// The same endpoint for a product that does not speak IPv6: its IPv6 addresses are left
    /// alone, and where an address is all there is, it is refused.
    ///
    /// Source: Cisco ACI Smart Licensing, "Smart Licensing Usage Guidelines and Limitations".
    pub fn over_ipv4(&self) -> Result<Self, Ipv6Refused> {
        let proxy = self.way.proxy.as_ref().map(|proxy| &proxy.url);
        for host in [Some(self), proxy].into_iter().flatten().map(|url| &url.host) {
            if let Ok(IpAddr::V6(address)) = host.parse() {
                return Err(Ipv6Refused { address });
            }
        }
        let mut url = self.clone();
        url.way.is_ipv4_only = true;
        Ok(url)
    }

    /// Whether the URL itself names a port.
    pub fn names_port(&self) -> bool {
        let uri = self.text.parse::<http::Uri>();
        uri.is_ok_and(|uri| uri.authority().is_some_and(|authority| port_text(authority).is_some()))
    }

    /// What a `host` header says of it: the port only where it is not the scheme's own.
    pub fn host_header(&self) -> String {
        if self.port == default_port(self.tls) { self.bracketed() } else { self.host_and_port() }
    }

    /// Host and port, as `CONNECT` asks for them.
    pub fn host_and_port(&self) -> String {
        format!("{}:{}", self.bracketed(), self.port)
    }

    fn bracketed(&self) -> String {
        if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() }
    }
}

const fn default_port(tls: bool) -> u16 {
    if tls { 443 } else { 80 }
}

/// The port as it is written. SSM On-Prem shows URLs of the form `https://host:/path`, which name
/// none.
fn port_text(authority: &http::uri::Authority) -> Option<&str> {
    let port = authority.as_str().strip_prefix(authority.host())?.strip_prefix(':')?;
    (!port.is_empty()).then_some(port)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> EndpointUrl {
        EndpointUrl::parse(text).unwrap()
    }

    #[test]
    fn a_colon_without_a_number_names_no_port() {
        for (text, port, named) in [
            ("https://onprem.lab:/SmartTransport", 443, false),
            ("http://onprem.lab:/SmartTransport", 80, false),
            ("https://onprem.lab/SmartTransport", 443, false),
            ("https://onprem.lab:443/SmartTransport", 443, true),
            ("https://[2001:db8::1]/", 443, false),
            ("https://[2001:db8::1]:8443/", 8443, true),
        ] {
            let url = url(text);
            assert_eq!((url.port, url.names_port()), (port, named), "{text}");
        }
    }

    #[test]
    fn a_server_is_called_by_its_host_and_where_needed_its_port() {
        let called = |text: &str| (url(text).host_header(), url(text).host_and_port());
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(called("https://h/x"), pair("h", "h:443"));
        assert_eq!(called("http://h:8080/x"), pair("h:8080", "h:8080"));
        assert_eq!(called("https://[::1]/x"), pair("[::1]", "[::1]:443"));
        assert_eq!(called("http://[::1]:443/x"), pair("[::1]:443", "[::1]:443"));
    }

    #[test]
    fn without_ipv6_an_address_of_it_is_refused_and_a_name_is_not() {
        let refused = url("https://[2001:db8::1]/").over_ipv4().unwrap_err();
        assert_eq!(
            refused.to_string(),
            "2001:db8::1 is an IPv6 address, which Smart Licensing of this product does not support"
        );
        assert!(url("https://localhost/").over_ipv4().unwrap().way.is_ipv4_only);
        let mut over = url("https://localhost/");
        over.way.proxy = Some(Arc::new(Proxy::at(url("http://[::1]:3128"))));
        assert_eq!(over.over_ipv4().unwrap_err().address, Ipv6Addr::LOCALHOST);
    }
}
