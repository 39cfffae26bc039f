//! TLS as the listeners speak it: versions, order of cipher suites, resumption.

use std::sync::Arc;

use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::server::NoServerSessionStorage;
use rustls::{CipherSuite, ServerConfig};
use tokio_rustls::TlsAcceptor;

use crate::{Error, Server};

/// Tickets per full or resumed handshake. Each is good for one resumption, and an instance has
/// one connection at a time.
const TICKETS: usize = 1;

/// Suites in the order they are preferred: with hardware for SHA-256 but none for SHA-384, a
/// handshake with the first costs less, and 128 bits protect a test as well.
const PREFERRED: [CipherSuite; 2] =
    [CipherSuite::TLS13_AES_128_GCM_SHA256, CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256];

/// What accepts TLS for certificates over `names`; one for all threads, so that a session begun
/// on one is resumed on another.
pub(crate) fn acceptor(server: &Server, names: &[String]) -> Result<TlsAcceptor, Error> {
    let identity = server.identity(names)?;
    // Old agents stop at TLS 1.2, so both versions stay on. A server name that is an IP address
    // is ignored, not refused; rustls 0.23 has no setting that lets other malformed names pass.
    let mut config = ServerConfig::builder_with_provider(Arc::new(provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(identity.chain, identity.key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    // Clients list every suite they know; their order says little about this machine.
    config.ignore_client_order = true;
    // A cache of sessions would have to hold one for each instance of the fleet; tickets leave
    // the keeping to the instances.
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    if server.resumption() {
        config.ticketer = aws_lc_rs::Ticketer::new()?;
        config.send_tls13_tickets = TICKETS;
    }
    Ok(TlsAcceptor::from(Arc::new(config)))
}

fn provider() -> CryptoProvider {
    let mut provider = aws_lc_rs::default_provider();
    // A stable sort: the others keep their order.
    provider.cipher_suites.sort_by_key(|suite| !PREFERRED.contains(&suite.suite()));
    provider
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cipher_suite_is_dropped_and_the_preferred_come_first() {
        let (ours, all) = (provider().cipher_suites, aws_lc_rs::default_provider().cipher_suites);
        assert_eq!(ours.len(), all.len());
        assert!(all.iter().all(|suite| ours.contains(suite)));
        let first: Vec<_> = ours.iter().map(|suite| suite.suite()).take(PREFERRED.len()).collect();
        assert!(PREFERRED.iter().all(|suite| first.contains(suite)));
    }
}
