//! What a product instance says of the machine it runs on, besides its name.
//!
//! Source: SSM On-Prem 7 User Guide, "Global Synchronization Data Privacy Settings" (host name, IP
//! address, MAC address). Assumed: the IP address comes as a further member of the registration.

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
}

impl Host {
    /// What a registration says; none when it says nothing.
    pub(super) fn of(header: &Header, data: &RegistrationRequest) -> Option<Box<Self>> {
        let kept = |text: Option<&str>| {
            let text = text.filter(|text| !text.is_empty())?;
            let visible = text.chars().filter(|c| !c.is_control()).take(TEXT_LENGTH_MAX);
            Some(visible.collect::<String>().into_boxed_str())
        };
        let host = Self {
            identifier: kept(header.sudi.host_identifier.as_deref()),
            mac_address: kept(header.sudi.mac_address.as_deref()),
            ip_address: kept(data.extra.get("ip_address").and_then(|value| value.as_str())),
        };
        (host != Self::default()).then(|| Box::new(host))
    }
}
