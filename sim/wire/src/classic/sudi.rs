//! The SUDI object of the classic era, which writes all seven members and `null` for what it lacks,
//! and the members that open every `request_data`.
//!
//! Source: Cisco support document 217535 (Unity Connection), debug log of a request.

use compact_str::CompactString;
use serde::{Deserialize, Serialize};

use crate::identifiers::{Nonce, ProductInstanceId};
use crate::{Extra, Udi, optional_text};

/// A secure UDI with all its members, in the order of the sample.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ClassicSudi {
    /// Secure unique virtual identifier.
    #[serde(default)]
    pub suvi: Option<CompactString>,
    /// UUID of a virtual product.
    #[serde(default)]
    pub uuid: Option<CompactString>,
    /// Identifier of the host.
    #[serde(default)]
    pub host_identifier: Option<CompactString>,
    /// MAC address.
    #[serde(default)]
    pub mac_address: Option<CompactString>,
    /// Product id.
    #[serde(default)]
    pub udi_pid: Option<CompactString>,
    /// Serial number.
    #[serde(default)]
    pub udi_serial_number: Option<CompactString>,
    /// Version id.
    #[serde(default)]
    pub udi_vid: Option<CompactString>,
    /// Unknown members.
    #[serde(flatten)]
    pub extra: Extra,
}

impl ClassicSudi {
    /// The identity behind the object; a part that is absent is empty.
    pub fn udi(&self) -> Udi {
        Udi {
            product_id: self.udi_pid.clone().unwrap_or_default(),
            serial_number: self.udi_serial_number.clone().unwrap_or_default(),
        }
    }
}

impl From<&Udi> for ClassicSudi {
    fn from(udi: &Udi) -> Self {
        Self {
            udi_pid: Some(udi.product_id.clone()),
            udi_serial_number: Some(udi.serial_number.clone()),
            ..Self::default()
        }
    }
}

/// Who a `request_data` is from: the members it begins with.
///
/// Assumed: that the identifier stands here in all but the one request a public source shows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Origin {
    /// The product instance.
    pub sudi: ClassicSudi,
    /// Its clock, milliseconds since the epoch.
    pub timestamp: u64,
    /// The nonce of the exchange, as in the header.
    pub nonce: Nonce,
    /// Its identifier; left out before registration.
    #[serde(
        default,
        deserialize_with = "optional_text::deserialize",
        skip_serializing_if = "Option::is_none"
    )]
    pub product_instance_identifier: Option<ProductInstanceId>,
}
