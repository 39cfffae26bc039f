//! What `smart_license` holds: one XML artefact, told apart by its root and children.

use base64_simd::STANDARD;

use crate::classic::reservation::ReservationCode;
use crate::proposed::account_info::AccountInfo;
use crate::proposed::acknowledgement::Acknowledgement;
use crate::proposed::authorization_request::AuthorizationRequest;
use crate::proposed::conversion_acknowledgement::ConversionAcknowledgement;
use crate::proposed::policy::Policy;
use crate::proposed::slac::AuthorizationAnswer;
use crate::proposed::trust_request::TrustRequest;
use crate::rum_report::RumReport;
use crate::trust::TrustAnswer;
use crate::usage_file::UsageFile;
use crate::xml::Node;
use crate::{Error, limits};

const FORMAT: &str = "smart_license artefact";

/// A decoded artefact.
#[derive(Clone, Debug, PartialEq)]
pub enum Artefact {
    /// A server's answer to a trust request.
    Trust(Box<TrustAnswer>),
    /// A trust request of a product instance.
    TrustRequest(Box<TrustRequest>),
    /// RUM reports of a product instance.
    Usage(Box<UsageFile>),
    /// A server's acknowledgement of RUM reports, and the policies that came with it.
    Acknowledgement(Box<Acknowledgement>),
    /// A policy on its own.
    Policy(Box<Policy>),
    /// A product instance asks for authorization codes, confirms one or returns it.
    AuthorizationRequest(Box<AuthorizationRequest>),
    /// An account's answer to that: an authorization code, or a refusal.
    Authorization(Box<AuthorizationAnswer>),
    /// The accounts of a product instance.
    AccountInfo(Box<AccountInfo>),
    /// What became of a conversion.
    ConversionAcknowledgement(Box<ConversionAcknowledgement>),
    /// A classic reservation's authorization code.
    Reservation(Box<ReservationCode>),
    /// Well-formed XML of a kind this crate does not know.
    Unknown {
        /// Name of the root element.
        root: String,
    },
}

impl Artefact {
    /// Reads the base64 text of a `smart_license` member.
    pub fn from_smart_license(text: &str) -> Result<Self, Error> {
        Self::decode(&decode_base64(text)?)
    }

    /// Reads the XML of an artefact.
    pub fn decode(bytes: &[u8]) -> Result<Self, Error> {
        let source = limits::text(FORMAT, bytes, limits::ARTEFACT_BYTES_MAX)?;
        Node::read(FORMAT, source, |root| Self::from_node(root, source))
    }

    /// The reports in a `smart_license` member, for whoever does not ask who wrote the file; none
    /// when it is another artefact.
    pub fn reports_from_smart_license(text: &str) -> Result<Option<Vec<RumReport>>, Error> {
        let bytes = decode_base64(text)?;
        let source = limits::text(FORMAT, &bytes, limits::ARTEFACT_BYTES_MAX)?;
        Node::read(FORMAT, source, |root| match (root.name, speaking_child(root)) {
            ("smartLicense", Some("RUMReport")) => UsageFile::reports_from_node(root).map(Some),
            _ => Ok(None),
        })
    }

    fn from_node(root: &Node<'_>, source: &str) -> Result<Self, Error> {
        Ok(match (root.name, speaking_child(root)) {
            ("smartLicenseTrust", _) => {
                Self::Trust(Box::new(TrustAnswer::from_node(root, source)?))
            }
            ("smartLicensePolicy", _) => Self::Policy(Box::new(Policy::from_node(root, source)?)),
            ("smartLicenseAccountInfo", _) => {
                Self::AccountInfo(Box::new(AccountInfo::from_node(root, source)?))
            }
            ("smartLicenseConversionAck", _) => Self::ConversionAcknowledgement(Box::new(
                ConversionAcknowledgement::from_node(root, source)?,
            )),
            ("specificPLR", _) => {
                Self::Reservation(Box::new(ReservationCode::from_node(root, source)?))
            }
            ("smartLicense", Some("smartLicenseAuthorization")) => {
                Self::Authorization(Box::new(AuthorizationAnswer::from_node(root, source)?))
            }
            ("smartLicense", Some("smartLicenseAuthRequest")) => {
                Self::AuthorizationRequest(Box::new(AuthorizationRequest::from_node(root)?))
            }
            ("smartLicense", Some("smartLicenseTrustRequest")) => {
                Self::TrustRequest(Box::new(TrustRequest::from_node(root)?))
            }
            ("smartLicense", Some("smartLicenseRumAck")) => {
                Self::Acknowledgement(Box::new(Acknowledgement::from_node(root, source)?))
            }
            ("smartLicense", Some("RUMReport")) => {
                Self::Usage(Box::new(UsageFile::from_node(root)?))
            }
            (other, _) => Self::Unknown { root: other.to_owned() },
        })
    }
}

/// The child that says what a `smartLicense` is: the first of these that it has.
fn speaking_child(root: &Node<'_>) -> Option<&'static str> {
    let children = [
        "smartLicenseAuthorization",
        "smartLicenseAuthRequest",
        "smartLicenseTrustRequest",
        "smartLicenseRumAck",
        "RUMReport",
    ];
    children.into_iter().find(|name| root.child(name).is_some())
}

/// The `smart_license` text for an artefact.
pub fn to_smart_license(xml: &str) -> String {
    STANDARD.encode_to_string(xml)
}

fn decode_base64(text: &str) -> Result<Vec<u8>, Error> {
    // Four characters carry three bytes: checked before the decoder allocates.
    let limit = limits::ARTEFACT_BYTES_MAX / 3 * 4;
    if text.len() > limit {
        return Err(Error::TooLong { format: FORMAT, length: text.len(), limit });
    }
    STANDARD
        .decode_to_vec(text)
        .map_err(|_| Error::malformed(FORMAT, "smart_license", text, "base64 of an XML artefact"))
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        // The other library is the definition: canonical, padded, nothing between the groups.
        #[test]
        fn base64_is_read_and_written_as_defined(
            bytes in prop::collection::vec(any::<u8>(), 0..200),
            text in prop_oneof![any::<String>(), "[A-Za-z0-9+/]{0,70}={0,3}", "[A-Q=\n ]{0,9}"],
        ) {
            let written = general_purpose::STANDARD.encode(&bytes);
            prop_assert_eq!(STANDARD.encode_to_string(&bytes), written.clone());
            prop_assert_eq!(decode_base64(&written), Ok(bytes));
            let defined = general_purpose::STANDARD.decode(&text).ok();
            prop_assert_eq!(decode_base64(&text).ok(), defined);
        }
    }
}
