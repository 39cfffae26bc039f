//! The trust request of a product instance.
//!
//! Documented: a trust id that grows with each request, an ID token in direct mode, a UDI-tied
//! public key. Assumed: the element, its members, and that the signature covers the `data` text.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::system_info::SystemInfo;
use crate::trust::leaf;
use crate::xml::{Node, escape_content_into};
use crate::{Error, Extra, Sudi, TrustId, limits, scanning};

const FORMAT: &str = "trust request";

/// A decoded trust request. Its debug form does not show the ID token.
#[derive(Clone, PartialEq)]
pub struct TrustRequest {
    /// Who asks.
    pub system_info: Option<SystemInfo>,
    /// One entry per product instance of the set.
    pub entries: Vec<TrustRequestEntry>,
    /// The exact text the signature covers.
    pub signed: String,
    /// Base64 of a DER ECDSA signature by the first entry's key.
    pub signature: String,
}

/// What one product instance asks. Its debug form does not show the ID token.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct TrustRequestEntry {
    /// The instance.
    pub sudi: Sudi,
    /// The number of this request; must be over every number before.
    pub trust_id: TrustId,
    /// The instance's clock, milliseconds since the epoch.
    pub timestamp: u64,
    /// Asks for a new trust code although one exists.
    #[serde(default)]
    pub force: bool,
    /// The ID token, direct mode only. A secret: never logged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id_token: Option<String>,
    /// Base64 of the instance's public key, DER SubjectPublicKeyInfo.
    pub public_key: String,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}

impl fmt::Debug for TrustRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The signed text repeats the entries, ID token and all.
        f.debug_struct("TrustRequest")
            .field("system_info", &self.system_info)
            .field("entries", &self.entries)
            .field("signed_bytes", &self.signed.len())
            .field("signature", &self.signature)
            .finish()
    }
}

impl fmt::Debug for TrustRequestEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrustRequestEntry")
            .field("sudi", &self.sudi)
            .field("trust_id", &self.trust_id)
            .field("timestamp", &self.timestamp)
            .field("force", &self.force)
            .field("id_token", &self.id_token.as_ref().map(|_| "[id token]"))
            .field("public_key", &self.public_key)
            .field("extra", &self.extra)
            .finish()
    }
}

impl TrustRequest {
    /// Serialises the entries and signs them.
    pub fn new(
        system_info: SystemInfo,
        entries: Vec<TrustRequestEntry>,
        sign: impl FnOnce(&str) -> String,
    ) -> Self {
        let signed = serde_json::to_string(&entries).expect("plain values always serialise");
        let signature = sign(&signed);
        Self { system_info: Some(system_info), entries, signed, signature }
    }

    /// The whole artefact.
    pub fn encode(&self) -> String {
        let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?><smartLicense>");
        if let Some(info) = &self.system_info {
            info.encode(&mut out);
        }
        out.push_str("<smartLicenseTrustRequest><data>");
        escape_content_into(&mut out, &self.signed);
        out.push_str("</data>");
        leaf(&mut out, "signature", Some(&self.signature));
        out.push_str("</smartLicenseTrustRequest></smartLicense>");
        out
    }

    /// Reads the artefact.
    pub fn decode(bytes: &[u8]) -> Result<Self, Error> {
        let source = limits::text(FORMAT, bytes, limits::ARTEFACT_BYTES_MAX)?;
        Node::read(FORMAT, source, Self::from_node)
    }

    pub(crate) fn from_node(root: &Node<'_>) -> Result<Self, Error> {
        let missing = |part| Error::Missing { format: FORMAT, part };
        let request =
            root.child("smartLicenseTrustRequest").ok_or(missing("smartLicenseTrustRequest"))?;
        let data = request.child("data").ok_or(missing("data"))?;
        Ok(Self {
            system_info: SystemInfo::from_root(root)?,
            entries: match scanning::trust_entries(&data.text) {
                Some(entries) => entries,
                None => limits::json(FORMAT, &data.text)?,
            },
            signed: data.text.clone().into_owned(),
            signature: request.child_text("signature").unwrap_or_default().to_owned(),
        })
    }
}
