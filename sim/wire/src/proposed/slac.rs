//! The smart licensing authorization code, for export-controlled and enforced licences.
//!
//! Public: the eight elements of a licence, from a reservation's code. Assumed: the rest, in the
//! style of the trust code, and that the signature covers the `authorizationCode` element.

use crate::grant::{self, GrantedLicense};
use crate::trust::{CustomerInfo, TrustStatus, leaf};
use crate::xml::Node;
use crate::{Error, ProductInstanceId, limits};

const FORMAT: &str = "authorization code";

/// A decoded `smartLicenseAuthorization`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizationAnswer {
    /// Text of `udi`.
    pub udi: String,
    /// What the account gives.
    pub code: AuthorizationCode,
    /// The exact text the signature covers.
    pub signed: String,
    /// Base64 of a DER ECDSA signature.
    pub signature: String,
}

/// The `authorizationCode` element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizationCode {
    /// The account the licences come from (success only).
    pub customer: Option<CustomerInfo>,
    /// `A`, as in a reservation's code.
    pub flag: String,
    /// `C`, as in a reservation's code.
    pub version: String,
    /// The identifier of the instance.
    pub product_instance_identifier: Option<ProductInstanceId>,
    /// When the code was made, milliseconds since the epoch.
    pub timestamp: Option<u64>,
    /// The licences; none when refused, or when all were returned.
    pub licenses: Vec<GrantedLicense>,
    /// Outcome.
    pub status: TrustStatus,
}

impl AuthorizationCode {
    /// The serialised `authorizationCode` element: what an account signs.
    pub fn encode(&self) -> String {
        let mut out = String::from("<authorizationCode>");
        if let Some(customer) = &self.customer {
            customer.encode(&mut out);
        }
        leaf(&mut out, "flag", Some(&self.flag));
        leaf(&mut out, "version", Some(&self.version));
        leaf(&mut out, "piid", self.product_instance_identifier.as_ref().map(|id| id.as_str()));
        leaf(&mut out, "timestamp", self.timestamp.map(|at| at.to_string()).as_deref());
        grant::encode_all(&self.licenses, &mut out);
        self.status.encode(&mut out);
        out.push_str("</authorizationCode>");
        out
    }
}

impl AuthorizationAnswer {
    /// Puts a signature beside the text it covers.
    pub fn new(udi: String, code: AuthorizationCode, sign: impl FnOnce(&str) -> String) -> Self {
        let signed = code.encode();
        let signature = sign(&signed);
        Self { udi, code, signed, signature }
    }

    /// The whole artefact.
    pub fn encode(&self) -> String {
        let mut out = String::from("<smartLicense><smartLicenseAuthorization>");
        leaf(&mut out, "udi", Some(&self.udi));
        out.push_str(&self.signed);
        leaf(&mut out, "signature", Some(&self.signature));
        out.push_str("</smartLicenseAuthorization></smartLicense>");
        out
    }

    /// Reads the artefact.
    pub fn decode(bytes: &[u8]) -> Result<Self, Error> {
        let source = limits::text(FORMAT, bytes, limits::ARTEFACT_BYTES_MAX)?;
        Node::read(FORMAT, source, |root| Self::from_node(root, source))
    }

    pub(crate) fn from_node(root: &Node<'_>, source: &str) -> Result<Self, Error> {
        let missing = |part| Error::Missing { format: FORMAT, part };
        let answer =
            root.child("smartLicenseAuthorization").ok_or(missing("smartLicenseAuthorization"))?;
        let code = answer.child("authorizationCode").ok_or(missing("authorizationCode"))?;
        let owned = |name| code.child_text(name).map(str::to_owned);
        Ok(Self {
            udi: answer.child_text("udi").ok_or(missing("udi"))?.to_owned(),
            code: AuthorizationCode {
                customer: code.child("customerInfo").map(CustomerInfo::from_node),
                flag: owned("flag").unwrap_or_default(),
                version: owned("version").unwrap_or_default(),
                product_instance_identifier: owned("piid").map(ProductInstanceId::from),
                timestamp: grant::read_timestamp(FORMAT, code)?,
                licenses: match code.child("entitlements") {
                    Some(_) => grant::read_all(FORMAT, code)?,
                    None => Vec::new(),
                },
                status: TrustStatus::from_parent(FORMAT, code)?,
            },
            signed: source[code.span.clone()].to_owned(),
            signature: answer.child_text("signature").unwrap_or_default().to_owned(),
        })
    }
}
