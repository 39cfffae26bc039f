//! Remembers the chains that a server showed and that verified: most of a client's handshake is the
//! verification of certificates that are the same every time.
//!
//! What is remembered is what verification would say again. It looks at the name, the bytes of the
//! chain, the trusted authorities, which do not change, and the clock; of the clock it asks only
//! whether each certificate is valid.

use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex, MutexGuard};

use muster_certs::ShownCertificate;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{DigitallySignedStruct, Error, SignatureScheme};

/// A target has a handful of chains; a server that shows a new one each time gains nothing.
const CHAINS_MAX: usize = 16;

/// A verifier that remembers what it verified, by name and every byte of the chain.
#[derive(Debug)]
pub(super) struct ChainCache {
    inner: Arc<dyn ServerCertVerifier>,
    verified: Mutex<Vec<Verified>>,
}

/// A chain that verified for a name, and when all of its certificates are valid.
#[derive(Debug)]
struct Verified {
    name: ServerName<'static>,
    chain: Vec<CertificateDer<'static>>,
    valid_s: RangeInclusive<u64>,
}

impl Verified {
    /// What to remember; nothing when its dates cannot be told.
    fn new(name: &ServerName<'_>, chain: Vec<CertificateDer<'static>>) -> Option<Self> {
        let (mut first, mut last) = (0, u64::MAX);
        for certificate in &chain {
            let shown = ShownCertificate::from_der(certificate).ok()?;
            first = first.max(u64::try_from(shown.not_before_s).unwrap_or(0));
            last = last.min(u64::try_from(shown.not_after_s).ok()?);
        }
        Some(Self { name: name.to_owned(), chain, valid_s: first..=last })
    }

    fn covers(
        &self,
        name: &ServerName<'_>,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> bool {
        self.valid_s.contains(&now.as_secs())
            && self.chain.split_first().is_some_and(|(first, rest)| {
                first.as_ref() == leaf.as_ref()
                    && rest.len() == intermediates.len()
                    && rest.iter().zip(intermediates).all(|(a, b)| a.as_ref() == b.as_ref())
            })
            && self.name == *name
    }
}

impl ChainCache {
    pub(super) fn new(inner: Arc<dyn ServerCertVerifier>) -> Self {
        Self { inner, verified: Mutex::default() }
    }

    fn verified(&self) -> MutexGuard<'_, Vec<Verified>> {
        self.verified.lock().expect("nothing panics while it holds the chains")
    }
}

impl ServerCertVerifier for ChainCache {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if self.verified().iter().any(|one| one.covers(name, leaf, intermediates, now)) {
            return Ok(ServerCertVerified::assertion());
        }
        let assertion = self.inner.verify_server_cert(leaf, intermediates, name, ocsp, now)?;
        let all = std::iter::once(leaf).chain(intermediates);
        let chain: Vec<_> = all.map(|one| one.clone().into_owned()).collect();
        let mut verified = self.verified();
        verified.retain(|one| one.name != *name || one.chain != chain);
        if verified.len() == CHAINS_MAX {
            verified.remove(0);
        }
        verified.extend(Verified::new(name, chain));
        Ok(assertion)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls12_signature(message, leaf, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls13_signature(message, leaf, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
    use std::time::Duration;

    use muster_certs::{Authority, AuthorityOptions, Seed, trust_roots_from_pem};

    use super::*;
    use crate::target::Way;
    use crate::transport::certificate::Trust;

    /// What a cache makes of the chain of an instance server at a time, seconds since 1970.
    fn verifies(cache: &dyn ServerCertVerifier, chain: &[CertificateDer<'_>], at: u64) -> bool {
        let name = ServerName::try_from("127.0.0.1").unwrap();
        let now = UnixTime::since_unix_epoch(Duration::from_secs(at));
        cache.verify_server_cert(&chain[0], &chain[1..], &name, &[], now).is_ok()
    }

    #[test]
    fn a_chain_is_remembered_while_it_is_valid_and_no_other_in_its_stead() {
        let authority = Authority::new(&Seed::from_u64(3), &AuthorityOptions::default()).unwrap();
        let chain = authority.server_identity(&["127.0.0.1".to_owned()]).unwrap().chain;
        let shown: Vec<_> =
            chain.iter().map(|one| ShownCertificate::from_der(one).unwrap()).collect();
        let seconds = |s: i64| u64::try_from(s).unwrap();
        let first = seconds(shown.iter().map(|one| one.not_before_s).max().unwrap());
        let last = seconds(shown.iter().map(|one| one.not_after_s).min().unwrap());
        let roots = trust_roots_from_pem(&authority.root_pem()).unwrap();
        let provider = rustls::crypto::aws_lc_rs::default_provider();
        let counting = Arc::new(Counting {
            inner: Trust::new(&roots, &[], provider).unwrap().verifier(&Way::default()),
            asked: AtomicUsize::new(0),
        });
        let cache = ChainCache::new(counting.clone());
        let asked = || counting.asked.swap(0, Relaxed);
        assert!(!verifies(&cache, &chain, last + 1), "nothing is believed unseen");
        assert!(verifies(&cache, &chain, last));
        assert_eq!(asked(), 2);
        assert!(verifies(&cache, &chain, first) && verifies(&cache, &chain, last));
        assert_eq!(asked(), 0, "it is remembered, whichever way the clock was set");
        assert!(!verifies(&cache, &chain, last + 1) && !verifies(&cache, &chain, first - 1));
        assert_eq!(asked(), 2);
        assert!(!verifies(&cache, &chain[..1], last), "a shorter chain is another one");
        let mut changed = chain.clone();
        let mut leaf = changed[0].to_vec();
        *leaf.last_mut().unwrap() ^= 1;
        changed[0] = leaf.into();
        assert!(!verifies(&cache, &changed, last));
        assert_eq!(cache.verified().len(), 1);
    }

    /// Another verifier, and how often it was asked.
    #[derive(Debug)]
    struct Counting {
        inner: Arc<dyn ServerCertVerifier>,
        asked: AtomicUsize,
    }

    impl ServerCertVerifier for Counting {
        fn verify_server_cert(
            &self,
            leaf: &CertificateDer<'_>,
            intermediates: &[CertificateDer<'_>],
            name: &ServerName<'_>,
            ocsp: &[u8],
            now: UnixTime,
        ) -> Result<ServerCertVerified, Error> {
            self.asked.fetch_add(1, Relaxed);
            self.inner.verify_server_cert(leaf, intermediates, name, ocsp, now)
        }

        fn verify_tls12_signature(
            &self,
            message: &[u8],
            leaf: &CertificateDer<'_>,
            signed: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, Error> {
            self.inner.verify_tls12_signature(message, leaf, signed)
        }

        fn verify_tls13_signature(
            &self,
            message: &[u8],
            leaf: &CertificateDer<'_>,
            signed: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, Error> {
            self.inner.verify_tls13_signature(message, leaf, signed)
        }

        fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
            self.inner.supported_verify_schemes()
        }
    }
}
