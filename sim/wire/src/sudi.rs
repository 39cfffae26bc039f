//! The SUDI object as JSON carries it. The policy era writes two members, the classic era seven.

use compact_str::CompactString;
use serde::{Deserialize, Serialize};

use crate::{Extra, Udi};

/// A secure UDI in its snake-case JSON form.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Sudi {
    /// Product id.
    #[serde(default)]
    pub udi_pid: CompactString,
    /// Serial number.
    #[serde(default)]
    pub udi_serial_number: CompactString,
    /// Every other member, as it came (the classic era adds `suvi`, `uuid`, and others).
    #[serde(flatten)]
    pub extra: Extra,
}

impl Sudi {
    /// The identity behind the object.
    pub fn udi(&self) -> Udi {
        Udi { product_id: self.udi_pid.clone(), serial_number: self.udi_serial_number.clone() }
    }
}

impl From<&Udi> for Sudi {
    fn from(udi: &Udi) -> Self {
        Self {
            udi_pid: udi.product_id.clone(),
            udi_serial_number: udi.serial_number.clone(),
            extra: Extra::new(),
        }
    }
}
