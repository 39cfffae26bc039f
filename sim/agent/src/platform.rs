//! Product families as data: one `platforms/<name>.toml` each, embedded at build time.

use std::sync::OnceLock;

use compact_str::CompactString;
use muster_wire::{Capabilities, SoftwareTag};
use serde::{Deserialize, Serialize};

use crate::Error;

mod cycle;
mod fabric;
mod fault;
mod license;
mod reading;
mod throughput;

pub use cycle::ReportingCycle;
pub use fabric::{Fabric, FabricInventory, LeafLicenses, SwitchRole, Tier};
pub use fault::PlatformFault;
pub use license::{LicenseClass, PlatformLicense};
pub use throughput::Throughput;

/// File name and text of every embedded platform, in name order.
const EMBEDDED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/platforms.rs"));

/// Switches of one stack (public: eight of a Catalyst 9300).
const STACK_MEMBERS_MAX: u8 = 8;

/// A product family: what its Smart Agents say about themselves and how they behave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Platform {
    /// Short name, for example `c9800-l`; the name of its file.
    pub name: CompactString,
    /// Name for people.
    pub title: CompactString,
    /// Which Smart Licensing the product speaks.
    #[serde(default)]
    pub era: Era,
    /// Product id of the UDI.
    pub product_id: CompactString,
    /// Software tag of the product.
    pub software_tag: SoftwareTag,
    /// Software version, for example `17.12.02`.
    pub software_version: CompactString,
    /// Smart Agent version, for example `5.8.6_rel/15`.
    pub agent_version: CompactString,
    /// Capabilities the agent lists in `connect_info`.
    pub capabilities: Capabilities,
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
    /// Roles a UDI of one instance can have; only `active` for a product that stands alone.
    #[serde(default = "alone")]
    pub ha_roles: Vec<HaRole>,
    /// Throughput levels, where they need licences.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub throughput: Option<Throughput>,
    /// The fabric an APIC counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fabric: Option<Fabric>,
    /// The licences an instance can use.
    pub licenses: Vec<PlatformLicense>,
}

/// The two generations of Smart Licensing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Era {
    /// Smart Licensing Using Policy: trust, report, acknowledge.
    #[default]
    Policy,
    /// Smart Licensing before it: register, authorize, renew.
    Classic,
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

/// The part one UDI plays in an instance of several (public: `HA UDI List`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HaRole {
    /// The one that talks to the server.
    Active,
    /// The one that takes over.
    Standby,
    /// Another member of a stack.
    Member,
}

impl HaRole {
    /// The role as a product instance prints it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::Standby => "Standby",
            Self::Member => "Member",
        }
    }
}

fn alone() -> Vec<HaRole> {
    vec![HaRole::Active]
}

impl Platform {
    /// Every embedded platform, in name order.
    pub fn all() -> &'static [Self] {
        static ALL: OnceLock<Vec<Platform>> = OnceLock::new();
        ALL.get_or_init(|| {
            EMBEDDED
                .iter()
                .map(|(_, text)| Self::from_toml(text).expect("a test reads every embedded file"))
                .map(Self::kept)
                .collect()
        })
    }

    /// With its tags for all time, so that their copies in messages take no memory.
    fn kept(mut self) -> Self {
        let tags = self.licenses.iter_mut().map(|license| &mut license.tag.0);
        for tag in tags.chain([&mut self.software_tag.0]) {
            *tag = CompactString::const_new(String::from(&**tag).leak());
        }
        self
    }

    /// The embedded platform called `name`.
    pub fn named(name: &str) -> Option<&'static Self> {
        Self::all().iter().find(|platform| platform.name == name)
    }

    /// Reads a platform description that has no file.
    ///
    /// # Errors
    ///
    /// As [`Platform::from_file`].
    pub fn from_toml(text: &str) -> Result<Self, Error> {
        Self::from_file("platform", text)
    }

    /// Reads the text of a platform file; `file` is only named in errors.
    ///
    /// # Errors
    ///
    /// When the text is not TOML of this shape, or a value cannot be what it says.
    pub fn from_file(file: &str, text: &str) -> Result<Self, Error> {
        reading::read(file, text)
    }

    /// The export-controlled licence of the product, HSEC, if it has one.
    pub fn export_license(&self) -> Option<&PlatformLicense> {
        self.licenses.iter().find(|license| license.is_export_controlled())
    }

    /// Whether the product can have several UDIs.
    pub fn is_redundant(&self) -> bool {
        self.ha_roles.len() > 1
    }

    /// How many UDIs one instance can have.
    pub fn members_max(&self) -> u8 {
        match self.ha_roles.contains(&HaRole::Member) {
            true => STACK_MEMBERS_MAX,
            false => u8::try_from(self.ha_roles.len()).unwrap_or(u8::MAX),
        }
    }

    /// Position of the licence a feature name or entitlement tag stands for.
    pub(crate) fn license_index(&self, feature: &str) -> Option<u8> {
        let at = self
            .licenses
            .iter()
            .position(|license| license.feature == feature || license.tag.as_str() == feature)?;
        u8::try_from(at).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_embedded_file_reads_and_is_named_after_its_file() {
        for (name, text) in EMBEDDED {
            let platform = Platform::from_file(&format!("{name}.toml"), text)
                .unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(platform.name, *name);
            assert!(platform.serial_prefix.starts_with("MST"), "{name} serials look real");
            assert!(std::ptr::eq(Platform::named(name).unwrap(), Platform::named(name).unwrap()));
        }
        assert_eq!(Platform::all().len(), EMBEDDED.len());
    }
}
