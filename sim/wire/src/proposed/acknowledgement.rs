//! The acknowledgement of RUM reports, with the policies that may ride along.
//!
//! Public: the elements `smartLicenseRumAck`, `data`, `smartLicensePolicy`. Documented: that a
//! missing policy is supplied again in an acknowledgement. Assumed: the members of `data`.

use serde::{Deserialize, Serialize};

use super::policy::Policy;
use crate::identifiers::{Nonce, ProductInstanceId, ReportId};
use crate::trust::leaf;
use crate::xml::{Node, escape_content_into};
use crate::{EntitlementTag, Error, Extra, Sudi, limits, optional_text, scanning, writing};

const FORMAT: &str = "RUM acknowledgement";

/// A decoded acknowledgement file.
#[derive(Clone, Debug, PartialEq)]
pub struct Acknowledgement {
    /// Which reports, and when the next is due.
    pub data: AcknowledgementData,
    /// The exact text the signature covers.
    pub signed: String,
    /// Base64 of a DER ECDSA signature.
    pub signature: String,
    /// Policies supplied with it.
    pub policies: Vec<Policy>,
}

/// The JSON inside `data`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AcknowledgementData {
    /// `2.0`.
    pub version: String,
    /// The server's clock, milliseconds since the epoch.
    pub timestamp: u64,
    /// Nonce of the usage request.
    pub nonce: Nonce,
    /// The reporting instance.
    pub sudi: Sudi,
    /// Its identifier.
    #[serde(default, with = "optional_text")]
    pub product_instance_identifier: Option<ProductInstanceId>,
    /// One entry per report.
    pub acks: Vec<AcknowledgedReport>,
    /// When the next report is due, seconds since the epoch; 0 for no duty.
    #[serde(default)]
    pub next_report_due: u64,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}

/// What became of one report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AcknowledgedReport {
    /// The report.
    pub report_id: ReportId,
    /// Its licence.
    pub entitlement_tag: EntitlementTag,
    /// `ACKED` or `REJECTED`.
    pub status: String,
    /// Why it was rejected.
    #[serde(default)]
    pub message: String,
}

impl AcknowledgedReport {
    /// `status` of an accepted report.
    pub const ACKED: &'static str = "ACKED";
    /// `status` of a refused report.
    pub const REJECTED: &'static str = "REJECTED";
}

impl Acknowledgement {
    /// Serialises the data and signs it.
    pub fn new(
        data: AcknowledgementData,
        policies: Vec<Policy>,
        sign: impl FnOnce(&str) -> String,
    ) -> Self {
        let signed = writing::json(&data, 512 + 160 * data.acks.len());
        let signature = sign(&signed);
        Self { data, signed, signature, policies }
    }

    /// The whole artefact.
    pub fn encode(&self) -> String {
        // A third of the data are quotes and what becomes of them.
        let mut out = String::with_capacity(self.signed.len() * 3 / 2 + 512);
        out.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?><smartLicense>");
        out.push_str("<smartLicenseRumAck><data>");
        escape_content_into(&mut out, &self.signed);
        out.push_str("</data>");
        leaf(&mut out, "signature", Some(&self.signature));
        out.push_str("</smartLicenseRumAck>");
        for policy in &self.policies {
            out.push_str(&policy.encode());
        }
        out.push_str("</smartLicense>");
        out
    }

    /// Reads the artefact.
    pub fn decode(bytes: &[u8]) -> Result<Self, Error> {
        let source = limits::text(FORMAT, bytes, limits::ARTEFACT_BYTES_MAX)?;
        Node::read(FORMAT, source, |root| Self::from_node(root, source))
    }

    pub(crate) fn from_node(root: &Node<'_>, source: &str) -> Result<Self, Error> {
        let missing = |part| Error::Missing { format: FORMAT, part };
        let ack = root.child("smartLicenseRumAck").ok_or(missing("smartLicenseRumAck"))?;
        let data = ack.child("data").ok_or(missing("data"))?;
        let policies = root
            .children_named("smartLicensePolicy")
            .map(|policy| Policy::from_node(policy, source))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            data: match scanning::acknowledgement_data(&data.text) {
                Some(data) => data,
                None => limits::json(FORMAT, &data.text)?,
            },
            signed: data.text.clone().into_owned(),
            signature: ack.child_text("signature").unwrap_or_default().to_owned(),
            policies,
        })
    }
}
