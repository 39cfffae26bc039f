//! The certificates of the fixtures: a sub-CA, and what it issues.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, PublicKeyData,
    SerialNumber, SigningKey,
};

use crate::fixture::START_MS;

const DAY_MS: u64 = 86_400_000;

pub(crate) struct Pki {
    issuer: Issuer<'static, KeyPair>,
    /// Base64 of the sub-CA's certificate.
    pub(crate) sub_ca: String,
    signing_key: KeyPair,
    /// Base64 of the certificate answers are signed with.
    pub(crate) signing_cert: String,
    serial: u64,
}

impl Pki {
    pub(crate) fn new() -> Self {
        let key = KeyPair::generate().expect("entropy");
        let mut params = params("MUSTER TEST sub-CA", 1, START_MS, 3650);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let sub_ca = params.self_signed(&key).expect("keys sign");
        let sub_ca = STANDARD.encode(sub_ca.der());
        let issuer = Issuer::new(params, key);
        let signing_key = KeyPair::generate().expect("entropy");
        let signing_cert = issue(&issuer, "MUSTER TEST signing", 2, START_MS, &signing_key);
        Self { issuer, sub_ca, signing_key, signing_cert, serial: 100 }
    }

    /// Base64 of an ID certificate for a year.
    pub(crate) fn id_certificate(&mut self, name: &str, from_ms: u64, key: &KeyPair) -> String {
        self.serial += 1;
        issue(&self.issuer, name, self.serial, from_ms, key)
    }

    /// Base64 of a signature by the signing certificate's key.
    pub(crate) fn sign(&self, text: &str) -> String {
        sign(&self.signing_key, text)
    }
}

pub(crate) fn sign(key: &KeyPair, text: &str) -> String {
    STANDARD.encode(key.sign(text.as_bytes()).expect("keys sign"))
}

pub(crate) fn public_key(key: &KeyPair) -> String {
    STANDARD.encode(key.subject_public_key_info())
}

fn issue(
    issuer: &Issuer<'static, KeyPair>,
    name: &str,
    serial: u64,
    from_ms: u64,
    key: &KeyPair,
) -> String {
    let certificate = params(name, serial, from_ms, 365).signed_by(key, issuer);
    STANDARD.encode(certificate.expect("keys sign").der())
}

fn params(name: &str, serial: u64, from_ms: u64, days: u64) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.serial_number = Some(SerialNumber::from(serial));
    let at = |ms: u64| rcgen::date_time_ymd(1970, 1, 1) + std::time::Duration::from_millis(ms);
    params.not_before = at(from_ms);
    params.not_after = at(from_ms + days * DAY_MS);
    params
}
