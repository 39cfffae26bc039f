//! Which authorities the certificate of a server must lead to.
//!
//! Source: Cisco ACI Smart Licensing, "Import/Remove Private Certificate", "Smart Licensing
//! Registration with Smart Software Manager Satellite has Failed" (only a satellite over https
//! needs an import; gateway and proxy do not).

use std::sync::Arc;

use muster_certs::ShownCertificate;
use rustls::client::Resumption;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};

use super::verifier::StrictVerifier;
use crate::target::{Target, Way};

/// The trust roots cannot be used.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{list} {position}: {reason}")]
pub struct TlsSetupError {
    list: &'static str,
    position: usize,
    reason: String,
}

/// Everything one client trusts.
#[derive(Clone, Debug)]
pub(in crate::transport) struct Trust {
    built_in: Arc<Anchors>,
    imported: Arc<Anchors>,
    provider: Arc<CryptoProvider>,
}

/// Authorities, and what they are called.
#[derive(Debug)]
pub(super) struct Anchors {
    pub(super) store: RootCertStore,
    pub(super) names: Vec<String>,
}

impl Trust {
    /// Trust in `built_in`, for satellites in `imported`, and in nothing else.
    pub(in crate::transport) fn new(
        built_in: &[CertificateDer<'static>],
        imported: &[CertificateDer<'static>],
        provider: CryptoProvider,
    ) -> Result<Self, TlsSetupError> {
        Ok(Self {
            built_in: Arc::new(Anchors::of("trust root", built_in)?),
            imported: Arc::new(Anchors::of("imported authority", imported)?),
            provider: Arc::new(provider),
        })
    }

    /// What a target's profile says.
    pub(in crate::transport) fn of(
        target: &Target,
        provider: CryptoProvider,
    ) -> Result<Self, TlsSetupError> {
        Self::new(&target.roots, &target.imported, provider)
    }

    /// The judge of servers that are reached this way.
    pub(in crate::transport) fn verifier(&self, way: &Way) -> Arc<StrictVerifier> {
        let anchors = if way.server.needs_import() { &self.imported } else { &self.built_in };
        let algorithms = self.provider.signature_verification_algorithms;
        Arc::new(StrictVerifier::new(Arc::clone(anchors), way, algorithms))
    }

    /// TLS with `verifier` as the judge; sessions are not resumed.
    pub(in crate::transport) fn config(
        &self,
        verifier: Arc<dyn ServerCertVerifier>,
    ) -> ClientConfig {
        let mut config = ClientConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_safe_default_protocol_versions()
            .expect("the aws-lc-rs provider supports TLS 1.2 and 1.3")
            .dangerous()
            .with_custom_certificate_verifier(verifier)
            .with_no_client_auth();
        config.resumption = Resumption::disabled();
        config
    }
}

impl Anchors {
    fn of(
        list: &'static str,
        certificates: &[CertificateDer<'static>],
    ) -> Result<Self, TlsSetupError> {
        let (mut store, mut names) = (RootCertStore::empty(), Vec::new());
        for (at, certificate) in certificates.iter().enumerate() {
            store.add(certificate.clone()).map_err(|error| TlsSetupError {
                list,
                position: at + 1,
                reason: error.to_string(),
            })?;
            let name = ShownCertificate::from_der(certificate).map(|shown| shown.subject);
            names.push(name.unwrap_or_else(|_| format!("number {}", at + 1)));
        }
        Ok(Self { store, names })
    }
}
