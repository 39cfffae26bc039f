//! What of its product instances an On-Prem does not tell CSSM.
//!
//! Source: SSM On-Prem 7 User Guide, "Global Synchronization Data Privacy Settings".

use serde::{Deserialize, Serialize};

use super::document::SyncedInstance;

/// What is left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Privacy {
    #[serde(default)]
    pub(crate) hostname: bool,
    #[serde(default)]
    pub(crate) ip_address: bool,
    #[serde(default)]
    pub(crate) mac_address: bool,
}

impl Privacy {
    /// Takes out what is not to be told.
    pub(crate) fn apply(self, instance: &mut SyncedInstance) {
        if self.hostname {
            instance.hostname = None;
            instance.sudi.host_identifier = None;
        }
        if self.ip_address {
            instance.ip_address = None;
        }
        if self.mac_address {
            instance.sudi.mac_address = None;
        }
    }
}
