//! The accounts an instance belongs to, as a file to import. Public: that devices list such
//! imports ("ACCOUNT INFO"). Assumed: all of the XML.

use crate::trust::{CustomerInfo, leaf};
use crate::xml::Node;
use crate::{Error, grant, limits};

const FORMAT: &str = "account info";

/// A decoded `smartLicenseAccountInfo`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountInfo {
    /// Text of `udi`.
    pub udi: String,
    /// The accounts.
    pub customer: CustomerInfo,
    /// When it was written, milliseconds since the epoch.
    pub timestamp: Option<u64>,
    /// The exact text the signature covers.
    pub signed: String,
    /// Base64 of a DER ECDSA signature.
    pub signature: String,
}

impl AccountInfo {
    /// Serialises the accounts and signs them.
    pub fn new(
        udi: String,
        customer: CustomerInfo,
        timestamp: Option<u64>,
        sign: impl FnOnce(&str) -> String,
    ) -> Self {
        let mut signed = String::from("<accountInfo>");
        leaf(&mut signed, "udi", Some(&udi));
        customer.encode(&mut signed);
        leaf(&mut signed, "timestamp", timestamp.map(|at| at.to_string()).as_deref());
        signed.push_str("</accountInfo>");
        let signature = sign(&signed);
        Self { udi, customer, timestamp, signed, signature }
    }

    /// The whole artefact.
    pub fn encode(&self) -> String {
        let mut out = format!("<smartLicenseAccountInfo>{}", self.signed);
        leaf(&mut out, "signature", Some(&self.signature));
        out.push_str("</smartLicenseAccountInfo>");
        out
    }

    /// Reads the artefact.
    pub fn decode(bytes: &[u8]) -> Result<Self, Error> {
        let source = limits::text(FORMAT, bytes, limits::ARTEFACT_BYTES_MAX)?;
        Node::read(FORMAT, source, |root| Self::from_node(root, source))
    }

    pub(crate) fn from_node(root: &Node<'_>, source: &str) -> Result<Self, Error> {
        let missing = |part| Error::Missing { format: FORMAT, part };
        let info = root.child("accountInfo").ok_or(missing("accountInfo"))?;
        let customer = info.child("customerInfo").ok_or(missing("customerInfo"))?;
        Ok(Self {
            udi: info.child_text("udi").ok_or(missing("udi"))?.to_owned(),
            customer: CustomerInfo::from_node(customer),
            timestamp: grant::read_timestamp(FORMAT, info)?,
            signed: source[info.span.clone()].to_owned(),
            signature: root.child_text("signature").unwrap_or_default().to_owned(),
        })
    }
}
