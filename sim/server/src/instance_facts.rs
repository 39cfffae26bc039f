//! What a product instance says of itself, and when it was heard of: what inventories show.
//!
//! Source: SSM On-Prem 7 User Guide, "Product Instance Usage" (host name, product, registration and
//! last contact). Assumed: what is longer than any name is not kept.

use muster_wire::SoftwareTag;
use serde::{Deserialize, Serialize};

/// Bytes of a host name or software tag that is kept.
const TEXT_BYTES_MAX: usize = 255;

/// Facts about one product instance.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct InstanceFacts {
    software: Option<SoftwareTag>,
    host_name: Option<Box<str>>,
    /// When it came into its account, unix milliseconds.
    pub(crate) registered_at_ms: u64,
    /// Unix milliseconds.
    pub(crate) last_contact_ms: u64,
}

impl InstanceFacts {
    /// Of an instance that registers.
    pub(crate) fn registered(software: &SoftwareTag, host_name: Option<&str>, now_ms: u64) -> Self {
        let mut facts = Self { registered_at_ms: now_ms, ..Self::default() };
        facts.heard(software, host_name, now_ms);
        facts
    }

    /// Notes a sign of life. What is not said any more is still true.
    pub(crate) fn heard(&mut self, software: &SoftwareTag, host_name: Option<&str>, now_ms: u64) {
        self.last_contact_ms = now_ms;
        let fits = |text: &str| !text.is_empty() && text.len() <= TEXT_BYTES_MAX;
        if fits(software.as_str()) && self.software.as_ref() != Some(software) {
            self.software = Some(software.clone());
        }
        if let Some(name) = host_name.filter(|name| fits(name))
            && self.host_name.as_deref() != Some(name)
        {
            self.host_name = Some(name.into());
        }
    }

    /// Empty when it is not known.
    pub(crate) fn host_name(&self) -> &str {
        self.host_name.as_deref().unwrap_or_default()
    }

    /// Empty when it is not known.
    pub(crate) fn software_tag(&self) -> &str {
        self.software.as_ref().map_or("", SoftwareTag::as_str)
    }

    /// The name inside the software tag, `regid.2017-05.com.cisco.<name>,<version>_<uuid>`; empty
    /// when it has another form.
    pub(crate) fn product_name(&self) -> &str {
        let name = self.software_tag().split_once(".com.cisco.").map_or("", |(_, name)| name);
        name.rsplit_once(',').map_or(name, |(name, _)| name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_said_once_is_kept_and_nonsense_is_not() {
        let tag = "regid.2017-05.com.cisco.C9300,v1_727af1d9-6c39-4444-b301-863f81445b72";
        let mut facts = InstanceFacts::registered(&SoftwareTag::new(tag), Some("sw-1"), 5);
        facts.heard(&SoftwareTag::new(""), None, 9);
        facts.heard(&SoftwareTag::new(&"x".repeat(256)), Some(&"y".repeat(256)), 10);
        assert_eq!((facts.software_tag(), facts.host_name()), (tag, "sw-1"));
        assert_eq!((facts.product_name(), facts.registered_at_ms), ("C9300", 5));
        assert_eq!(facts.last_contact_ms, 10);
        assert_eq!(InstanceFacts::default().product_name(), "");
    }
}
