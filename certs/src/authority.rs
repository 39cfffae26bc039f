//! The certification authority of one run: a root, its intermediates, and what they issue.

use std::fmt;
use std::sync::OnceLock;

use rcgen::{
    CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyUsagePurpose, PublicKeyData,
    SanType, SubjectPublicKeyInfo,
};
use rustls_pki_types::CertificateDer;

use crate::certificate_pattern::CertificatePattern;
use crate::chain::{self, CertificateAuthority, Tiers, Validity};
use crate::error::Error;
use crate::private_key::{CertifyingKey, PrivateKey};
use crate::public_key::PublicKey;
use crate::seed::Seed;
use crate::server_identity::{self, ServerIdentity};
use crate::signature::{Signer, SigningMode};

const SIGNING_NAME: &str = "Muster TEST signing";
const SERVER_NAME: &str = "Muster TEST server";

/// What marks the common name of an instance certificate.
const TEST_SUFFIX: &str = " TEST";

/// Longest common name (RFC 5280, ub-common-name), characters.
const COMMON_NAME_LENGTH_MAX: usize = 64;

/// Room for an 8192-bit RSA key, the largest any known agent could bring.
const SUBJECT_KEY_SIZE_MAX: usize = 2048;

/// How an [`Authority`] is laid out.
#[derive(Clone, Copy, Debug)]
pub struct AuthorityOptions {
    /// Levels of the chain.
    pub tiers: Tiers,
    /// Start of every certificate's validity, unix milliseconds.
    pub not_before_ms: i64,
    /// Days until leaf certificates expire. CAs live ten years longer.
    pub validity_days: u32,
    /// How artefacts and instance certificates are signed. The chain and server identities are
    /// reproducible in either mode.
    pub signing: SigningMode,
}

impl Default for AuthorityOptions {
    /// Four tiers from 2026-01-01T00:00:00Z for 365 days, signed reproducibly.
    fn default() -> Self {
        Self {
            tiers: Tiers::Four,
            not_before_ms: 1_767_225_600_000,
            validity_days: 365,
            signing: SigningMode::Deterministic,
        }
    }
}

/// A test PKI: root, intermediates and a signing leaf, all marked TEST, all from one seed.
pub struct Authority {
    seed: Seed,
    validity: Validity,
    /// Root first; the last one is the sub-CA.
    chain: Vec<CertificateAuthority>,
    instance_issuer: Issuer<'static, CertifyingKey>,
    instance_signer: Signer,
    /// Made when the first instance with a P-256 key comes.
    instance_pattern: OnceLock<Option<CertificatePattern>>,
    signing_certificate: CertificateDer<'static>,
    signing_public_key: PublicKey,
    signer: Signer,
}

impl Authority {
    /// Makes the chain and the signing leaf. Same seed and options, same bytes.
    ///
    /// # Errors
    ///
    /// When the validity is empty or does not fit X.509 dates.
    pub fn new(seed: &Seed, options: &AuthorityOptions) -> Result<Self, Error> {
        let AuthorityOptions { tiers, not_before_ms, validity_days: days, signing } = *options;
        let validity = Validity { not_before_ms, days };
        let chain = chain::build(seed, tiers, validity)?;
        let sub_ca = chain.last().expect("a chain has a root and a sub-CA");

        let key = PrivateKey::derive(seed, "signing", 0);
        let mut params = chain::parameters(SIGNING_NAME, validity)?;
        params.serial_number = Some(chain::serial_number(seed, "signing", validity));
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        let certificate = issue_leaf(
            SIGNING_NAME,
            params,
            &key.certifying(SigningMode::Deterministic),
            &sub_ca.issuer(SigningMode::Deterministic),
        )?;
        Ok(Self {
            seed: *seed,
            validity,
            instance_issuer: sub_ca.issuer(signing),
            instance_signer: sub_ca.signer(signing),
            instance_pattern: OnceLock::new(),
            signing_certificate: certificate,
            signing_public_key: key.public_key(),
            signer: key.signer(signing),
            chain,
        })
    }

    /// The root certificate as PEM text.
    #[must_use]
    pub fn root_pem(&self) -> String {
        server_identity::pem("CERTIFICATE", self.root_der())
    }

    /// The certificate of the signing key, PEM.
    #[must_use]
    pub fn signing_pem(&self) -> String {
        server_identity::pem("CERTIFICATE", &self.signing_certificate)
    }

    /// The root certificate, DER.
    #[must_use]
    pub fn root_der(&self) -> &[u8] {
        &self.chain.first().expect("a chain has a root and a sub-CA").der
    }

    /// The certificates between leaf and root, DER, nearest issuer first.
    #[must_use]
    pub fn intermediates_der(&self) -> Vec<Vec<u8>> {
        self.intermediates().map(|certificate| certificate.to_vec()).collect()
    }

    /// The certificate of the CA that issues leaves, DER.
    #[must_use]
    pub fn sub_ca_der(&self) -> &[u8] {
        &self.sub_ca().der
    }

    /// A TLS server certificate for `names` (DNS names and IP addresses), with chain and key.
    /// The same names give the same key and bytes.
    ///
    /// # Errors
    ///
    /// When there is no name, or one is neither a DNS name nor an IP address.
    pub fn server_identity(&self, names: &[String]) -> Result<ServerIdentity, Error> {
        let alternative_names = server_identity::alternative_names(names)?;
        // Checked names hold no line break, so different lists never join to one label.
        let label = format!("server {}", names.join("\n"));
        self.issue_server(SERVER_NAME, alternative_names, &label, names.to_vec())
    }

    /// The same with a common name that is one of a host, as SSM On-Prem makes them: products
    /// that check strictly look at that name. `names` may be empty; what was issued to early
    /// appliances has no alternative names.
    ///
    /// # Errors
    ///
    /// When the common name, or one of `names`, is neither a DNS name nor an IP address, or the
    /// common name is over 64 characters.
    pub fn server_identity_named(
        &self,
        common_name: &str,
        names: &[String],
    ) -> Result<ServerIdentity, Error> {
        let common = common_name.to_owned();
        server_identity::alternative_names(std::slice::from_ref(&common))?;
        let length = common_name.len();
        if length > COMMON_NAME_LENGTH_MAX {
            return Err(Error::Subject { length, length_max: COMMON_NAME_LENGTH_MAX });
        }
        let alternative_names = match names {
            [] => Vec::new(),
            some => server_identity::alternative_names(some)?,
        };
        let label = format!("server of {common_name} {}", names.join("\n"));
        let names = std::iter::once(common).chain(names.iter().cloned()).collect();
        self.issue_server(common_name, alternative_names, &label, names)
    }

    fn issue_server(
        &self,
        common_name: &str,
        alternative_names: Vec<SanType>,
        label: &str,
        names: Vec<String>,
    ) -> Result<ServerIdentity, Error> {
        let key = PrivateKey::derive(&self.seed, label, 0);
        let mut params = chain::parameters(common_name, self.validity)?;
        params.serial_number = Some(chain::serial_number(&self.seed, label, self.validity));
        params.subject_alt_names = alternative_names;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let leaf = issue_leaf(
            common_name,
            params,
            &key.certifying(SigningMode::Deterministic),
            &self.sub_ca().issuer(SigningMode::Deterministic),
        )?;
        let chain = std::iter::once(leaf).chain(self.intermediates().cloned()).collect();
        Ok(ServerIdentity { chain, key: key.to_pkcs8(), names })
    }

    /// The ID certificate of a product instance, DER, valid as the authority's options say.
    /// `subject` is the UDI text; the common name is `subject` followed by ` TEST`.
    ///
    /// # Errors
    ///
    /// As [`Authority::instance_certificate_valid`].
    pub fn instance_certificate(
        &self,
        subject: &str,
        public_key_spki_der: &[u8],
        serial: u64,
    ) -> Result<Vec<u8>, Error> {
        self.instance_certificate_valid(subject, public_key_spki_der, serial, self.validity)
    }

    /// As [`Authority::instance_certificate`] with its own validity, for renewals and for the
    /// 364 days of an account synchronization. Keys other than P-256 (RSA, P-384, Ed25519) are
    /// certified too: real agents bring them.
    ///
    /// # Errors
    ///
    /// When the subject is empty, over 59 characters or holds control characters; when the
    /// serial number is zero; when the public key is unreadable or of an unsupported kind; when
    /// the validity does not fit X.509 dates.
    pub fn instance_certificate_valid(
        &self,
        subject: &str,
        public_key_spki_der: &[u8],
        serial: u64,
        validity: Validity,
    ) -> Result<Vec<u8>, Error> {
        let common_name = instance_common_name(subject)?;
        if serial == 0 {
            return Err(Error::SerialNumberZero);
        }
        let public_key = subject_key(&common_name, public_key_spki_der)?;
        let mut params = chain::parameters(&common_name, validity)?;
        params.serial_number = Some(rcgen::SerialNumber::from(serial));
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        Ok(issue_leaf(&common_name, params, &public_key, &self.instance_issuer)?.to_vec())
    }

    /// As [`Authority::instance_certificate_valid`] for a P-256 key that was read before, in a
    /// fraction of the time; the same bytes.
    ///
    /// # Errors
    ///
    /// As [`Authority::instance_certificate_valid`].
    pub fn instance_certificate_of(
        &self,
        subject: &str,
        key: &PublicKey,
        serial: u64,
        validity: Validity,
    ) -> Result<Vec<u8>, Error> {
        let common_name = instance_common_name(subject)?;
        if serial == 0 {
            return Err(Error::SerialNumberZero);
        }
        let by_builder =
            || self.instance_certificate_valid(subject, &key.to_spki_der(), serial, validity);
        if let Some(pattern) = self.instance_pattern.get() {
            return match pattern {
                Some(of) => of.issue(&common_name, key, serial, validity, &self.instance_signer),
                None => by_builder(),
            };
        }
        let first = by_builder()?;
        self.instance_pattern.get_or_init(|| CertificatePattern::of(&first, &common_name, key));
        Ok(first)
    }

    /// Signs a server artefact (trust code, acknowledgement, policy) with the signing leaf's
    /// key: DER `ECDSA-Sig-Value`, P-256 with SHA-256.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.signer.sign(message)
    }

    /// The key that verifies what [`Authority::sign`] made.
    #[must_use]
    pub fn signing_public_key(&self) -> PublicKey {
        self.signing_public_key.clone()
    }

    /// The certificate of the signing key, DER, issued by the sub-CA.
    #[must_use]
    pub fn signing_certificate_der(&self) -> &[u8] {
        &self.signing_certificate
    }

    fn sub_ca(&self) -> &CertificateAuthority {
        self.chain.last().expect("a chain has a root and a sub-CA")
    }

    fn intermediates(&self) -> impl Iterator<Item = &CertificateDer<'static>> {
        self.chain[1..].iter().rev().map(|ca| &ca.der)
    }
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authority")
            .field("levels", &(self.chain.len() + 1))
            .field("validity", &self.validity)
            .finish_non_exhaustive()
    }
}

fn issue_leaf(
    common_name: &str,
    mut params: CertificateParams,
    public_key: &impl PublicKeyData,
    issuer: &Issuer<'_, CertifyingKey>,
) -> Result<CertificateDer<'static>, Error> {
    params.is_ca = IsCa::ExplicitNoCa;
    match params.signed_by(public_key, issuer) {
        Ok(certificate) => Ok(certificate.der().clone()),
        Err(source) => Err(Error::Issue { subject: common_name.to_owned(), source }),
    }
}

pub(crate) fn instance_common_name(subject: &str) -> Result<String, Error> {
    let length = subject.chars().count();
    let length_max = COMMON_NAME_LENGTH_MAX - TEST_SUFFIX.len();
    if length == 0 || length > length_max || subject.chars().any(char::is_control) {
        return Err(Error::Subject { length, length_max });
    }
    Ok(format!("{subject}{TEST_SUFFIX}"))
}

fn subject_key(common_name: &str, spki_der: &[u8]) -> Result<SubjectPublicKeyInfo, Error> {
    if spki_der.len() > SUBJECT_KEY_SIZE_MAX {
        let size = spki_der.len();
        return Err(Error::PublicKeyTooLarge { size, size_max: SUBJECT_KEY_SIZE_MAX });
    }
    SubjectPublicKeyInfo::from_der(spki_der)
        .map_err(|source| Error::Issue { subject: common_name.to_owned(), source })
}
