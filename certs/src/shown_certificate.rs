//! What a TLS client reads from a certificate that a server shows: whose it is, who issued it, and
//! for which names. Whether it is to be believed is another's question.

use std::net::IpAddr;

use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer as _, X509Certificate, X509Name};

use crate::error::{Error, x509_reason};

/// Far above any certificate of a server (two or three kilobytes).
const CERTIFICATE_SIZE_MAX: usize = 64 * 1024;

/// How much of a name is kept, characters: it is shown to people.
const NAME_LENGTH_MAX: usize = 200;

/// How many alternative names are kept; certificates of large hosters have a hundred.
const ALTERNATIVE_NAMES_MAX: usize = 1_000;

/// Names and dates of one certificate. The bytes are not trusted and neither is this.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownCertificate {
    /// Whose it is: its common name, else the whole subject.
    pub subject: String,
    /// Who issued it, in the same way.
    pub issuer: String,
    /// The last common name of the subject, which is the most specific one.
    pub common_name: Option<String>,
    /// Alternative names: DNS names, and addresses as text.
    pub alternative_names: Vec<String>,
    /// Whether it says that it belongs to a certification authority.
    pub is_authority: bool,
    /// First moment of its validity, seconds since 1970.
    pub not_before_s: i64,
    /// Last moment of its validity, seconds since 1970.
    pub not_after_s: i64,
}

impl ShownCertificate {
    /// Reads one DER certificate.
    ///
    /// # Errors
    ///
    /// When the bytes are too many or are not a certificate.
    pub fn from_der(der: &[u8]) -> Result<Self, Error> {
        if der.len() > CERTIFICATE_SIZE_MAX {
            let size = der.len();
            return Err(Error::CertificateTooLarge { size, size_max: CERTIFICATE_SIZE_MAX });
        }
        let (_, certificate) = X509Certificate::from_der(der)
            .map_err(|error| Error::CertificateDer(x509_reason(error)))?;
        let tbs = &certificate.tbs_certificate;
        Ok(Self {
            subject: shown(&tbs.subject),
            issuer: shown(&tbs.issuer),
            common_name: common_name(&tbs.subject),
            alternative_names: alternative_names(&certificate),
            is_authority: certificate.is_ca(),
            not_before_s: tbs.validity.not_before.timestamp(),
            not_after_s: tbs.validity.not_after.timestamp(),
        })
    }
}

fn common_name(name: &X509Name<'_>) -> Option<String> {
    let last = name.iter_common_name().last()?;
    last.as_str().ok().map(printable).filter(|text| !text.is_empty())
}

fn shown(name: &X509Name<'_>) -> String {
    common_name(name).unwrap_or_else(|| printable(&name.to_string()))
}

fn alternative_names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(extension)) = certificate.subject_alternative_name() else { return Vec::new() };
    let names = extension.value.general_names.iter().filter_map(|name| match name {
        GeneralName::DNSName(name) => Some(printable(name)),
        GeneralName::IPAddress(bytes) => address(bytes).map(|address| address.to_string()),
        _ => None,
    });
    names.take(ALTERNATIVE_NAMES_MAX).collect()
}

fn address(bytes: &[u8]) -> Option<IpAddr> {
    let four = || <[u8; 4]>::try_from(bytes).ok().map(IpAddr::from);
    let sixteen = || <[u8; 16]>::try_from(bytes).ok().map(IpAddr::from);
    four().or_else(sixteen)
}

/// Text that a terminal and a journal can show: whoever made the certificate chose it.
fn printable(text: &str) -> String {
    let visible = |one: char| if one.is_control() { '?' } else { one };
    text.chars().take(NAME_LENGTH_MAX).map(visible).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Authority, AuthorityOptions, Seed};

    fn authority() -> Authority {
        Authority::new(&Seed::from_u64(1), &AuthorityOptions::default()).unwrap()
    }

    fn read(der: &[u8]) -> ShownCertificate {
        ShownCertificate::from_der(der).unwrap()
    }

    #[test]
    fn names_of_every_kind_are_read() {
        let names = ["onprem.lab", "*.lab", "192.0.2.7", "2001:db8::7"].map(str::to_owned);
        let identity = authority().server_identity_named("onprem.lab", &names).unwrap();
        let leaf = read(&identity.chain[0]);
        assert_eq!(leaf.alternative_names, names);
        assert_eq!(leaf.common_name.as_deref(), Some("onprem.lab"));
        assert_eq!(
            (leaf.subject.as_str(), leaf.issuer.as_str()),
            ("onprem.lab", "Muster TEST sub-CA 4-tier")
        );
        assert!(!leaf.is_authority);
        assert_eq!(leaf.not_after_s - leaf.not_before_s, 365 * 86_400);
    }

    #[test]
    fn a_certificate_may_have_a_common_name_and_nothing_else() {
        let identity = authority().server_identity_named("192.0.2.7", &[]).unwrap();
        let leaf = read(&identity.chain[0]);
        assert_eq!(leaf.common_name.as_deref(), Some("192.0.2.7"));
        assert_eq!(leaf.alternative_names, [""; 0]);
    }

    #[test]
    fn an_authority_says_that_it_is_one() {
        let root = read(authority().root_der());
        assert!(root.is_authority);
        assert_eq!((&*root.subject, &*root.issuer), ("Muster TEST root CA", "Muster TEST root CA"));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
            let _ = ShownCertificate::from_der(&bytes);
        }

        #[test]
        fn no_change_of_a_good_certificate_panics(
            at in any::<prop::sample::Index>(),
            value: u8,
        ) {
            let names = ["onprem.lab".to_owned(), "192.0.2.7".to_owned()];
            let identity = authority().server_identity_named("onprem.lab", &names).unwrap();
            let mut der = identity.chain[0].to_vec();
            let at = at.index(der.len());
            der[at] = value;
            if let Ok(shown) = ShownCertificate::from_der(&der) {
                prop_assert!(!shown.subject.contains('\n'));
            }
        }
    }
}
