//! What a product instance says of the machine it runs on, besides its name: the members of its
//! SUDI beside product and serial number, and its address.
//!
//! Source: SSM On-Prem 7 User Guide, "Product Instance Usage" (the members of a SUDI), "Global
//! Synchronization Data Privacy Settings" (host name, IP address, MAC address). Assumed: the IP
//! address comes as a further member of the registration.

use muster_wire::classic::Header;
use muster_wire::classic::proposed::registration::RegistrationRequest;
use serde::{Deserialize, Serialize};

/// Characters kept of one text: the longest host name has 253.
const TEXT_LENGTH_MAX: usize = 253;

/// What is known of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Host {
    pub(crate) identifier: Option<Box<str>>,
    pub(crate) mac_address: Option<Box<str>>,
    pub(crate) ip_address: Option<Box<str>>,
    #[serde(default)]
    pub(crate) suvi: Option<Box<str>>,
    #[serde(default)]
    pub(crate) uuid: Option<Box<str>>,
    /// Version id.
    #[serde(default)]
    pub(crate) udi_vid: Option<Box<str>>,
}

impl Host {
    /// What a registration says; none when it says nothing.
    pub(super) fn of(header: &Header, data: &RegistrationRequest) -> Option<Box<Self>> {
        let kept = |text: Option<&str>| {
            let text = text.filter(|text| !text.is_empty())?;
            let visible = text.chars().filter(|c| !c.is_control()).take(TEXT_LENGTH_MAX);
            Some(visible.collect::<String>().into_boxed_str())
        };
        let sudi = &header.sudi;
        let host = Self {
            identifier: kept(sudi.host_identifier.as_deref()),
            mac_address: kept(sudi.mac_address.as_deref()),
            suvi: kept(sudi.suvi.as_deref()),
            uuid: kept(sudi.uuid.as_deref()),
            udi_vid: kept(sudi.udi_vid.as_deref()),
            ip_address: kept(data.extra.get("ip_address").and_then(|value| value.as_str())),
        };
        (host != Self::default()).then(|| Box::new(host))
    }
}
