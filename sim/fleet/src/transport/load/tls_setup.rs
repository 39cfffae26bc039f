//! What TLS of a load client offers and trusts.

use std::sync::Arc;

use rustls::client::Resumption;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::CertificateDer;
use rustls::{CipherSuite, ClientConfig, NamedGroup};

use super::chain_cache::ChainCache;
use super::tickets::Tickets;
use super::{LoadOptions, StrictVerifier, TlsSetupError, Trust};
use crate::target::{Target, Way};

/// What the client trusts, and how it speaks TLS.
pub(super) struct TlsSetup {
    pub(super) trust: Trust,
}

impl TlsSetup {
    /// Trust in `roots` and nothing else.
    pub(super) fn new(roots: &[CertificateDer<'static>]) -> Result<Self, TlsSetupError> {
        Ok(Self { trust: Trust::new(roots, &[], provider())? })
    }

    /// What a target's profile says.
    pub(super) fn of(target: &Target) -> Result<Self, TlsSetupError> {
        Ok(Self { trust: Trust::of(target, provider())? })
    }

    /// The configuration for one server, with a judge and, if sessions are resumed, a store of
    /// its own: another server could not use its tickets.
    pub(super) fn for_one_server(
        &self,
        way: &Way,
        options: &LoadOptions,
    ) -> (Arc<ClientConfig>, Arc<StrictVerifier>) {
        let verifier = self.trust.verifier(way);
        let judge: Arc<dyn ServerCertVerifier> = if options.verify_every_chain {
            verifier.clone()
        } else {
            Arc::new(ChainCache::new(verifier.clone()))
        };
        let mut config = self.trust.config(judge);
        if options.resumption {
            config.resumption = Resumption::store(Arc::new(Tickets::new(options.connections_max)));
        }
        (Arc::new(config), verifier)
    }
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
