//! The certificate an instance shows to collectors, where the target's profile asks for TLS.

use std::sync::Arc;

use muster_certs::{Authority, AuthorityOptions, Seed};
use rustls::ServerConfig;
use tokio_rustls::TlsAcceptor;

/// Days the certificate holds before and after the moment of the collection: a target's clock may
/// have been moved, the instance's may be wrong on purpose.
const DAYS_EACH_WAY: u32 = 400;
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// The certificate cannot be made.
#[derive(Debug, thiserror::Error)]
#[error("no certificate for the instance: {reason}")]
pub struct InstanceTlsError {
    reason: String,
}

/// TLS for one collection.
pub(crate) struct InstanceTls {
    pub(crate) acceptor: TlsAcceptor,
    /// What a collector must trust, PEM.
    pub(crate) root_pem: String,
}

impl InstanceTls {
    /// For a listener on loopback. The authority behind it follows from `seed`, so all instances of
    /// a run lead to one root.
    pub(crate) fn new(seed: &Seed, now_ms: u64) -> Result<Self, InstanceTlsError> {
        let now_ms = i64::try_from(now_ms).unwrap_or(i64::MAX);
        let options = AuthorityOptions {
            not_before_ms: now_ms.saturating_sub(i64::from(DAYS_EACH_WAY) * DAY_MS),
            validity_days: 2 * DAYS_EACH_WAY,
            ..AuthorityOptions::default()
        };
        let failed = |reason: String| InstanceTlsError { reason };
        let authority =
            Authority::new(seed, &options).map_err(|error| failed(error.to_string()))?;
        let names = ["127.0.0.1".to_owned(), "localhost".to_owned()];
        let identity =
            authority.server_identity(&names).map_err(|error| failed(error.to_string()))?;
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("the aws-lc-rs provider supports TLS 1.2 and 1.3")
            .with_no_client_auth()
            .with_single_cert(identity.chain, identity.key)
            .map_err(|error| failed(error.to_string()))?;
        let acceptor = TlsAcceptor::from(Arc::new(config));
        Ok(Self { acceptor, root_pem: authority.root_pem() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_instance_of_a_run_leads_to_one_root() {
        let seed = Seed::from_u64(3);
        let at = |now_ms| InstanceTls::new(&seed, now_ms).unwrap().root_pem;
        assert_eq!(at(1_800_000_000_000), at(1_800_000_000_000));
        assert!(InstanceTls::new(&seed, u64::MAX).is_err(), "no calendar goes so far");
    }
}
