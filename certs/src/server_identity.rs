//! What a TLS server holds: its chain, its key and the names it answers to.

use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::SanType;
use rustls_pki_types::{CertificateDer, DnsName, PrivateKeyDer};

use crate::error::Error;

/// A TLS server certificate with its key.
#[derive(Debug)]
pub struct ServerIdentity {
    /// Certificates, leaf first, without the root.
    pub chain: Vec<CertificateDer<'static>>,
    /// PKCS#8 private key of the leaf.
    pub key: PrivateKeyDer<'static>,
    /// DNS names and IP addresses the leaf is valid for, in the order asked for.
    pub names: Vec<String>,
}

impl ServerIdentity {
    /// The chain as PEM text, leaf first.
    #[must_use]
    pub fn chain_pem(&self) -> String {
        self.chain.iter().map(|certificate| pem("CERTIFICATE", certificate)).collect()
    }

    /// The private key as PEM text.
    #[must_use]
    pub fn key_pem(&self) -> String {
        pem("PRIVATE KEY", self.key.secret_der())
    }
}

impl Clone for ServerIdentity {
    fn clone(&self) -> Self {
        Self { chain: self.chain.clone(), key: self.key.clone_key(), names: self.names.clone() }
    }
}

/// Strict textual encoding (RFC 7468): 64 characters a line.
pub(crate) fn pem(label: &str, der: &[u8]) -> String {
    let body = STANDARD.encode(der);
    let mut text = format!("-----BEGIN {label}-----\n");
    let mut rest = body.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(64));
        text.push_str(line);
        text.push('\n');
        rest = after;
    }
    text.push_str(&format!("-----END {label}-----\n"));
    text
}

/// The subject alternative names for `names`: IP addresses as such, everything else as DNS.
pub(crate) fn alternative_names(names: &[String]) -> Result<Vec<SanType>, Error> {
    if names.is_empty() {
        return Err(Error::NoServerName);
    }
    names.iter().map(|name| alternative_name(name)).collect()
}

fn alternative_name(name: &str) -> Result<SanType, Error> {
    if let Ok(address) = name.parse::<IpAddr>() {
        return Ok(SanType::IpAddress(address));
    }
    let refused = || Error::ServerName { name: name.to_owned() };
    let host = name.strip_prefix("*.").unwrap_or(name);
    DnsName::try_from(host).map_err(|_| refused())?;
    Ok(SanType::DnsName(name.try_into().map_err(|_| refused())?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_ports_brackets_or_spaces_are_refused() {
        for name in ["localhost:8443", "[::1]", "two words", "", "*.", "a\nb", "https://x"] {
            let result = alternative_names(&[name.to_owned()]);
            assert!(matches!(result, Err(Error::ServerName { .. })), "{name:?}");
        }
        assert!(matches!(alternative_names(&[]), Err(Error::NoServerName)));
    }

    #[test]
    fn addresses_are_not_dns_names() {
        let names = ["::1", "127.0.0.1", "localhost", "*.muster.test"].map(str::to_owned);
        let kinds = alternative_names(&names).unwrap();
        assert!(matches!(
            kinds.as_slice(),
            [
                SanType::IpAddress(IpAddr::V6(_)),
                SanType::IpAddress(IpAddr::V4(_)),
                SanType::DnsName(_),
                SanType::DnsName(_)
            ]
        ));
    }

    #[test]
    fn pem_lines_are_at_most_64_characters() {
        let text = pem("CERTIFICATE", &[0; 100]);
        assert!(text.lines().all(|line| line.len() <= 64));
        assert_eq!(text.lines().count(), 5);
    }
}
