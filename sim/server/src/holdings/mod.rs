//! What each virtual account holds of each licence, and how much of it is in use.
//!
//! Source: SSM On-Prem 7 User Guide, "About Product Instances" (licences are drawn from the virtual
//! account of the instance). Assumed: what an account holds before the control API says otherwise:
//! the first one plenty of every licence, the others a few of every licence and none of those that
//! are export-controlled.
//!
//! - [`published`]: licences of public samples; [`tier`]: which may stand in for which
//! - [`lot`]: one purchase; [`family`]: bought, in use, borrowed
//! - [`hierarchy`]: ladders that are set instead of read from names
//! - [`ladders`]: the licences of all accounts, as records
//! - [`reservation`]: export-controlled licences given to one product instance each
//! - [`account_lots`]: what a local account holds in all its virtual accounts
//! - [`virtual_account`]: accounts that come and go; [`transfer`], [`transfer_control`]: licences
//!   that move between them
//! - [`control`]: the control API

pub(crate) mod account_lots;
pub(crate) mod control;
pub(crate) mod family;
mod hierarchy;
mod ladders;
pub(crate) mod lot;
pub(crate) mod published;
pub(crate) mod reservation;
pub(crate) mod tier;
pub(crate) mod transfer;
pub(crate) mod transfer_control;
pub(crate) mod virtual_account;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use muster_wire::{EntitlementTag, Udi};
use serde::{Deserialize, Serialize};

use self::family::{Balance, Billing, Licence};
use self::ladders::Ladders;
use self::lot::{Lot, LotSource};
use self::reservation::Reservation;
use self::tier::Rung;
use crate::account::Account;
use crate::product_catalogue;
use crate::state::{Collection, Keeps, Kept, KeptList};

/// Licences of each kind in the first account: twice the instances of the largest documented
/// server, so that nothing is short that nobody made short.
const PLENTY: u32 = 100_000;

/// Licences of each kind in the other accounts.
const FEW: u32 = 10;

/// Different licences of one account. A price list has some thousand; tags beyond are made up.
const LICENCES_MAX: usize = 4_096;

/// Purchases of one licence in one account.
pub(crate) const LOTS_MAX: usize = 64;

/// A virtual account by its position in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct AccountNumber(usize);

/// The table.
#[derive(Debug)]
pub(crate) struct Holdings {
    accounts: KeptList<Book>,
    /// By product instance, whatever the account.
    reservations: Kept<Udi, Reservation>,
    /// Where licences stand that a hierarchy was set for, by tag.
    rungs: Kept<String, Rung>,
}

impl Keeps for Holdings {
    fn each_collection(&mut self, visit: &mut dyn FnMut(&'static str, &mut dyn Collection)) {
        let Self { accounts, reservations, rungs } = self;
        visit("hierarchies", rungs);
        visit("accounts", accounts);
        // After the accounts: licences are read into them.
        visit("licences", &mut Ladders(accounts));
        visit("reservations", reservations);
    }
}

/// One virtual account.
#[derive(Debug, Serialize, Deserialize)]
struct Book {
    account: Arc<Account>,
    description: String,
    /// Whether it is the one its local account exchanges with CSSM.
    is_default: bool,
    /// Whether it holds something of every licence from the start.
    is_stocked: bool,
    /// Deleted accounts keep their place, because records count accounts by it.
    is_deleted: bool,
    /// Whether tokens may allow export-controlled functions.
    export_allowed: bool,
    /// Whether product instances may convert classic licences.
    conversion_enabled: bool,
    /// By ladder, in the order of the tiers.
    #[serde(skip)]
    ladders: Kept<String, Vec<Licence>>,
    licences: usize,
}

/// The account has no such licence and never can.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NoSuchLicence;

impl Holdings {
    /// The accounts in their order; one that is there twice counts once.
    pub(crate) fn new<'a>(accounts: impl Iterator<Item = &'a Account>) -> Self {
        let mut holdings = Self {
            accounts: KeptList::default(),
            reservations: Kept::default(),
            rungs: Kept::default(),
        };
        accounts.for_each(|account| holdings.add(account));
        holdings
    }

    /// Adds an account that holds something of every licence, unless it is there.
    pub(crate) fn add(&mut self, account: &Account) {
        if self.number(account).is_some() {
            return;
        }
        let is_default = self.of_local_account(&account.smart_account).next().is_none();
        self.accounts.push(Book {
            is_default,
            is_stocked: true,
            // Assumed: an administrator allowed it for the first account only.
            conversion_enabled: self.accounts.is_empty(),
            ..Book::empty(account.clone(), String::new())
        });
    }

    pub(crate) fn number(&self, account: &Account) -> Option<AccountNumber> {
        let is = |book: &Book| !book.is_deleted && *book.account == *account;
        self.accounts.iter().position(is).map(AccountNumber)
    }

    /// The account of a virtual account's name, the first when several smart accounts have one.
    pub(crate) fn named(&self, virtual_account: &str) -> Option<AccountNumber> {
        let is = |book: &Book| !book.is_deleted && book.account.virtual_account == virtual_account;
        self.accounts.iter().position(is).map(AccountNumber)
    }

    pub(crate) fn numbers(&self) -> impl Iterator<Item = AccountNumber> {
        (0..self.accounts.len()).filter(|at| !self.accounts[*at].is_deleted).map(AccountNumber)
    }

    pub(crate) fn account(&self, number: AccountNumber) -> &Arc<Account> {
        &self.accounts[number.0].account
    }

    pub(crate) fn export_allowed(&self, number: AccountNumber) -> bool {
        self.accounts[number.0].export_allowed
    }

    pub(crate) fn conversion_enabled(&self, number: AccountNumber) -> bool {
        self.accounts[number.0].conversion_enabled
    }

    pub(crate) fn allow_export(&mut self, number: AccountNumber, allowed: bool) {
        self.accounts[number.0].export_allowed = allowed;
    }

    pub(crate) fn enable_conversion(&mut self, number: AccountNumber, enabled: bool) {
        self.accounts[number.0].conversion_enabled = enabled;
    }

    /// What is known of a licence nobody touched: the published ones, for listings.
    pub(crate) fn list_published(&mut self, number: AccountNumber) {
        if !self.accounts[number.0].is_stocked {
            return;
        }
        for tag in published::tags() {
            // The table has room for the published licences unless it is full of others.
            let _ = self.licence_mut(number, &tag);
        }
    }

    /// Every licence of an account with its balance, ladder by ladder.
    pub(crate) fn listed(
        &self,
        number: AccountNumber,
        now_ms: u64,
    ) -> impl Iterator<Item = (&Licence, Balance)> {
        self.accounts[number.0]
            .ladders
            .values()
            .flat_map(move |ladder| ladder.iter().zip(family::balances(ladder, now_ms, true)))
    }

    /// The licences of an account, ladder by ladder, each in the order of the tiers.
    pub(crate) fn ladders(&self, number: AccountNumber) -> impl Iterator<Item = &[Licence]> {
        self.accounts[number.0].ladders.values().map(Vec::as_slice)
    }

    /// The ladder a licence is on.
    pub(crate) fn ladder_of(
        &self,
        number: AccountNumber,
        tag: &EntitlementTag,
    ) -> Option<&[Licence]> {
        let ladder = self.accounts[number.0].ladders.get(&self.rung(tag).ladder)?;
        Some(ladder)
    }

    /// How a licence stands; none when the account cannot have it.
    pub(crate) fn balance(
        &self,
        number: AccountNumber,
        tag: &EntitlementTag,
        now_ms: u64,
        may_borrow: bool,
    ) -> Option<Balance> {
        let ladder = self.accounts[number.0].ladders.get(&self.rung(tag).ladder)?;
        let at = ladder.iter().position(|licence| *licence.tag == *tag)?;
        family::balances(ladder, now_ms, may_borrow).get(at).copied()
    }

    /// Whether a licence is export-controlled, also one nobody touched.
    pub(crate) fn is_export_controlled(&self, number: AccountNumber, tag: &EntitlementTag) -> bool {
        match self.licence(number, tag) {
            Some(licence) => licence.export_controlled,
            None => published::is_export_controlled(tag),
        }
    }

    pub(crate) fn licence(&self, number: AccountNumber, tag: &EntitlementTag) -> Option<&Licence> {
        let ladder = self.accounts[number.0].ladders.get(&self.rung(tag).ladder)?;
        ladder.iter().find(|licence| *licence.tag == *tag)
    }

    /// The licence, made with what the account holds of it from the start.
    pub(crate) fn licence_mut(
        &mut self,
        number: AccountNumber,
        tag: &EntitlementTag,
    ) -> Result<&mut Licence, NoSuchLicence> {
        let rung = self.rung(tag);
        let book = &mut self.accounts[number.0];
        let ladder = book.ladders.or_insert_with(rung.ladder.clone(), Vec::new);
        let key = |licence: &Licence| (licence.tier, Arc::clone(&licence.tag));
        let place = ladder.partition_point(|of| key(of) < (rung.tier, Arc::new(tag.clone())));
        if ladder.get(place).is_none_or(|licence| *licence.tag != *tag) {
            if !product_catalogue::knows(tag) || book.licences >= LICENCES_MAX {
                if ladder.is_empty() {
                    book.ladders.remove(&rung.ladder);
                }
                return Err(NoSuchLicence);
            }
            book.licences += 1;
            ladder.insert(place, initial(number, book.is_stocked, tag, rung.tier));
        }
        let ladder = book.ladders.get_mut(&rung.ladder).expect("it was found or filled above");
        Ok(&mut ladder[place])
    }

    /// Counts more of a licence as in use.
    pub(crate) fn add_use(
        &mut self,
        number: AccountNumber,
        tag: &EntitlementTag,
        count: u64,
    ) -> Result<(), NoSuchLicence> {
        let licence = self.licence_mut(number, tag)?;
        licence.in_use = licence.in_use.saturating_add(count);
        Ok(())
    }

    /// Counts less of a licence as in use.
    pub(crate) fn end_use(&mut self, number: AccountNumber, tag: &EntitlementTag, count: u64) {
        if let Ok(licence) = self.licence_mut(number, tag) {
            licence.in_use = licence.in_use.saturating_sub(count);
            self.forget_untouched(number, tag);
        }
    }

    /// Adds a purchase; the oldest of too many is taken for it.
    pub(crate) fn deposit(&mut self, number: AccountNumber, tag: &EntitlementTag, lot: Lot) {
        let Ok(licence) = self.licence_mut(number, tag) else { return };
        if licence.lots.len() >= LOTS_MAX {
            licence.lots.remove(0);
        }
        licence.lots.push(lot);
        licence.is_set = true;
    }

    /// Drops a licence that stands as it stood before anybody used it, so that made-up tags leave
    /// nothing behind.
    fn forget_untouched(&mut self, number: AccountNumber, tag: &EntitlementTag) {
        let ladder_name = self.rung(tag).ladder;
        let book = &mut self.accounts[number.0];
        let Some(ladder) = book.ladders.get_mut(&ladder_name) else { return };
        let before = ladder.len();
        ladder.retain(|of| of.is_set || of.in_use > 0 || of.reserved > 0 || *of.tag != *tag);
        book.licences -= before - ladder.len();
        if ladder.is_empty() {
            book.ladders.remove(&ladder_name);
        }
    }

    /// Forgets all use, for whoever counts it anew.
    pub(crate) fn end_all_use(&mut self) {
        for book in self.accounts.iter_mut() {
            for licence in book.ladders.values_mut().flatten() {
                licence.in_use = 0;
            }
        }
    }
}

fn initial(number: AccountNumber, is_stocked: bool, tag: &EntitlementTag, tier: u8) -> Licence {
    let export_controlled = published::is_export_controlled(tag);
    let quantity = match (number.0, is_stocked, export_controlled) {
        (_, false, _) | (1.., _, true) => 0,
        (0, true, _) => PLENTY,
        (_, true, false) => FEW,
    };
    Licence {
        tag: Arc::new(tag.clone()),
        tier,
        export_controlled,
        lots: vec![Lot::perpetual(quantity, LotSource::Initial)],
        in_use: 0,
        reserved: 0,
        is_set: false,
        billing: Billing::Prepaid,
        is_reporting_only: false,
    }
}
