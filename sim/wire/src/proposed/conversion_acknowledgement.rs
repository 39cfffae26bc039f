//! What became of a conversion, as a file to import. Public: that devices list such imports
//! ("CONVERSION ACK"). Assumed: all of the XML.

use crate::trust::{TrustStatus, leaf};
use crate::xml::Node;
use crate::{Error, grant, limits};

const FORMAT: &str = "conversion acknowledgement";

/// A decoded `smartLicenseConversionAck`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConversionAcknowledgement {
    /// What the account says.
    pub outcome: ConversionOutcome,
    /// The exact text the signature covers.
    pub signed: String,
    /// Base64 of a DER ECDSA signature.
    pub signature: String,
}

/// The `conversionAck` element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConversionOutcome {
    /// Text of `udi`.
    pub udi: String,
    /// Number of the conversion on the instance.
    pub conversion_id: u64,
    /// When it was written, milliseconds since the epoch.
    pub timestamp: Option<u64>,
    /// Outcome, with a code such as [`CONVERSION_SUCCESS`].
    pub status: TrustStatus,
}

/// `code` of a conversion that was carried out.
pub const CONVERSION_SUCCESS: &str = "CONVERSION_SUCCESS";

impl ConversionOutcome {
    /// The serialised `conversionAck` element: what an account signs.
    pub fn encode(&self) -> String {
        let mut out = String::from("<conversionAck>");
        leaf(&mut out, "udi", Some(&self.udi));
        leaf(&mut out, "conversionId", Some(&self.conversion_id.to_string()));
        leaf(&mut out, "timestamp", self.timestamp.map(|at| at.to_string()).as_deref());
        self.status.encode(&mut out);
        out.push_str("</conversionAck>");
        out
    }
}

impl ConversionAcknowledgement {
    /// Puts a signature beside the text it covers.
    pub fn new(outcome: ConversionOutcome, sign: impl FnOnce(&str) -> String) -> Self {
        let signed = outcome.encode();
        let signature = sign(&signed);
        Self { outcome, signed, signature }
    }

    /// The whole artefact.
    pub fn encode(&self) -> String {
        let mut out = format!("<smartLicenseConversionAck>{}", self.signed);
        leaf(&mut out, "signature", Some(&self.signature));
        out.push_str("</smartLicenseConversionAck>");
        out
    }

    /// Reads the artefact.
    pub fn decode(bytes: &[u8]) -> Result<Self, Error> {
        let source = limits::text(FORMAT, bytes, limits::ARTEFACT_BYTES_MAX)?;
        Node::read(FORMAT, source, |root| Self::from_node(root, source))
    }

    pub(crate) fn from_node(root: &Node<'_>, source: &str) -> Result<Self, Error> {
        let missing = |part| Error::Missing { format: FORMAT, part };
        let ack = root.child("conversionAck").ok_or(missing("conversionAck"))?;
        let id = ack.child_text("conversionId").ok_or(missing("conversionId"))?;
        let wrong = |_| Error::malformed(FORMAT, "conversionId", id, "a whole number");
        Ok(Self {
            outcome: ConversionOutcome {
                udi: ack.child_text("udi").ok_or(missing("udi"))?.to_owned(),
                conversion_id: id.parse().map_err(wrong)?,
                timestamp: grant::read_timestamp(FORMAT, ack)?,
                status: TrustStatus::from_parent(FORMAT, ack)?,
            },
            signed: source[ack.span.clone()].to_owned(),
            signature: root.child_text("signature").unwrap_or_default().to_owned(),
        })
    }
}
