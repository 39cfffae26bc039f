//! Product instance transfer: instances move to other virtual accounts of the local account.
//!
//! Source: SSM On-Prem 7 User Guide, "Product Instance Transfer" and "About Product Instance (PI)
//! Transfer" (use moves along, purchases stay, save for export-controlled licences). Public: the
//! request's list. Assumed: the account in the text for an instance that is not found is the one it
//! is looked for in; without a product tag the UDI suffices.

use muster_wire::Udi;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::answer::{Answered, Said, Status, good, refused, together};
use super::call::Call;
use super::instance_list;
use crate::holdings::AccountNumber;
use crate::message::ServerAnswer;
use crate::store::Store;

/// Instances of one call (documented).
const INSTANCES_MAX: usize = 10;

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct InstanceTransfers {
    /// At most ten.
    product_instances: Option<Vec<InstanceTransfer>>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct InstanceTransfer {
    sudi: Option<SudiNamed>,
    product_tag_name: Option<String>,
    target_virtual_account: Option<String>,
}

/// Which instance is meant; other members are not looked at.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct SudiNamed {
    udi_pid: Option<String>,
    udi_serial_number: Option<String>,
}

impl SudiNamed {
    pub(super) fn udi(&self) -> Udi {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        Udi::new(&text(&self.udi_pid), &text(&self.udi_serial_number))
    }
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct InstanceTransferStatus {
    status: Status,
    status_message: String,
    products_transfer_status: Vec<Said>,
}

enum Outcome {
    Moved,
    NotFound,
    NoTarget,
    NoAccess,
}

pub(super) fn transfer(call: &Call<'_>) -> Answered {
    let wanted: InstanceTransfers = call.read()?;
    let wanted = wanted.product_instances.unwrap_or_default();
    let source = call.virtual_account();
    let mut store = call.core.store();
    store.settle(call.now_ms);
    let not_authorized = || format!("Not Authorized to access Virtual Account '{source}'.");
    let from = call.found(&store, not_authorized)?;
    if wanted.len() > INSTANCES_MAX {
        let what = "A maximum of 10 product instances can be transferred in a request.";
        return Err(refused(422, what));
    }
    let outcomes: Vec<_> = wanted.iter().map(|one| moved(call, &mut store, from, one)).collect();
    let has_moved = outcomes.iter().any(|outcome| matches!(outcome, Outcome::Moved));
    let no_target = |outcome: &Outcome| matches!(outcome, Outcome::NoTarget);
    let only_targets = !outcomes.is_empty() && outcomes.iter().all(no_target);
    let said = wanted.iter().zip(outcomes).map(|(one, outcome)| {
        let target = one.target_virtual_account.as_deref().unwrap_or_default();
        let named = one.sudi.as_ref().and_then(|sudi| sudi.udi_pid.as_deref()).unwrap_or_default();
        match outcome {
            Outcome::Moved => Said::success(format!(
                "Device '{named}' successfully transferred from Virtual Account '{source}' to \
                 Virtual Account '{target}'."
            )),
            Outcome::NotFound if has_moved => Said::error(format!(
                "Failed to find device '{named}' in Virtual Account '{source}'."
            )),
            Outcome::NotFound => Said::error(format!(
                "Failed to find device with specified information in Virtual Account {source}."
            )),
            Outcome::NoTarget => Said::error(format!("Failed to find Virtual Account '{target}'.")),
            Outcome::NoAccess => {
                Said::error(format!("Not Authorized to access Virtual Account '{target}'."))
            }
        }
    });
    Ok(answered(said.collect(), only_targets))
}

fn answered(said: Vec<Said>, only_targets: bool) -> ServerAnswer {
    let status = together(&said);
    let count = said.iter().filter(|said| said.is_success()).count();
    let (http_status, status_message) = match status {
        Status::Error if only_targets => (422, "all the devices failed to transfer".to_owned()),
        Status::Error => (422, "all the product instances failed to transfer".to_owned()),
        _ => (200, format!("{count} product instances transferred successfully.")),
    };
    let answer = InstanceTransferStatus { status, status_message, products_transfer_status: said };
    ServerAnswer { status: http_status, ..good(&answer) }
}

fn moved(
    call: &Call<'_>,
    store: &mut Store,
    from: AccountNumber,
    one: &InstanceTransfer,
) -> Outcome {
    let target = one.target_virtual_account.as_deref().unwrap_or_default();
    if call.caller.role(call.account(), target).is_none() {
        return Outcome::NoAccess;
    }
    let Some(to) = store.holdings.found(call.account(), target) else { return Outcome::NoTarget };
    let udi = one.sudi.as_ref().map(SudiNamed::udi).unwrap_or_else(|| Udi::new("", ""));
    if !is_there(store, &udi, from, one.product_tag_name.as_deref()) {
        return Outcome::NotFound;
    }
    store.move_instance(&udi, to, call.now_ms);
    store.tell_moved(&udi, (from, to));
    Outcome::Moved
}

/// Whether a virtual account has an instance of this UDI and product.
pub(super) fn is_there(
    store: &Store,
    udi: &Udi,
    account: AccountNumber,
    product_tag: Option<&str>,
) -> bool {
    instance_list::one(store, udi).is_some_and(|listed| {
        let known = listed.record.facts().software_tag();
        let named = product_tag.filter(|tag| !tag.is_empty());
        listed.account == account && named.is_none_or(|named| named == known)
    })
}
