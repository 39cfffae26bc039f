//! `smartLicenseSystemInfo`: who wrote a file, as JSON text in a `data` element.
//!
//! Public: the element and the members a third-party reader takes from it. Assumed: that the rest
//! repeats the request's sender.

use compact_str::CompactString;
use serde::{Deserialize, Serialize};

use crate::identifiers::{Nonce, ProductInstanceId};
use crate::transport::smart::ListedInstance;
use crate::xml::{Node, content_into};
use crate::{Error, Extra, SoftwareTag, Sudi, limits, optional_text, scanning, writing};

const FORMAT: &str = "system info";

/// Who wrote a usage or request file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SystemInfo {
    /// The writing instance.
    pub sudi: Sudi,
    /// Its clock, milliseconds since the epoch.
    pub timestamp: u64,
    /// A fresh nonce.
    pub nonce: Nonce,
    /// Its host name; absent when host name privacy is on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hostname: Option<CompactString>,
    /// Its identifier; none before trust.
    #[serde(default, with = "optional_text")]
    pub product_instance_identifier: Option<ProductInstanceId>,
    /// Its software tag.
    pub software_tag_identifier: SoftwareTag,
    /// Every instance of the set.
    #[serde(default)]
    pub device_list: Vec<ListedInstance>,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}

impl SystemInfo {
    pub(crate) fn encode(&self, out: &mut String) {
        out.push_str("<smartLicenseSystemInfo><data>");
        content_into(out, |out| writing::Write::write(self, out));
        out.push_str("</data></smartLicenseSystemInfo>");
    }

    pub(crate) fn from_root(root: &Node<'_>) -> Result<Option<Self>, Error> {
        let Some(element) = root.child("smartLicenseSystemInfo") else { return Ok(None) };
        let data = element
            .child_text("data")
            .ok_or(Error::Missing { format: FORMAT, part: "smartLicenseSystemInfo/data" })?;
        scanning::system_info(data).map_or_else(|| limits::json(FORMAT, data), Ok).map(Some)
    }
}
