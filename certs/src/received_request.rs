//! What the issuer of certificates reads from a request (PKCS#10): the key, proven by its own
//! signature. The subject is not looked at: the issuer knows whom it certifies.

use x509_parser::certification_request::X509CertificationRequest;
use x509_parser::prelude::FromDer as _;

use crate::error::{Error, x509_reason};
use crate::public_key::PublicKey;

/// Far above any request of a product instance (some hundred bytes).
const REQUEST_SIZE_MAX: usize = 16 * 1024;

impl PublicKey {
    /// The key that one DER certificate request asks to certify, once the request is signed by it.
    ///
    /// # Errors
    ///
    /// When the bytes are too many or are not exactly one request, when the key is not a P-256
    /// key, or when another key signed.
    pub fn from_certificate_request(der: &[u8]) -> Result<Self, Error> {
        if der.len() > REQUEST_SIZE_MAX {
            let size = der.len();
            return Err(Error::CertificateTooLarge { size, size_max: REQUEST_SIZE_MAX });
        }
        let (trailing, request) = X509CertificationRequest::from_der(der)
            .map_err(|error| Error::CertificateRequestDer(x509_reason(error)))?;
        if !trailing.is_empty() {
            return Err(Error::CertificateTrailing { count: trailing.len() });
        }
        let info = &request.certification_request_info;
        let key = Self::from_spki_der(info.subject_pki.raw)?;
        if key.verify(info.raw, &request.signature_value.data) {
            Ok(key)
        } else {
            Err(Error::CertificateRequestSignature)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{InstanceKey, Seed};

    fn request() -> (PublicKey, Vec<u8>) {
        let key = InstanceKey::derive(&Seed::from_u64(4), 1, 0);
        (key.public_key(), key.certificate_request("P:CSR1000V,S:MST00000001").unwrap())
    }

    #[test]
    fn a_request_gives_the_key_that_signed_it() {
        let (key, der) = request();
        assert_eq!(PublicKey::from_certificate_request(&der).unwrap(), key);
    }

    #[test]
    fn each_fault_has_its_own_error() {
        let (_, der) = request();
        let read = |der: &[u8]| PublicKey::from_certificate_request(der).unwrap_err();
        let mut other_name = der.clone();
        let at = der.windows(3).position(|part| part == b"CSR").unwrap();
        other_name[at] = b'X';
        assert!(matches!(read(&other_name), Error::CertificateRequestSignature));
        assert!(matches!(read(&der[1..]), Error::CertificateRequestDer(_)));
        let longer = [der.as_slice(), b"x"].concat();
        assert!(matches!(read(&longer), Error::CertificateTrailing { count: 1 }));
        let large = vec![0x30; REQUEST_SIZE_MAX + 1];
        assert!(matches!(read(&large), Error::CertificateTooLarge { .. }));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            prop_assert!(PublicKey::from_certificate_request(&bytes).is_err());
        }

        #[test]
        fn no_changed_byte_gives_another_key(at in any::<prop::sample::Index>(), by in 1..=255_u8) {
            let (key, mut der) = request();
            let at = at.index(der.len());
            der[at] = der[at].wrapping_add(by);
            if let Ok(read) = PublicKey::from_certificate_request(&der) {
                prop_assert_eq!(read, key);
            }
        }
    }
}
