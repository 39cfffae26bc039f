//! The certificates of the bench server, made anew in each process.

use std::time::{SystemTime, UNIX_EPOCH};

use muster_certs::{Authority, AuthorityOptions, Seed};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::error::{Error, broken};

/// Names the server answers to.
const NAMES: [&str; 2] = ["localhost", "127.0.0.1"];

const DAY_MS: i64 = 86_400_000;

/// How many certificates a client has to verify.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Chain {
    /// Root and leaf: one certificate on the wire.
    Short,
    /// Root, policy CA, sub-CA, leaf, as an On-Prem shows it: three certificates on the wire.
    FourTier,
}

impl Chain {
    /// The word on the command line.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Short => "short",
            Self::FourTier => "four-tier",
        }
    }

    /// The chain a word means.
    pub(crate) fn of(word: &str) -> Option<Self> {
        [Self::Short, Self::FourTier].into_iter().find(|chain| chain.word() == word)
    }
}

/// What a TLS server needs, and what its clients trust.
pub(crate) struct Identity {
    pub(crate) chain: Vec<CertificateDer<'static>>,
    pub(crate) key: PrivateKeyDer<'static>,
    pub(crate) root_pem: String,
}

impl Identity {
    /// Makes keys and certificates, all P-256.
    pub(crate) fn new(chain: Chain) -> Result<Self, Error> {
        match chain {
            Chain::Short => short().map_err(|error| broken(format!("certificates: {error}"))),
            Chain::FourTier => {
                four_tier().map_err(|error| broken(format!("certificates: {error}")))
            }
        }
    }
}

fn short() -> Result<Identity, rcgen::Error> {
    let mut root = CertificateParams::new(Vec::new())?;
    root.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    root.distinguished_name.push(DnType::CommonName, "Muster TEST bench root");
    let root_key = KeyPair::generate()?;
    let root_certificate = root.self_signed(&root_key)?;
    let issuer = Issuer::new(root, root_key);
    let mut leaf = CertificateParams::new(NAMES.map(str::to_owned).to_vec())?;
    leaf.distinguished_name.push(DnType::CommonName, "Muster TEST bench server");
    let leaf_key = KeyPair::generate()?;
    let leaf = leaf.signed_by(&leaf_key, &issuer)?;
    Ok(Identity {
        chain: vec![leaf.der().clone()],
        key: PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(leaf_key.serialize_der())),
        root_pem: root_certificate.pem(),
    })
}

fn four_tier() -> Result<Identity, muster_certs::Error> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let now_ms = i64::try_from(since.as_millis()).unwrap_or_default();
    let options =
        AuthorityOptions { not_before_ms: (now_ms - DAY_MS).max(0), ..AuthorityOptions::default() };
    let authority = Authority::new(&Seed::from_u64(1), &options)?;
    let identity = authority.server_identity(&NAMES.map(str::to_owned))?;
    let (chain, key) = (identity.chain.clone(), identity.key.clone_key());
    Ok(Identity { chain, key, root_pem: authority.root_pem() })
}
