//! What the holder of a certificate reads from it: number, dates, key, and whether another
//! certificate's key issued it. No path is built and no revocation is looked at.

use x509_parser::prelude::{FromDer as _, X509Certificate};

use crate::error::{Error, x509_reason};
use crate::public_key::PublicKey;

/// Far above any certificate of a licensing chain (one or two kilobytes).
const CERTIFICATE_SIZE_MAX: usize = 16 * 1024;

/// A certificate that was read. The bytes are not trusted: a reading proves nothing until
/// [`IssuedCertificate::is_issued_by`] does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuedCertificate {
    serial: String,
    not_before_ms: u64,
    not_after_ms: u64,
    public_key: Option<PublicKey>,
    subject: Vec<u8>,
    issuer: Vec<u8>,
    signed: Vec<u8>,
    signature: Vec<u8>,
}

impl IssuedCertificate {
    /// Reads one DER certificate.
    ///
    /// # Errors
    ///
    /// When the bytes are too many or are not exactly one certificate.
    pub fn from_der(der: &[u8]) -> Result<Self, Error> {
        if der.len() > CERTIFICATE_SIZE_MAX {
            let size = der.len();
            return Err(Error::CertificateTooLarge { size, size_max: CERTIFICATE_SIZE_MAX });
        }
        let (trailing, certificate) = X509Certificate::from_der(der)
            .map_err(|error| Error::CertificateDer(x509_reason(error)))?;
        if !trailing.is_empty() {
            return Err(Error::CertificateTrailing { count: trailing.len() });
        }
        let tbs = &certificate.tbs_certificate;
        let ms = |seconds: i64| u64::try_from(seconds).unwrap_or(0).saturating_mul(1000);
        Ok(Self {
            serial: tbs.serial.to_string(),
            not_before_ms: ms(tbs.validity.not_before.timestamp()),
            not_after_ms: ms(tbs.validity.not_after.timestamp()),
            public_key: PublicKey::from_spki_der(tbs.subject_pki.raw).ok(),
            subject: tbs.subject.as_raw().to_vec(),
            issuer: tbs.issuer.as_raw().to_vec(),
            signed: tbs.as_ref().to_vec(),
            signature: certificate.signature_value.data.to_vec(),
        })
    }

    /// The serial number, decimal.
    #[must_use]
    pub fn serial(&self) -> &str {
        &self.serial
    }

    /// First moment of its validity, unix milliseconds; 0 for one before 1970.
    #[must_use]
    pub const fn not_before_ms(&self) -> u64 {
        self.not_before_ms
    }

    /// Last moment of its validity, unix milliseconds.
    #[must_use]
    pub const fn not_after_ms(&self) -> u64 {
        self.not_after_ms
    }

    /// The subject's key. None when it is of another kind than P-256.
    #[must_use]
    pub const fn public_key(&self) -> Option<&PublicKey> {
        self.public_key.as_ref()
    }

    /// Whether `issuer` is named as the issuer and its key made the signature. None when the
    /// issuer's key is of a kind that cannot be verified with.
    #[must_use]
    pub fn is_issued_by(&self, issuer: &Self) -> Option<bool> {
        let key = issuer.public_key.as_ref()?;
        Some(self.issuer == issuer.subject && key.verify(&self.signed, &self.signature))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Authority, AuthorityOptions, InstanceKey, Seed, Validity};

    fn authority(seed: u64) -> Authority {
        Authority::new(&Seed::from_u64(seed), &AuthorityOptions::default()).unwrap()
    }

    fn instance_certificate(authority: &Authority) -> Vec<u8> {
        let key = InstanceKey::derive(&Seed::from_u64(9), 2, 0).public_key();
        let validity = Validity { not_before_ms: 1_800_000_000_000, days: 365 };
        authority
            .instance_certificate_valid("P:A,S:MST1", &key.to_spki_der(), 16_451_298, validity)
            .unwrap()
    }

    #[test]
    fn number_dates_and_key_are_read() {
        let read = IssuedCertificate::from_der(&instance_certificate(&authority(1))).unwrap();
        assert_eq!(read.serial(), "16451298");
        assert_eq!(read.not_before_ms(), 1_800_000_000_000);
        assert_eq!(read.not_after_ms() - read.not_before_ms(), 365 * 86_400_000);
        let key = InstanceKey::derive(&Seed::from_u64(9), 2, 0).public_key();
        assert_eq!(read.public_key(), Some(&key));
    }

    #[test]
    fn only_the_issuer_issued_it() {
        let (ours, theirs) = (authority(1), authority(2));
        let read = |der: &[u8]| IssuedCertificate::from_der(der).unwrap();
        let leaf = read(&instance_certificate(&ours));
        assert_eq!(leaf.is_issued_by(&read(ours.sub_ca_der())), Some(true));
        assert_eq!(leaf.is_issued_by(&read(theirs.sub_ca_der())), Some(false));
        assert_eq!(leaf.is_issued_by(&read(ours.root_der())), Some(false));
        let signing = read(ours.signing_certificate_der());
        assert_eq!(signing.is_issued_by(&read(ours.sub_ca_der())), Some(true));
        assert_eq!(signing.public_key(), Some(&ours.signing_public_key()));
    }

    #[test]
    fn each_fault_has_its_own_error() {
        let der = instance_certificate(&authority(1));
        let longer = [der.as_slice(), b"x"].concat();
        let trailing = IssuedCertificate::from_der(&longer);
        assert!(matches!(trailing, Err(Error::CertificateTrailing { count: 1 })));
        let cut = IssuedCertificate::from_der(&der[..der.len() - 1]);
        assert!(matches!(cut, Err(Error::CertificateDer(_))));
        let large = IssuedCertificate::from_der(&[0x30; CERTIFICATE_SIZE_MAX + 1]);
        assert!(matches!(large, Err(Error::CertificateTooLarge { .. })));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
            let _ = IssuedCertificate::from_der(&bytes);
        }

        #[test]
        fn no_changed_byte_is_still_issued(at in any::<prop::sample::Index>(), by in 1..=255_u8) {
            let ours = authority(1);
            let mut der = instance_certificate(&ours);
            let at = at.index(der.len());
            der[at] = der[at].wrapping_add(by);
            let issuer = IssuedCertificate::from_der(ours.sub_ca_der()).unwrap();
            if let Ok(read) = IssuedCertificate::from_der(&der) {
                let untouched = read.signed == IssuedCertificate::from_der(
                    &instance_certificate(&ours)).unwrap().signed;
                prop_assert!(untouched || read.is_issued_by(&issuer) == Some(false));
            }
        }
    }
}
