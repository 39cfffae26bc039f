//! CSLU-initiated collection: from the reports an instance offers to the file it is given.
//!
//! Source: SLP on Catalyst 9400, "System Messages" (a collection detects a missing policy and
//! supplies it again in the ACK response). Assumed: the reports go to the first tenant and are
//! judged like pushed ones; the acknowledgement is ready at once.

use muster_wire::artefact::to_smart_license;
use muster_wire::rum_report::{RumPayload, RumReport};
use muster_wire::transport::smart::{
    AGENT_NAME, ConnectInfo, RequestLine, SenderInfo, SmartRequest,
};
use muster_wire::usage_file::UsageFile;
use muster_wire::{Capabilities, Extra, Nonce, RequestType, Udi};
use serde_json::Value;

use crate::defects::Defect;
use crate::derivation::{Digest, collection_nonce, product_instance_identifier};
use crate::handler::{self, Asked};
use crate::refusal::Refusal;
use crate::router::Endpoint;
use crate::server::Core;

/// What came of a collection.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Collection {
    /// Reports the instance offered.
    pub(crate) reports: usize,
    /// What to import; none when there was nothing to acknowledge.
    pub(crate) import: Option<Import>,
}

/// The file for the instance.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Import {
    /// Who offered the reports.
    pub(crate) udi: Udi,
    /// The acknowledgement, XML.
    pub(crate) file: String,
    /// Whether the policy is in it.
    pub(crate) policy: bool,
}

impl Core {
    /// Takes the reports that an instance offers.
    pub(crate) fn collect(&self, offered: Vec<RumReport>) -> Result<Collection, Refusal> {
        let reports = offered.len();
        // Assumed: an acknowledgement of nothing is not made; no report says whose it would be.
        let Some(first) = offered.first() else {
            return Ok(Collection { reports, import: None });
        };
        let payload =
            first.payload().map_err(|error| Refusal::invalid_request(error.to_string()))?;
        let now_ms = self.clock.now_ms();
        let nonce = collection_nonce(&self.seed, self.store().begin_collection());
        let request = usage_request(&payload, offered, nonce, now_ms);
        handler::checked(&request).map_err(Refusal::invalid_request)?;
        let udi = request.sender_info.sudi.udi();
        let asked = Asked {
            endpoint: Endpoint::Tenant(0),
            request: &request,
            udi: udi.clone(),
            now_ms,
            digest: Digest::of_request(&request.encode()),
        };
        // Past the memory of nonces and of polls: both are kept for what the instance itself asks.
        let usage = self.taken_usage(&asked, &request.license_data[0])?;
        if self.has(Defect::COLLECTS_WITHOUT_ACKNOWLEDGING) {
            return Ok(Collection { reports, import: None });
        }
        let policy = self.store().instance(&udi).is_none_or(|instance| self.lacks_policy(instance))
            && !self.has(Defect::COLLECTION_LEAVES_THE_POLICY_OUT);
        let identifier = product_instance_identifier(&self.seed, &udi);
        let file = self.acknowledgement_file((&udi, identifier), now_ms, &usage, policy);
        Ok(Collection { reports, import: Some(Import { udi, file, policy }) })
    }

    /// The instance has the file. Until then its policy counts as missing, so that a collection
    /// that broke off is made good by the next one.
    pub(crate) fn imported(&self, import: &Import) {
        if let (true, Ok(instance)) = (import.policy, self.store().instance_mut(&import.udi)) {
            instance.policy_id = Some(self.options.policy.id);
        }
    }
}

/// What an instance would have said of its agent, had it come itself.
pub(crate) fn connect_info() -> ConnectInfo {
    ConnectInfo {
        name: AGENT_NAME.into(),
        version: "".into(),
        production: false,
        additional_info: Value::String(String::new()),
        capabilities: Capabilities::default(),
        extra: Extra::new(),
    }
}

/// The request the instance would have pushed with these reports.
fn usage_request(
    of: &RumPayload,
    reports: Vec<RumReport>,
    nonce: Nonce,
    now_ms: u64,
) -> SmartRequest {
    let asset = &of.asset_identification;
    let file = UsageFile { reports, system_info: None };
    SmartRequest {
        sender_info: SenderInfo {
            connect_info: connect_info(),
            timestamp: now_ms,
            nonce,
            sudi: asset.instance.sudi.clone(),
            product_instance_identifier: asset.instance.product_instance_identifier.clone(),
            software_tag_identifier: asset.asset.name.clone(),
            extra: Extra::new(),
        },
        device_list: Vec::new(),
        license_data: vec![RequestLine {
            request_type: Some(RequestType::LicenseUsage),
            request_line_id: 1,
            sudi: None,
            poll_id: None,
            smart_license: Some(to_smart_license(&file.encode())),
            extra: Extra::new(),
        }],
        request_type: None,
        extra: Extra::new(),
    }
}
