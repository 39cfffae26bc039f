//! Product instance search: who is in one virtual account, by one of their names.
//!
//! Source: SSM On-Prem 7 User Guide, "Product Instance Search" (an instance is called by its host
//! name, else its serial number, which every one has). Assumed: that several names must all fit;
//! what is said to whom may not see the account.

use muster_wire::Udi;
use schemars::JsonSchema;
use serde::Serialize;

use super::answer::{Answered, Status, good, refused};
use super::call::Call;
use super::instance_list::{self, Listed};
use super::instance_usage::SudiRow;
use super::liberal::Whole;
use super::page::Page;
use crate::classic::host::Host;

/// What an instance can be looked for by. `instanceName` is whatever it is called by.
pub(super) const NAMES: [&str; 10] = [
    "instanceName",
    "hostName",
    "udiPid",
    "udiSerialNumber",
    "productTagName",
    "hostIdentifier",
    "macAddress",
    "ipAddress",
    "suvi",
    "uuid",
];

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct FoundInstances {
    devices: Vec<FoundInstance>,
    total_records: usize,
    status_message: &'static str,
    status: Status,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct FoundInstance {
    instance_name: String,
    sudi: SudiRow,
    product_tag_name: String,
}

pub(super) fn search(call: &Call<'_>) -> Answered {
    let number = |name: &str| call.query.value(name).map(Whole::from_text);
    let page = Page::of(number("limit"), number("offset"))
        .ok_or_else(|| refused(422, "Invalid limit or offset value"))?;
    let mut store = call.core.store();
    store.list_changed();
    let not_authorized =
        || format!("Not Authorized to access Virtual Account '{}'.", call.virtual_account());
    let account = call.found(&store, not_authorized)?;
    let wanted = NAMES.iter().filter_map(|name| Some((*name, call.query.value(name)?)));
    let (by_udi, by_record): (Vec<_>, Vec<_>) =
        wanted.partition(|(name, _)| name.starts_with("udi"));
    let (mut devices, mut total_records) = (Vec::new(), 0);
    let here = store.listing.places().filter(|(_, at)| *at == account);
    for (udi, _) in here.filter(|(udi, _)| by_udi.iter().all(|(name, value)| is(udi, name, value)))
    {
        // Records are looked at as far as it takes: most of them are on another page.
        let found = || instance_list::one(&store, udi);
        let fits_all =
            |listed: Listed<'_>| by_record.iter().all(|(name, value)| fits(&listed, name, value));
        if !by_record.is_empty() && !found().is_some_and(fits_all) {
            continue;
        }
        if page.holds(total_records)
            && let Some(listed) = found()
        {
            devices.push(FoundInstance {
                instance_name: instance_name(&listed).to_owned(),
                sudi: SudiRow::of(&listed),
                product_tag_name: listed.record.facts().software_tag().to_owned(),
            });
        }
        total_records += 1;
    }
    let (status_message, status) = ("", Status::Success);
    Ok(good(&FoundInstances { devices, total_records, status_message, status }))
}

/// What an instance is called by.
pub(super) fn instance_name<'a>(listed: &Listed<'a>) -> &'a str {
    let host_name = listed.record.facts().host_name();
    if host_name.is_empty() { &listed.udi.serial_number } else { host_name }
}

fn is(udi: &Udi, name: &str, value: &str) -> bool {
    match name {
        "udiPid" => udi.product_id == value,
        _ => udi.serial_number == value,
    }
}

fn fits(listed: &Listed<'_>, name: &str, value: &str) -> bool {
    match name {
        "instanceName" => instance_name(listed) == value,
        "hostName" => listed.record.facts().host_name() == value,
        "productTagName" => listed.record.facts().software_tag() == value,
        _ => listed.record.host().is_some_and(|host| said(host, name) == Some(value)),
    }
}

/// What an instance said of its machine, by the name of the query.
fn said<'a>(host: &'a Host, name: &str) -> Option<&'a str> {
    let text = match name {
        "hostIdentifier" => &host.identifier,
        "macAddress" => &host.mac_address,
        "ipAddress" => &host.ip_address,
        "suvi" => &host.suvi,
        "uuid" => &host.uuid,
        _ => &None,
    };
    text.as_deref()
}
