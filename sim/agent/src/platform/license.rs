//! One licence of a platform: its tag, the terms that apply to it, and what shows call it.

use compact_str::CompactString;
use muster_wire::EntitlementTag;
use serde::{Deserialize, Serialize};

/// One licence of a platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlatformLicense {
    /// Feature name as the product instance shows it.
    pub feature: CompactString,
    /// Entitlement tag.
    pub tag: EntitlementTag,
    /// Which terms of a policy apply.
    pub class: LicenseClass,
    /// Count when a scenario names none.
    pub default_count: u32,
    /// What shows print in parentheses behind the feature, unless it is the tag's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<CompactString>,
    /// What shows print as description, unless it is the feature's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<CompactString>,
    /// Throughput the licence is for, Mbit/s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub throughput_mbps: Option<u32>,
}

/// The classes a policy has terms for (public: the YANG policy model).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LicenseClass {
    /// Unenforced, non-export, perpetual.
    Perpetual,
    /// Unenforced, non-export, subscription.
    Subscription,
    /// Enforced.
    Enforced,
    /// Export controlled.
    Export,
}

impl PlatformLicense {
    /// What shows print in parentheses behind the feature.
    pub fn label(&self) -> &str {
        self.label.as_deref().unwrap_or_else(|| name_of(self.tag.as_str()))
    }

    /// What shows print as description.
    pub fn description(&self) -> &str {
        self.description.as_ref().unwrap_or(&self.feature)
    }

    /// Version in the tag, for example `1.0`.
    pub fn version(&self) -> &str {
        version_of(self.tag.as_str())
    }

    /// Whether the licence may be used only once it is authorized.
    pub const fn is_export_controlled(&self) -> bool {
        matches!(self.class, LicenseClass::Export)
    }
}

/// `DNA_NWStack` of `regid.2018-06.com.cisco.DNA_NWStack,1.0_…`.
fn name_of(tag: &str) -> &str {
    let name = tag.split_once(".com.cisco.").map_or(tag, |(_, name)| name);
    name.rsplit_once(',').map_or(name, |(name, _)| name)
}

/// `1.0` of `regid.2017-05.com.cisco.c9300_dna_advantage,1.0_…`.
fn version_of(tag: &str) -> &str {
    let version = tag.rsplit_once(',').map_or("", |(_, version)| version);
    version.split_once('_').map_or(version, |(version, _)| version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_licence_is_labelled_with_the_name_in_its_tag() {
        let tag = "regid.2018-06.com.cisco.DNA_NWStack,1.0_e7244e71-3ad5-4608-8bf0-d12f67c80896";
        assert_eq!(name_of(tag), "DNA_NWStack");
        assert_eq!(name_of("anything"), "anything");
    }
    #[test]
    fn a_version_is_read_from_its_tag() {
        let tag =
            "regid.2017-05.com.cisco.c9300_dna_advantage,1.0_411773c3-2116-4c10-94a4-000000000000";
        assert_eq!(version_of(tag), "1.0");
        assert_eq!(version_of("anything"), "");
    }
}
