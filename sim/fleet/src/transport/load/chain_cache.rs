//! Believes a server chain that verified a short while ago: most of a client's handshake is the
//! verification of certificates that are the same every time.

use std::sync::{Arc, Mutex};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{DigitallySignedStruct, Error, SignatureScheme};

/// A chain is verified anew after this; it may have expired meanwhile.
const BELIEVED_SECONDS: u64 = 600;

/// A target has a handful of chains; a server that shows a new one each time gains nothing.
const CHAINS_MAX: usize = 16;

/// A verifier that remembers what it verified, by name and every byte of the chain.
#[derive(Debug)]
pub(super) struct ChainCache {
    inner: Arc<dyn ServerCertVerifier>,
    believed: Mutex<Vec<Believed>>,
}

#[derive(Debug)]
struct Believed {
    name: ServerName<'static>,
    chain: Vec<CertificateDer<'static>>,
    verified_at: u64,
}

impl Believed {
    fn covers(
        &self,
        name: &ServerName<'_>,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> bool {
        // A clock set back proves nothing about the time since.
        let age = now.as_secs().checked_sub(self.verified_at);
        age.is_some_and(|age| age < BELIEVED_SECONDS)
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
        Self { inner, believed: Mutex::default() }
    }

    fn believed(&self) -> std::sync::MutexGuard<'_, Vec<Believed>> {
        self.believed.lock().expect("nothing panics while it holds the chains")
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
        if self.believed().iter().any(|one| one.covers(name, leaf, intermediates, now)) {
            return Ok(ServerCertVerified::assertion());
        }
        let verified = self.inner.verify_server_cert(leaf, intermediates, name, ocsp, now)?;
        let all = std::iter::once(leaf).chain(intermediates);
        let chain: Vec<_> = all.map(|one| one.clone().into_owned()).collect();
        let mut believed = self.believed();
        believed.retain(|one| one.name != *name || one.chain != chain);
        if believed.len() == CHAINS_MAX {
            believed.remove(0);
        }
        believed.push(Believed { name: name.to_owned(), chain, verified_at: now.as_secs() });
        Ok(verified)
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
    fn a_chain_is_believed_for_ten_minutes_and_no_other_in_its_stead() {
        let authority = Authority::new(&Seed::from_u64(3), &AuthorityOptions::default()).unwrap();
        let chain = authority.server_identity(&["127.0.0.1".to_owned()]).unwrap().chain;
        let roots = trust_roots_from_pem(&authority.root_pem()).unwrap();
        let provider = rustls::crypto::aws_lc_rs::default_provider();
        let inner = Trust::new(&roots, &[], provider).unwrap().verifier(&Way::default());
        // The last second of the chain's validity, found by asking.
        let years = |count: u64| count * 365 * 24 * 3_600;
        let within = (0..200).map(years).rfind(|at| verifies(&*inner, &chain, *at));
        let (mut good, mut bad) = (within.expect("valid at some time"), years(300));
        while good + 1 < bad {
            let middle = good.midpoint(bad);
            if verifies(&*inner, &chain, middle) { good = middle } else { bad = middle }
        }
        let cache = ChainCache::new(inner);
        assert!(!verifies(&cache, &chain, bad), "nothing is believed unseen");
        assert!(verifies(&cache, &chain, good));
        assert!(verifies(&cache, &chain, good + BELIEVED_SECONDS - 1));
        assert!(!verifies(&cache, &chain, good + BELIEVED_SECONDS));
        assert!(!verifies(&cache, &chain[..1], good), "a shorter chain is another one");
        let mut changed = chain.clone();
        let mut leaf = changed[0].to_vec();
        *leaf.last_mut().unwrap() ^= 1;
        changed[0] = leaf.into();
        assert!(!verifies(&cache, &changed, good));
        assert_eq!(cache.believed().len(), 1);
    }
}
