//! License usage: what the virtual accounts hold and use.
//!
//! Source: SSM On-Prem 7 User Guide, "License Usage"; Obtaining a SLAC Response, "Note" (what both
//! servers count as used). Assumed: a perpetual licence has empty dates,
//! where one sample has none; licences that nobody holds or uses have no row.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::answer::{Answered, Status, good, refused};
use super::calendar::iso_day;
use super::call::Call;
use super::liberal::Whole;
use super::license_book::{Ladder, LicenseBook};
use super::page::Page;
use super::scope::Scope;
use crate::holdings::AccountNumber;
use crate::holdings::family::Licence;
use crate::holdings::lot::{Lot, LotKind};
use crate::holdings::published;
use crate::router::Role;

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ListRequest {
    /// All the caller may see when there are none.
    pub(super) virtual_accounts: Option<Vec<String>>,
    /// 50 when it is left out, -1 for all.
    pub(super) limit: Option<Whole>,
    /// 0 when it is left out.
    pub(super) offset: Option<Whole>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Licenses {
    status: Status,
    status_message: String,
    /// On all pages together.
    total_records: usize,
    licenses: Vec<LicenseRow>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct LicenseRow {
    license: String,
    virtual_account: String,
    /// Bought.
    quantity: u64,
    in_use: u64,
    /// Bought and borrowed less lent, in use and reserved.
    available: i64,
    /// `In Compliance` or `Out Of Compliance`.
    status: &'static str,
    /// Whether redundant applications share it.
    aha_apps: bool,
    pending_quantity: u64,
    reserved: u64,
    is_portable: bool,
    license_details: Vec<LicenseDetail>,
    license_substitutions: Vec<LicenseSubstitution>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct LicenseDetail {
    /// `Perpetual`, `Term` or `Demo`.
    license_type: &'static str,
    quantity: u64,
    start_date: String,
    end_date: String,
    subscription_id: String,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct LicenseSubstitution {
    /// What is short.
    license: String,
    /// What stands in for it.
    substituted_license: String,
    substituted_quantity: u64,
    /// `Substitution From Higher Tier` or `Substitution To Lower Tier`.
    substitution_type: &'static str,
}

pub(super) fn usage(call: &Call<'_>) -> Answered {
    let wanted: ListRequest = call.read()?;
    let page = Page::of(wanted.limit, wanted.offset)
        .ok_or_else(|| refused(422, "Invalid limit or offset value"))?;
    let (account, now_ms) = (call.account(), call.now_ms);
    let mut store = call.core.store();
    store.settle(now_ms);
    let scope =
        Scope::of(&store.holdings, &call.caller, account, wanted.virtual_accounts.as_deref());
    let scope = scope.map_err(|_| {
        refused(403, "Not Authorized to access licenses for specified local Virtual Accounts")
    })?;
    let book = LicenseBook::of(&mut store, &scope);
    book.list_all(&mut store, &scope);
    let mut licenses = Vec::new();
    let mut total_records = 0;
    for number in &scope.numbers {
        let name = store.holdings.account(*number).virtual_account.as_str();
        for ladder in store.holdings.ladders(*number) {
            let shown: Vec<usize> =
                (0..ladder.len()).filter(|at| book.shows(*number, &ladder[*at], now_ms)).collect();
            if page.touches(total_records, shown.len()) {
                let settled = book.settled(*number, ladder, now_ms);
                let on_page = (total_records..).zip(&shown).filter(|(at, _)| page.holds(*at));
                licenses.extend(
                    on_page.map(|(_, at)| row(&book, (*number, name), &settled, *at, now_ms)),
                );
            }
            total_records += shown.len();
        }
    }
    if call.role == Role::Cssm {
        // CSSM counts what is reserved as used, an On-Prem does not (documented).
        licenses.iter_mut().for_each(|row| row.in_use = row.in_use.saturating_add(row.reserved));
    }
    let status_message = scope.message(account);
    Ok(good(&Licenses { status: Status::Success, status_message, total_records, licenses }))
}

fn row(
    book: &LicenseBook,
    (number, virtual_account): (AccountNumber, &str),
    ladder: &Ladder,
    at: usize,
    now_ms: u64,
) -> LicenseRow {
    let (licence, balance) = (&ladder.licences[at], ladder.balances[at]);
    LicenseRow {
        license: published::description(&licence.tag).0,
        virtual_account: virtual_account.to_owned(),
        quantity: balance.purchased,
        in_use: balance.in_use,
        available: balance.available(),
        status: compliance(balance.available() >= 0),
        aha_apps: book.is_shared(number, &licence.tag),
        pending_quantity: licence.pending(),
        reserved: balance.reserved,
        is_portable: false,
        license_details: details(licence, balance.purchased, now_ms),
        license_substitutions: substitutions(ladder, at),
    }
}

/// The words for standing well or not.
pub(super) fn compliance(is_in: bool) -> &'static str {
    if is_in { "In Compliance" } else { "Out Of Compliance" }
}

/// They add up to what was bought. Assumed: what counts as bought because it is used has no term.
fn details(licence: &Licence, purchased: u64, now_ms: u64) -> Vec<LicenseDetail> {
    if !licence.follows_use() {
        return licence.counting_lots(now_ms).map(detail).collect();
    }
    let used = LicenseDetail {
        license_type: kind_word(LotKind::Perpetual),
        quantity: purchased,
        start_date: String::new(),
        end_date: String::new(),
        subscription_id: String::new(),
    };
    if purchased > 0 { vec![used] } else { Vec::new() }
}

fn detail(lot: &Lot) -> LicenseDetail {
    let start = if lot.kind == LotKind::Perpetual { None } else { Some(lot.starts_at_ms) };
    LicenseDetail {
        license_type: kind_word(lot.kind),
        quantity: u64::from(lot.quantity),
        start_date: start.map_or_else(String::new, iso_day),
        end_date: lot.ends_at_ms.map_or_else(String::new, iso_day),
        subscription_id: lot.subscription_id.clone().unwrap_or_default(),
    }
}

fn kind_word(kind: LotKind) -> &'static str {
    match kind {
        LotKind::Perpetual => "Perpetual",
        LotKind::Term => "Term",
        LotKind::Demo => "Demo",
    }
}

/// Each loan stands with the one who borrows and with the one who lends.
fn substitutions(ladder: &Ladder, at: usize) -> Vec<LicenseSubstitution> {
    let name = |at: usize| published::description(&ladder.licences[at].tag).0;
    let own = ladder.loans.iter().filter(|loan| loan.child == at || loan.parent == at);
    own.map(|loan| LicenseSubstitution {
        license: name(loan.child),
        substituted_license: name(loan.parent),
        substituted_quantity: loan.count,
        substitution_type: if loan.child == at {
            "Substitution From Higher Tier"
        } else {
            "Substitution To Lower Tier"
        },
    })
    .collect()
}
