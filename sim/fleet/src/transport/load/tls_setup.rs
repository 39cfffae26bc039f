//! What TLS of a load client offers and trusts.

use std::sync::Arc;

use rustls::client::{Resumption, WebPkiServerVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::CertificateDer;
use rustls::{CipherSuite, ClientConfig, NamedGroup, RootCertStore};

use super::chain_cache::ChainCache;
use super::tickets::Tickets;
use super::{ClientOptions, LoadOptions, TlsSetupError};
use crate::transport::Client;

/// A configuration that trusts `roots` and nothing else; sessions are not resumed.
pub(super) fn config(
    roots: &[CertificateDer<'static>],
    options: &LoadOptions,
) -> Result<ClientConfig, TlsSetupError> {
    // The one-off client names the root that cannot be used, and both must refuse the same ones.
    Client::new(roots, ClientOptions::default())?;
    let mut store = RootCertStore::empty();
    store.add_parsable_certificates(roots.iter().cloned());
    let (store, provider) = (Arc::new(store), Arc::new(provider()));
    let mut config = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .expect("the aws-lc-rs provider supports TLS 1.2 and 1.3")
        .with_root_certificates(Arc::clone(&store))
        .with_no_client_auth();
    config.resumption = Resumption::disabled();
    if options.trust_cached_chains {
        let verifier = WebPkiServerVerifier::builder_with_provider(store, provider).build();
        // It cannot be built without roots; then no chain verifies and there is none to believe.
        if let Ok(verifier) = verifier {
            let cache = Arc::new(ChainCache::new(verifier));
            config.dangerous().set_certificate_verifier(cache);
        }
    }
    Ok(config)
}

/// The configuration for one server, with a store of sessions of its own if they are resumed:
/// another server could not use its tickets.
pub(super) fn for_one_server(base: &ClientConfig, options: &LoadOptions) -> Arc<ClientConfig> {
    let mut config = base.clone();
    if options.resumption {
        config.resumption = Resumption::store(Arc::new(Tickets::new(options.connections_max)));
    }
    Arc::new(config)
}

/// Everything the provider has, the cheapest first: AES-128-GCM costs fewer rounds than
/// AES-256-GCM, and SHA-256 has instructions of its own where SHA-384 has none.
fn provider() -> CryptoProvider {
    let mut provider = aws_lc_rs::default_provider();
    provider.kx_groups.sort_by_key(|group| group.name() != NamedGroup::X25519);
    provider
        .cipher_suites
        .sort_by_key(|suite| suite.suite() != CipherSuite::TLS13_AES_128_GCM_SHA256);
    provider
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cheapest_comes_first_and_nothing_is_left_out() {
        let (ours, all) = (provider(), aws_lc_rs::default_provider());
        assert_eq!(ours.kx_groups[0].name(), NamedGroup::X25519);
        assert_eq!(ours.cipher_suites[0].suite(), CipherSuite::TLS13_AES_128_GCM_SHA256);
        assert_eq!(ours.kx_groups.len(), all.kx_groups.len());
        assert_eq!(ours.cipher_suites.len(), all.cipher_suites.len());
        assert!(all.cipher_suites.iter().all(|suite| ours.cipher_suites.contains(suite)));
    }
}
