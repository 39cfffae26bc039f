//! What a local account holds of a licence, all its local virtual accounts together.
//!
//! Source: SSM On-Prem 7 User Guide, "About the Relationship between Cisco Smart Software Manager
//! and SSM On-Prem Accounts" (what is added arrives in the default account; what is removed is
//! taken from there first, then from the others in alphabetical order).

use std::sync::Arc;

use muster_wire::EntitlementTag;

use super::lot::{Lot, LotKind};
use super::virtual_account::{NotCreated, check_texts};
use super::{AccountNumber, Book, Holdings, LOTS_MAX, NoSuchLicence, family};
use crate::account::Account;

/// What a default virtual account is called at first (documented).
const DEFAULT_NAME: &str = "Default";

impl Lot {
    /// Whether it is the same purchase, in whatever number.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.kind == other.kind
            && self.is_pending == other.is_pending
            && self.ends_at_ms == other.ends_at_ms
            && self.subscription_id == other.subscription_id
            && (self.kind == LotKind::Perpetual || self.starts_at_ms == other.starts_at_ms)
    }
}

/// Adds a purchase to others, to the same one if there is one; whether it fits.
pub(crate) fn merge(lots: &mut Vec<Lot>, lot: Lot) -> bool {
    if lot.quantity == 0 {
        return true;
    }
    if let Some(known) = lots.iter_mut().find(|known| known.is_same(&lot)) {
        known.quantity = known.quantity.saturating_add(lot.quantity);
        return true;
    }
    if lots.len() >= LOTS_MAX {
        return false;
    }
    lots.push(lot);
    true
}

impl Holdings {
    /// The default virtual account of a local account.
    pub(crate) fn default_of(&self, local_account: &str) -> Option<AccountNumber> {
        self.of_local_account(local_account).find(|number| self.is_default(*number))
    }

    /// The default virtual account beside a virtual account.
    pub(crate) fn default_beside(&self, number: AccountNumber) -> Option<AccountNumber> {
        self.default_of(&self.account(number).smart_account)
    }

    /// Creates the default virtual account of a local account that has none.
    pub(crate) fn create_default(
        &mut self,
        local_account: &str,
    ) -> Result<AccountNumber, NotCreated> {
        let account = Account {
            smart_account: local_account.to_owned(),
            virtual_account: DEFAULT_NAME.to_owned(),
        };
        let number = self.create(account, "")?;
        self.accounts[number.0].is_default = true;
        Ok(number)
    }

    /// Calls a virtual account otherwise, or describes it otherwise.
    pub(crate) fn rename(
        &mut self,
        number: AccountNumber,
        name: &str,
        description: &str,
    ) -> Result<(), NotCreated> {
        check_texts(name, description)?;
        let account =
            Account { virtual_account: name.to_owned(), ..self.account(number).as_ref().clone() };
        if self.number(&account).is_some_and(|known| known != number) {
            return Err(NotCreated::NameInUse);
        }
        let book = &mut self.accounts[number.0];
        book.account = Arc::new(account);
        book.description = description.to_owned();
        Ok(())
    }

    /// Deletes every virtual account of a local account, whatever they hold.
    pub(crate) fn delete_local_account(&mut self, local_account: &str) {
        let all: Vec<_> = self.of_local_account(local_account).collect();
        for number in all {
            let account = Account::clone(self.account(number));
            self.accounts[number.0] =
                Book { is_deleted: true, ..Book::empty(account, String::new()) };
        }
    }

    /// Its virtual accounts in the order in which licences are taken from them.
    fn in_order(&self, local_account: &str) -> Vec<AccountNumber> {
        let mut all: Vec<_> = self.of_local_account(local_account).collect();
        all.sort_by_key(|number| {
            (!self.is_default(*number), self.account(*number).virtual_account.clone())
        });
        all
    }

    /// How many of a licence, and of the others on its ladder, are short.
    pub(crate) fn shortages(
        &self,
        number: AccountNumber,
        tag: &EntitlementTag,
        now_ms: u64,
    ) -> Vec<(EntitlementTag, u64)> {
        let none = || vec![(tag.clone(), 0)];
        let ladder = self.accounts[number.0].ladders.get(&self.rung(tag).ladder);
        let Some(ladder) = ladder else { return none() };
        let balances = family::balances(ladder, now_ms, true);
        let mut all: Vec<_> = ladder
            .iter()
            .zip(balances)
            .filter(|(licence, _)| !licence.export_controlled)
            .map(|(licence, balance)| {
                let short = balance.available().min(0).unsigned_abs();
                (EntitlementTag::clone(&licence.tag), short)
            })
            .collect();
        if !all.iter().any(|(known, _)| known == tag) {
            all.extend(none());
        }
        all
    }

    /// Licences with a purchase that ends within a time, or has ended.
    pub(crate) fn with_terms(
        &self,
        now_ms: u64,
        within_ms: u64,
    ) -> Vec<(AccountNumber, EntitlementTag)> {
        let soon =
            |lot: &Lot| lot.ends_at_ms.is_some_and(|end| end.saturating_sub(now_ms) <= within_ms);
        let mut found = Vec::new();
        for number in self.numbers() {
            let licences = self.ladders(number).flatten();
            let ending = licences.filter(|licence| licence.lots.iter().any(soon));
            found.extend(ending.map(|licence| (number, EntitlementTag::clone(&licence.tag))));
        }
        found
    }

    /// What the account holds of a licence.
    pub(crate) fn lots_of(&mut self, local_account: &str, tag: &EntitlementTag) -> Vec<Lot> {
        let mut lots = Vec::new();
        for number in self.in_order(local_account) {
            // Made when it is first asked for: what is held from the start counts.
            if let Ok(licence) = self.licence_mut(number, tag) {
                licence.lots.iter().for_each(|lot| {
                    merge(&mut lots, lot.clone());
                });
            }
            self.forget_untouched(number, tag);
        }
        lots
    }

    /// Adds a purchase to a virtual account; whether it has room for it.
    pub(crate) fn add_lot(
        &mut self,
        number: AccountNumber,
        tag: &EntitlementTag,
        lot: Lot,
    ) -> Result<bool, NoSuchLicence> {
        let licence = self.licence_mut(number, tag)?;
        licence.is_set = true;
        Ok(merge(&mut licence.lots, lot))
    }

    /// Takes a number of a purchase away, account by account; how many of each.
    pub(crate) fn take_lot(
        &mut self,
        local_account: &str,
        tag: &EntitlementTag,
        wanted: &Lot,
    ) -> Vec<(AccountNumber, u32)> {
        let mut left = wanted.quantity;
        let mut taken = Vec::new();
        for number in self.in_order(local_account) {
            let Ok(licence) = self.licence_mut(number, tag) else { continue };
            let mut here = 0;
            for lot in licence.lots.iter_mut().filter(|lot| lot.is_same(wanted)) {
                let part = lot.quantity.min(left);
                lot.quantity -= part;
                left -= part;
                here += part;
            }
            if here > 0 {
                licence.is_set = true;
                licence.lots.retain(|lot| lot.quantity > 0);
                taken.push((number, here));
            } else {
                self.forget_untouched(number, tag);
            }
        }
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Account;
    use crate::holdings::lot::LotSource;

    const UUID: &str = "00000000-0000-4000-8000-000000000001";

    fn quantities(holdings: &mut Holdings, tag: &EntitlementTag) -> Vec<u64> {
        let numbers: Vec<_> = holdings.in_order("A");
        numbers
            .into_iter()
            .map(|number| holdings.licence_mut(number, tag).unwrap().purchased(1))
            .collect()
    }

    #[test]
    fn licences_are_taken_from_the_default_account_first_then_in_alphabetical_order() {
        let of = |virtual_account: &str| Account {
            smart_account: "A".to_owned(),
            virtual_account: virtual_account.to_owned(),
        };
        let mut holdings = Holdings::new([of("Middle")].iter());
        let zoo = holdings.create(of("Zoo"), "").unwrap();
        let alpha = holdings.create(of("Alpha"), "").unwrap();
        let middle = holdings.default_of("A").unwrap();
        let tag = EntitlementTag::new(&format!("regid.2020-01.com.cisco.X,1.0_{UUID}"));
        let lot = |quantity| Lot::perpetual(quantity, LotSource::Control);
        holdings.licence_mut(middle, &tag).unwrap().lots.clear();
        for (number, count) in [(zoo, 3), (alpha, 3), (middle, 2)] {
            assert_eq!(holdings.add_lot(number, &tag, lot(count)), Ok(true));
        }
        assert_eq!(holdings.lots_of("A", &tag)[0].quantity, 8);
        assert_eq!(holdings.take_lot("A", &tag, &lot(4)), [(middle, 2), (alpha, 2)]);
        assert_eq!(quantities(&mut holdings, &tag), [0, 1, 3]);
        assert_eq!(holdings.take_lot("A", &tag, &lot(9)), [(alpha, 1), (zoo, 3)]);
        assert_eq!(quantities(&mut holdings, &tag), [0, 0, 0]);
    }

    #[test]
    fn the_same_purchase_grows_and_there_is_a_limit_to_others() {
        let mut lots = Vec::new();
        let demo = |start| Lot::demo(1, start, LotSource::Control);
        assert!(merge(&mut lots, demo(1)) && merge(&mut lots, demo(1)));
        assert_eq!((lots.len(), lots[0].quantity), (1, 2));
        for start in 2..=u64::try_from(LOTS_MAX).unwrap() {
            assert!(merge(&mut lots, demo(start)));
        }
        assert!(!merge(&mut lots, demo(1_000)) && merge(&mut lots, demo(1)));
    }
}
