//! The request for authorization codes, to confirm one, or to return it.
//!
//! Public: the element, and the four members a third-party reader takes from each entry. Assumed:
//! what a return and a confirmation leave out.

use serde::{Deserialize, Serialize};

use super::system_info::SystemInfo;
use crate::short_code::{ConfirmationCode, ReturnCode};
use crate::xml::{Node, escape_content_into};
use crate::{EntitlementTag, Error, Extra, Sudi, count, limits, optional_list, optional_text};

const FORMAT: &str = "authorization request";

/// A decoded authorization request.
#[derive(Clone, Debug, PartialEq)]
pub struct AuthorizationRequest {
    /// Who asks.
    pub system_info: Option<SystemInfo>,
    /// One entry per product instance of the set.
    pub entries: Vec<AuthorizationRequestEntry>,
}

/// What one product instance asks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuthorizationRequestEntry {
    /// The instance.
    pub sudi: Sudi,
    /// The licences asked for; none with a return.
    #[serde(default, deserialize_with = "optional_list::deserialize")]
    pub keys: Vec<RequestedKey>,
    /// Confirms a code that was installed over an older one.
    #[serde(default, deserialize_with = "optional_text::deserialize")]
    pub confirm_code: Option<ConfirmationCode>,
    /// Returns what is installed.
    #[serde(default, deserialize_with = "optional_text::deserialize")]
    pub remove_code: Option<ReturnCode>,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A number of licences of one tag.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RequestedKey {
    /// The licence.
    pub entitlement: EntitlementTag,
    /// How many; a text on the wire.
    #[serde(deserialize_with = "count::deserialize", serialize_with = "count::as_text")]
    pub count: u32,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}

impl AuthorizationRequest {
    /// The whole artefact.
    pub fn encode(&self) -> String {
        let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?><smartLicense>");
        if let Some(info) = &self.system_info {
            info.encode(&mut out);
        }
        let data = serde_json::to_string(&self.entries).expect("plain values always serialise");
        out.push_str("<smartLicenseAuthRequest><data>");
        escape_content_into(&mut out, &data);
        out.push_str("</data></smartLicenseAuthRequest></smartLicense>");
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
            root.child("smartLicenseAuthRequest").ok_or(missing("smartLicenseAuthRequest"))?;
        let data = request.child("data").ok_or(missing("data"))?;
        Ok(Self {
            system_info: SystemInfo::from_root(root)?,
            entries: limits::json(FORMAT, &data.text)?,
        })
    }
}
