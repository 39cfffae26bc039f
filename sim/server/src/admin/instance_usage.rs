//! Product instance usage: who is in the virtual accounts, and what they use.
//!
//! Source: SSM On-Prem 7 User Guide, "Product Instance Usage". Public: at CSSM, members of the sudi
//! that are not known are `null`, and there is a `displayName`. Assumed: what the product is
//! called, which is the name in its software tag; what is said to whom may not see the accounts.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::Serialize;

use super::answer::{Answered, Status, good, refused};
use super::calendar::iso_time;
use super::call::Call;
use super::instance_list::{self, Listed, Record};
use super::license_book::LicenseBook;
use super::licenses::{ListRequest, compliance};
use super::page::Page;
use super::scope::Scope;
use crate::classic::host::Host;
use crate::holdings::published;
use crate::router::Role;
use crate::store::Store;

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct InstanceUsage {
    status: Status,
    status_message: String,
    total_records: usize,
    devices: Vec<InstanceRow>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct InstanceRow {
    virtual_account: String,
    host_name: String,
    sudi: SudiRow,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    product_name: String,
    product_description: String,
    /// The software tag.
    product_tag_name: String,
    product_type: String,
    /// `In Compliance` or `Out Of Compliance`.
    status: &'static str,
    registration_date: String,
    last_contact_date: String,
    license_usage: Vec<UsedLicense>,
}

/// A UDI among what else the instance said of itself.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct SudiRow {
    suvi: Option<Cow<'static, str>>,
    uuid: Option<Cow<'static, str>>,
    host_identifier: Option<Cow<'static, str>>,
    udi_pid: String,
    udi_serial_number: String,
    udi_vid: Option<Cow<'static, str>>,
    mac_address: Option<Cow<'static, str>>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct UsedLicense {
    license: String,
    quantity: u64,
}

impl SudiRow {
    /// With `null` for what is not known.
    pub(super) fn of(listed: &Listed<'_>) -> Self {
        let host = listed.record.host();
        let said = |part: fn(&Host) -> &Option<Box<str>>| {
            host.and_then(|host| part(host).as_deref()).map(|text| Cow::Owned(text.to_owned()))
        };
        Self {
            suvi: said(|host| &host.suvi),
            uuid: said(|host| &host.uuid),
            host_identifier: said(|host| &host.identifier),
            udi_pid: listed.udi.product_id.to_string(),
            udi_serial_number: listed.udi.serial_number.to_string(),
            udi_vid: said(|host| &host.udi_vid),
            mac_address: said(|host| &host.mac_address),
        }
    }

    /// With an empty text for what is not known.
    fn with_texts(listed: &Listed<'_>) -> Self {
        let known = Self::of(listed);
        let text = |text: Option<Cow<'static, str>>| text.or(Some(Cow::Borrowed("")));
        Self {
            suvi: text(known.suvi),
            uuid: text(known.uuid),
            host_identifier: text(known.host_identifier),
            udi_vid: text(known.udi_vid),
            mac_address: text(known.mac_address),
            ..known
        }
    }
}

pub(super) fn usage(call: &Call<'_>) -> Answered {
    let wanted: ListRequest = call.read()?;
    let page = Page::of(wanted.limit, wanted.offset)
        .ok_or_else(|| refused(422, "Invalid limit or offset value"))?;
    let account = call.account();
    let mut store = call.core.store();
    store.settle(call.now_ms);
    let scope =
        Scope::of(&store.holdings, &call.caller, account, wanted.virtual_accounts.as_deref());
    let scope = scope.map_err(|_| {
        refused(403, "Not Authorized to access devices for specified local Virtual Accounts")
    })?;
    let (mut on_page, mut total_records) = (Vec::new(), 0);
    store.list_changed();
    for (udi, _) in store.listing.places().filter(|(_, account)| scope.covers(*account)) {
        if page.holds(total_records) {
            on_page.push(udi.clone());
        }
        total_records += 1;
    }
    let book = LicenseBook::of(&mut store, &scope);
    let listed = on_page.iter().filter_map(|udi| instance_list::one(&store, udi));
    let devices = listed.map(|listed| row(call, &store, &book, &listed)).collect();
    let status_message = scope.message(account);
    Ok(good(&InstanceUsage { status: Status::Success, status_message, total_records, devices }))
}

fn row(call: &Call<'_>, store: &Store, book: &LicenseBook, listed: &Listed<'_>) -> InstanceRow {
    let Listed { udi, account, record } = *listed;
    let facts = record.facts();
    let product = facts.product_name();
    let uses = record.uses();
    let is_short = match record {
        Record::Classic(_) => store.is_out_of_compliance(udi, call.now_ms),
        Record::Policy(_) => uses
            .iter()
            .any(|(tag, count)| *count > 0 && book.is_short(store, account, tag, call.now_ms)),
    };
    let at_cssm = call.role == Role::Cssm;
    InstanceRow {
        virtual_account: store.holdings.account(account).virtual_account.clone(),
        host_name: facts.host_name().to_owned(),
        sudi: if at_cssm { SudiRow::of(listed) } else { SudiRow::with_texts(listed) },
        display_name: at_cssm
            .then(|| format!("UDI_PID:{}; UDI_SN:{}; ", udi.product_id, udi.serial_number)),
        product_name: product.to_owned(),
        product_description: product.to_owned(),
        product_tag_name: facts.software_tag().to_owned(),
        product_type: product.to_owned(),
        status: compliance(!is_short),
        registration_date: iso_time(facts.registered_at_ms),
        last_contact_date: iso_time(record.last_contact_ms()),
        license_usage: uses
            .into_iter()
            .map(|(tag, quantity)| UsedLicense { license: published::description(tag).0, quantity })
            .collect(),
    }
}
