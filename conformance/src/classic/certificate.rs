//! What a certificate of a classic answer says, and whether its key made a signature.
//!
//! Source: ACI Smart Licensing, Faults table (an ID certificate, valid for a year).

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey, VerificationAlgorithm,
};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use compact_str::CompactString;
use x509_parser::certification_request::X509CertificationRequest;
use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::x509::SubjectPublicKeyInfo;

const RSA: &str = "1.2.840.113549.1.1.1";
const EC: &str = "1.2.840.10045.2.1";

/// Bytes of a certificate that are looked at; an ordinary one has one to two thousand.
const DER_BYTES_MAX: usize = 64 * 1024;

/// A certificate, as far as checks ask about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// Serial number, decimal.
    pub serial: CompactString,
    /// Begin of its validity, milliseconds since the epoch.
    pub not_before_ms: u64,
    /// End of its validity, milliseconds since the epoch.
    pub not_after_ms: u64,
    /// Its key; none when it is of a kind this crate cannot verify with.
    pub key: Option<Key>,
}

/// A public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// A point of P-256.
    P256(Box<[u8]>),
    /// RSA, as PKCS#1 has it.
    Rsa(Box<[u8]>),
}

impl Certificate {
    /// Reads the base64 of a DER certificate.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let der = der(text)?;
        let (_, parsed) = X509Certificate::from_der(&der).ok()?;
        let validity = parsed.validity();
        let ms = |seconds: i64| u64::try_from(seconds).unwrap_or_default().saturating_mul(1000);
        Some(Self {
            serial: parsed.tbs_certificate.serial.to_string().into(),
            not_before_ms: ms(validity.not_before.timestamp()),
            not_after_ms: ms(validity.not_after.timestamp()),
            key: Key::of(parsed.public_key()),
        })
    }
}

impl Key {
    fn of(info: &SubjectPublicKeyInfo<'_>) -> Option<Self> {
        let bits: Box<[u8]> = Box::from(&*info.subject_public_key.data);
        match info.algorithm.algorithm.to_id_string().as_str() {
            RSA => Some(Self::Rsa(bits)),
            EC if bits.len() == 65 => Some(Self::P256(bits)),
            _ => None,
        }
    }

    /// The key in the base64 of a certificate signing request (DER, PKCS#10).
    #[must_use]
    pub fn of_request(text: &str) -> Option<Self> {
        let der = der(text)?;
        let (_, request) = X509CertificationRequest::from_der(&der).ok()?;
        Self::of(&request.certification_request_info.subject_pki)
    }

    /// Whether `signature` is one over a SHA-256 digest of `text` by this key.
    #[must_use]
    pub fn verifies(&self, text: &[u8], signature: &[u8]) -> bool {
        let (algorithm, key): (&'static dyn VerificationAlgorithm, _) = match self {
            Self::P256(point) => (&ECDSA_P256_SHA256_ASN1, point),
            Self::Rsa(key) => (&RSA_PKCS1_2048_8192_SHA256, key),
        };
        UnparsedPublicKey::new(algorithm, key).verify(text, signature).is_ok()
    }

    /// The same for the base64 of a signature.
    #[must_use]
    pub fn verifies_base64(&self, text: &str, signature: &str) -> bool {
        STANDARD.decode(signature).is_ok_and(|bytes| self.verifies(text.as_bytes(), &bytes))
    }
}

/// Whether the certificate was issued by the other: name and signature. None when either cannot be
/// read or verified.
#[must_use]
pub fn is_issued_by(certificate: &str, issuer: &str) -> Option<bool> {
    let (certificate, issuer) = (der(certificate)?, der(issuer)?);
    let (_, certificate) = X509Certificate::from_der(&certificate).ok()?;
    let (_, issuer) = X509Certificate::from_der(&issuer).ok()?;
    if certificate.issuer().as_raw() != issuer.subject().as_raw() {
        return Some(false);
    }
    let key = Key::of(issuer.public_key())?;
    Some(key.verifies(certificate.tbs_certificate.as_ref(), &certificate.signature_value.data))
}

fn der(text: &str) -> Option<Vec<u8>> {
    if text.len() > DER_BYTES_MAX {
        return None;
    }
    STANDARD.decode(text).ok()
}
