//! Product families as data: one `platforms/<name>.toml` each, embedded at build time.

use std::sync::OnceLock;

use compact_str::CompactString;
use muster_wire::entitlement::is_regid;
use muster_wire::{EntitlementTag, SoftwareTag};
use serde::{Deserialize, Serialize};

use crate::Error;

/// File name and text of every embedded platform, in name order.
const EMBEDDED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/platforms.rs"));

/// Licences one platform may list; an agent keeps one RUM report series per licence.
const LICENSES_MAX: usize = 64;

/// Characters of a short text such as a product id.
const TEXT_LENGTH_MAX: usize = 64;

/// A product family: what its Smart Agents say about themselves and how they behave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Platform {
    /// Short name, for example `c9800-l`; the name of its file.
    pub name: CompactString,
    /// Name for people.
    pub title: CompactString,
    /// Product id of the UDI.
    pub product_id: CompactString,
    /// Software tag of the product.
    pub software_tag: SoftwareTag,
    /// Software version, for example `17.12.02`.
    pub software_version: CompactString,
    /// Smart Agent version, for example `5.8.6_rel/15`.
    pub agent_version: CompactString,
    /// Capabilities the agent lists in `connect_info`.
    pub capabilities: Vec<CompactString>,
    /// First characters of every serial number; marks it as a test serial.
    pub serial_prefix: CompactString,
    /// When usage is reported.
    pub cycle: ReportingCycle,
    /// Layout of RUM payloads.
    pub payload: PayloadLayout,
    /// Whether instances leave the factory with a trust code (Troubleshoot SLP on 9800, "Trust
    /// Code").
    #[serde(default)]
    pub factory_trust_code: bool,
    /// The licences an instance can use.
    pub licenses: Vec<PlatformLicense>,
}

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

/// When usage is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "CycleText", into = "CycleText")]
pub enum ReportingCycle {
    /// As the policy in force and the configured interval say.
    Policy,
    /// At a fixed distance, whatever is configured.
    Fixed {
        /// Hours between reports.
        hours: u32,
    },
}

/// Layout of RUM payloads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PayloadLayout {
    /// Releases up to 17.6.
    V1,
    /// Releases from 17.9 on.
    V2,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum CycleText {
    Policy,
    #[serde(untagged)]
    Fixed {
        fixed_hours: u32,
    },
}

impl From<CycleText> for ReportingCycle {
    fn from(text: CycleText) -> Self {
        match text {
            CycleText::Policy => Self::Policy,
            CycleText::Fixed { fixed_hours } => Self::Fixed { hours: fixed_hours },
        }
    }
}

impl From<ReportingCycle> for CycleText {
    fn from(cycle: ReportingCycle) -> Self {
        match cycle {
            ReportingCycle::Policy => Self::Policy,
            ReportingCycle::Fixed { hours } => Self::Fixed { fixed_hours: hours },
        }
    }
}

impl Platform {
    /// Every embedded platform, in name order.
    pub fn all() -> &'static [Self] {
        static ALL: OnceLock<Vec<Platform>> = OnceLock::new();
        ALL.get_or_init(|| {
            EMBEDDED
                .iter()
                .map(|(_, text)| Self::from_toml(text).expect("a test reads every embedded file"))
                .collect()
        })
    }

    /// The embedded platform called `name`.
    pub fn named(name: &str) -> Option<&'static Self> {
        Self::all().iter().find(|platform| platform.name == name)
    }

    /// Reads a platform description.
    ///
    /// # Errors
    ///
    /// When the text is not TOML of this shape, or a value cannot be what it says.
    pub fn from_toml(text: &str) -> Result<Self, Error> {
        let platform: Self = toml::from_str(text)
            .map_err(|error| Error::Toml { detail: error.to_string().trim_end().to_owned() })?;
        platform.check()?;
        Ok(platform)
    }

    /// Position of the licence a feature name or entitlement tag stands for.
    pub(crate) fn license_index(&self, feature: &str) -> Option<u8> {
        let at = self
            .licenses
            .iter()
            .position(|license| license.feature == feature || license.tag.as_str() == feature)?;
        u8::try_from(at).ok()
    }

    fn check(&self) -> Result<(), Error> {
        for (part, text) in [
            ("name", &self.name),
            ("product_id", &self.product_id),
            ("software_version", &self.software_version),
            ("agent_version", &self.agent_version),
            ("serial_prefix", &self.serial_prefix),
        ] {
            let length = text.chars().count();
            if length == 0 || length > TEXT_LENGTH_MAX {
                return Err(Error::Length { part, length, length_max: TEXT_LENGTH_MAX });
            }
        }
        if !is_regid(self.software_tag.as_str()) {
            return Err(Error::Tag { part: "software_tag", found: self.software_tag.0.clone() });
        }
        if let ReportingCycle::Fixed { hours } = self.cycle
            && !(1..=8760).contains(&hours)
        {
            return Err(Error::Cycle { hours });
        }
        let count = self.licenses.len();
        if count == 0 || count > LICENSES_MAX {
            return Err(Error::Licenses { count, count_max: LICENSES_MAX });
        }
        for (at, license) in self.licenses.iter().enumerate() {
            if !is_regid(license.tag.as_str()) {
                return Err(Error::Tag { part: "licenses.tag", found: license.tag.0.clone() });
            }
            if self.licenses[..at].iter().any(|other| other.feature == license.feature) {
                return Err(Error::DuplicateLicense { feature: license.feature.clone() });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edited(from: &str, to: &str) -> Result<Platform, Error> {
        let (_, text) = EMBEDDED.iter().find(|(name, _)| *name == "c9800-l").unwrap();
        assert!(text.contains(from), "{from}");
        Platform::from_toml(&text.replace(from, to))
    }

    #[test]
    fn every_embedded_file_reads_and_is_named_after_its_file() {
        for (name, text) in EMBEDDED {
            let platform = Platform::from_toml(text).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(platform.name, *name);
            assert!(platform.serial_prefix.starts_with("MST"), "{name} serials look real");
            assert!(std::ptr::eq(Platform::named(name).unwrap(), Platform::named(name).unwrap()));
        }
        assert_eq!(Platform::all().len(), EMBEDDED.len());
        assert!(EMBEDDED.len() >= 3);
    }

    #[test]
    fn only_the_9800_reports_every_eight_hours() {
        let cycle = |name| Platform::named(name).unwrap().cycle;
        assert_eq!(cycle("c9800-l"), ReportingCycle::Fixed { hours: 8 });
        assert_eq!(cycle("catalyst-9300"), ReportingCycle::Policy);
    }

    #[test]
    fn a_platform_survives_toml() {
        for platform in Platform::all() {
            let text = toml::to_string(platform).unwrap();
            assert_eq!(Platform::from_toml(&text).as_ref(), Ok(platform));
        }
    }

    #[test]
    fn each_fault_has_its_own_error() {
        assert!(matches!(edited("payload = \"v2\"", ""), Err(Error::Toml { .. })));
        assert!(matches!(edited("title =", "titel ="), Err(Error::Toml { .. })));
        assert!(matches!(edited("fixed_hours = 8", "fixed_hours = 0"), Err(Error::Cycle { .. })));
        assert!(matches!(edited("\"MST\"", "\"\""), Err(Error::Length { .. })));
        assert!(matches!(edited("regid.2019-06", "regid.19"), Err(Error::Tag { .. })));
        let twice = edited("lic_c9800l_perf", "air-dna-advantage");
        assert!(matches!(twice, Err(Error::DuplicateLicense { .. })));
    }
}
