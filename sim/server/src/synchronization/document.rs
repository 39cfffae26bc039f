//! What On-Prem and CSSM tell each other, over the network or in files.
//!
//! Source: SSM On-Prem 7 User Guide, "Synchronization File Changes for Application Redundancy" (the
//! members of a redundant application and its peers). Assumed: everything else.

use muster_wire::Udi;
use serde::{Deserialize, Serialize};

use crate::holdings::lot::LotKind;

/// The version both sides speak.
pub(crate) const VERSION: &str = "1.0";

/// How much is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SyncType {
    /// What changed since the last one.
    #[default]
    Standard,
    /// Everything.
    Full,
}

/// What a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DocumentKind {
    Request,
    Response,
    Registration,
    Authorization,
}

/// Which On-Prem, and which of its accounts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OnPremName {
    pub(crate) name: String,
    pub(crate) uid: String,
    #[serde(default)]
    pub(crate) account: String,
    #[serde(default)]
    pub(crate) virtual_account: String,
}

/// Certificates in base64.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Certificates {
    /// The account's.
    pub(crate) id_cert: String,
    /// Of the key that signed the document; empty in a request.
    #[serde(default)]
    pub(crate) signing_cert: String,
}

/// From On-Prem to CSSM.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SyncRequest {
    pub(crate) version: String,
    #[serde(rename = "type")]
    pub(crate) kind: DocumentKind,
    pub(crate) sync_type: SyncType,
    /// Over every earlier one of the account.
    pub(crate) sync_id: u64,
    /// The last one that was completed: CSSM notices when the On-Prem forgot one.
    pub(crate) previous_sync_id: u64,
    pub(crate) timestamp: u64,
    pub(crate) on_prem: OnPremName,
    pub(crate) certificates: Certificates,
    pub(crate) product_instances: Vec<SyncedInstance>,
    /// What waits for CSSM.
    pub(crate) pending_requests: Vec<PendingRequest>,
}

/// What became of a product instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SyncAction {
    Register,
    Update,
    Remove,
}

/// One product instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SyncedInstance {
    pub(crate) product_instance_identifier: String,
    pub(crate) action: SyncAction,
    pub(crate) sudi: SyncedSudi,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) hostname: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ip_address: Option<String>,
    pub(crate) registration_date: u64,
    pub(crate) last_contact: u64,
    pub(crate) entitlements: Vec<SyncedEntitlement>,
}

impl SyncedInstance {
    pub(crate) fn udi(&self) -> Udi {
        Udi::new(&self.sudi.udi_pid, &self.sudi.udi_serial_number)
    }
}

/// Who it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SyncedSudi {
    pub(crate) udi_pid: String,
    pub(crate) udi_serial_number: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) host_identifier: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) mac_address: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) suvi: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) uuid: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) udi_vid: Option<String>,
}

impl SyncedSudi {
    /// Only who it is.
    pub(crate) fn of(udi: &Udi) -> Self {
        Self {
            udi_pid: udi.product_id.to_string(),
            udi_serial_number: udi.serial_number.to_string(),
            host_identifier: None,
            mac_address: None,
            suvi: None,
            uuid: None,
            udi_vid: None,
        }
    }
}

/// One licence it uses, with the redundant application that does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SyncedEntitlement {
    pub(crate) tag: String,
    pub(crate) count: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) application_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) app_role: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) app_id: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) peer_info: Vec<SyncedPeer>,
}

/// A peer of a redundant application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SyncedPeer {
    pub(crate) name: String,
    pub(crate) role: String,
    pub(crate) id: String,
    pub(crate) product_instance_identifier: String,
}

/// What kind of request waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PendingKind {
    Export,
    ExportReturn,
    Conversion,
    /// An authorization code of the policy era, or an acknowledgement.
    Policy,
}

/// A request that waits for CSSM.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PendingRequest {
    /// The poll id its product instance was given.
    pub(crate) request_id: u64,
    pub(crate) kind: PendingKind,
    pub(crate) udi_pid: String,
    pub(crate) udi_serial_number: String,
}

impl PendingRequest {
    pub(crate) fn udi(&self) -> Udi {
        Udi::new(&self.udi_pid, &self.udi_serial_number)
    }
}

/// From CSSM to On-Prem.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SyncResponse {
    pub(crate) version: String,
    #[serde(rename = "type")]
    pub(crate) kind: DocumentKind,
    pub(crate) sync_type: SyncType,
    /// Of the request.
    pub(crate) sync_id: u64,
    pub(crate) timestamp: u64,
    /// Whether CSSM needs everything told anew.
    pub(crate) full_sync_required: bool,
    pub(crate) on_prem: OnPremName,
    /// None in a file somebody cut them out of.
    #[serde(default)]
    pub(crate) certificates: Option<Certificates>,
    pub(crate) entitlements: Vec<SyncedLicence>,
    /// The requests that were decided.
    pub(crate) decided_requests: Vec<PendingRequest>,
    pub(crate) failures: Vec<Failure>,
}

/// One licence the account holds; a tag without lots is no longer held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SyncedLicence {
    pub(crate) tag: String,
    pub(crate) display_name: String,
    pub(crate) lots: Vec<SyncedLot>,
}

/// One purchase.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SyncedLot {
    pub(crate) license_type: LotKind,
    pub(crate) quantity: u32,
    pub(crate) start_date: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) end_date: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) subscription_id: Option<String>,
}

/// What could not be taken over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Failure {
    Product { udi_pid: String, udi_serial_number: String, reason: String },
    Entitlement { tag: String, reason: String },
}
