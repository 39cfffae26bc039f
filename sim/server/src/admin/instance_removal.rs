//! Product instance removal: instances leave their virtual account and give everything back.
//!
//! Source: SSM On-Prem 7 User Guide, "Product Instance Removal" (an administrator's call; UDI and
//! product tag must fit) and "Removing a Product Instance". Public: at CSSM the request's list is
//! misspelt. Assumed: the texts for what is not removed, and what follows them.

use muster_wire::Udi;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::answer::{Answered, Said, Status, good, refused, together};
use super::call::Call;
use super::instance_list;
use super::instance_search::instance_name;
use super::instance_transfer::{SudiNamed, is_there};
use super::role::VirtualAccountRole;
use crate::message::ServerAnswer;

/// Instances of one call. Assumed: the guide names no limit.
const INSTANCES_MAX: usize = 1_000;

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct InstanceRemovals {
    #[serde(alias = "productInstacesRemoveRequests")]
    product_instance_remove_requests: Option<Vec<InstanceRemoval>>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct InstanceRemoval {
    sudi: Option<SudiNamed>,
    product_tag_name: Option<String>,
}

/// The message is an object (documented).
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct InstanceRemovalStatus {
    status: Status,
    status_message: RemovalMessage,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct RemovalMessage {
    status_message: String,
    remove_product_instances_status: Vec<RemovedInstance>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct RemovedInstance {
    status_message: String,
    status: Status,
    device: String,
}

pub(super) fn remove(call: &Call<'_>) -> Answered {
    let wanted: InstanceRemovals = call.read()?;
    let wanted = wanted.product_instance_remove_requests.unwrap_or_default();
    let (account, name) = (call.account(), call.virtual_account());
    let not_authorized = || format!("Not Authorized to access Virtual Account '{name}'.");
    let number = {
        let store = call.core.store();
        call.found(&store, not_authorized)?
    };
    if call.caller.role(account, name) != Some(VirtualAccountRole::Administrator) {
        return Err(refused(403, not_authorized()));
    }
    if wanted.len() > INSTANCES_MAX {
        let what = "A maximum of 1000 product instances can be removed in a request.";
        return Err(refused(422, what));
    }
    let mut removed = Vec::with_capacity(wanted.len());
    for one in &wanted {
        let udi = one.sudi.as_ref().map(SudiNamed::udi).unwrap_or_else(|| Udi::new("", ""));
        let store = call.core.store();
        let is_there = is_there(&store, &udi, number, one.product_tag_name.as_deref());
        let named = instance_list::one(&store, &udi).filter(|_| is_there);
        let called = named.map(|listed| instance_name(&listed).to_owned());
        drop(store);
        let said = match called {
            Some(called) if call.core.remove_product_instance(&udi) => {
                Said::success(format!("The Product Instance {called} was successfully removed."))
            }
            _ => Said::error(format!("Failed to find device in Virtual Account '{name}'.")),
        };
        let device = format!("udiPid:{} udiSerialNumber:{}", udi.product_id, udi.serial_number);
        removed.push((said, device));
    }
    Ok(answered(removed))
}

fn answered(removed: Vec<(Said, String)>) -> ServerAnswer {
    let (said, devices): (Vec<Said>, Vec<String>) = removed.into_iter().unzip();
    let status = together(&said);
    let count = said.iter().filter(|said| said.is_success()).count();
    let rows = said.into_iter().zip(devices).map(|(said, device)| RemovedInstance {
        status_message: said.status_message,
        status: said.status,
        device,
    });
    let status_message = RemovalMessage {
        status_message: format!("{count} Product Instance(s) removed successfully."),
        remove_product_instances_status: rows.collect(),
    };
    let http_status = if status == Status::Error { 422 } else { 200 };
    ServerAnswer { status: http_status, ..good(&InstanceRemovalStatus { status, status_message }) }
}
