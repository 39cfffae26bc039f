//! Requests for ID certificates (PKCS#10), as a product instance makes them with its own key.

use rcgen::{CertificateParams, DistinguishedName, DnType};

use crate::authority::instance_common_name;
use crate::chain::ORGANIZATION;
use crate::error::Error;
use crate::instance_key::InstanceKey;

impl InstanceKey {
    /// A certificate request for this key, DER, signed by it. `subject` is the UDI text; the
    /// common name is `subject` followed by ` TEST`, as in the certificate that answers it.
    ///
    /// # Errors
    ///
    /// When the subject is empty, over 59 characters or holds control characters.
    pub fn certificate_request(&self, subject: &str) -> Result<Vec<u8>, Error> {
        let common_name = instance_common_name(subject)?;
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::OrganizationName, ORGANIZATION);
        params.distinguished_name.push(DnType::CommonName, common_name.as_str());
        match params.serialize_request(&self.certifying()) {
            Ok(request) => Ok(request.der().to_vec()),
            Err(source) => Err(Error::Issue { subject: common_name, source }),
        }
    }
}

#[cfg(test)]
mod tests {
    use x509_parser::certification_request::X509CertificationRequest;
    use x509_parser::prelude::FromDer as _;

    use super::*;
    use crate::{PublicKey, Seed};

    #[test]
    fn a_request_names_the_instance_and_is_signed_by_its_key() {
        let key = InstanceKey::derive(&Seed::from_u64(4), 1, 0);
        let der = key.certificate_request("P:APIC-SERVER-M3,S:MST00000001").unwrap();
        let (rest, request) = X509CertificationRequest::from_der(&der).unwrap();
        assert!(rest.is_empty());
        let info = &request.certification_request_info;
        assert!(info.subject.to_string().contains("CN=P:APIC-SERVER-M3,S:MST00000001 TEST"));
        let public_key = PublicKey::from_spki_der(info.subject_pki.raw).unwrap();
        assert_eq!(public_key, key.public_key());
        assert!(public_key.verify(info.raw, &request.signature_value.data));
        assert_eq!(der, key.certificate_request("P:APIC-SERVER-M3,S:MST00000001").unwrap());
    }

    #[test]
    fn a_subject_that_fits_no_certificate_is_refused() {
        let key = InstanceKey::derive(&Seed::from_u64(4), 1, 0);
        for subject in [String::new(), "S".repeat(60), "P:A\nS:B".to_owned()] {
            assert!(matches!(key.certificate_request(&subject), Err(Error::Subject { .. })));
        }
    }
}
