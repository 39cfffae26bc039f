//! Virtual accounts that are created and deleted while the server runs.
//!
//! Source: SSM On-Prem 7 User Guide, "Accounts located in On-Prem" (each local account has a
//! default local virtual account; the others get licences by transfer only) and "Creating a Local
//! Virtual Account" (a name is used once). Assumed: that a local account is called as the smart
//! account it belongs to, and how long a name may be.

use super::{AccountNumber, Book, Holdings};
use crate::account::Account;
use crate::local_account::LOCAL_ACCOUNTS_MAX;
use crate::state::Kept;
use std::sync::Arc;

/// Virtual accounts at a time (documented).
const VIRTUAL_ACCOUNTS_MAX: usize = 1_000;

/// Places for accounts, those of deleted ones included.
const PLACES_MAX: usize = 4_096;

/// Characters of a name.
const NAME_LENGTH_MAX: usize = 100;

/// Characters of a description.
const DESCRIPTION_LENGTH_MAX: usize = 500;

/// More accounts than there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooManyAccounts {
    pub(crate) what: &'static str,
    pub(crate) count: usize,
    pub(crate) count_max: usize,
}

/// Why a virtual account is not created.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotCreated {
    NameInUse,
    /// Empty, too long, or with control characters.
    Unfit,
    /// There are as many as there may be.
    Full,
}

/// Why a virtual account is not deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotDeleted {
    HasInstances,
    IsDefault,
    HoldsLicences,
}

impl Book {
    pub(super) fn empty(account: Account, description: String) -> Self {
        Self {
            account: Arc::new(account),
            description,
            is_default: false,
            is_stocked: false,
            is_deleted: false,
            export_allowed: true,
            conversion_enabled: false,
            ladders: Kept::default(),
            licences: 0,
        }
    }
}

impl AccountNumber {
    /// The account's position, counted from 0.
    pub(crate) fn position(self) -> usize {
        self.0
    }
}

impl Holdings {
    /// The virtual accounts of a local account, the default one first.
    pub(crate) fn of_local_account(&self, name: &str) -> impl Iterator<Item = AccountNumber> {
        self.numbers().filter(move |number| self.account(*number).smart_account == name)
    }

    /// The local accounts, in the order of their default virtual accounts.
    pub(crate) fn local_accounts(&self) -> impl Iterator<Item = &str> {
        let defaults = self.numbers().filter(|number| self.is_default(*number));
        defaults.map(|number| self.account(number).smart_account.as_str())
    }

    /// A virtual account of a local account, by its name.
    pub(crate) fn found(&self, local_account: &str, name: &str) -> Option<AccountNumber> {
        self.of_local_account(local_account)
            .find(|number| self.account(*number).virtual_account == name)
    }

    pub(crate) fn is_default(&self, number: AccountNumber) -> bool {
        self.accounts[number.0].is_default
    }

    pub(crate) fn description(&self, number: AccountNumber) -> &str {
        &self.accounts[number.0].description
    }

    /// Whether there are no more accounts than there may be.
    pub(crate) fn check_limits(&self) -> Result<(), TooManyAccounts> {
        let (local, virtual_) = (self.local_accounts().count(), self.numbers().count());
        for (what, count, count_max) in [
            ("local accounts", local, LOCAL_ACCOUNTS_MAX),
            ("virtual accounts", virtual_, VIRTUAL_ACCOUNTS_MAX),
        ] {
            if count > count_max {
                return Err(TooManyAccounts { what, count, count_max });
            }
        }
        Ok(())
    }

    /// Creates an empty virtual account. One of a name that was deleted before takes its place.
    pub(crate) fn create(
        &mut self,
        account: Account,
        description: &str,
    ) -> Result<AccountNumber, NotCreated> {
        check_texts(&account.virtual_account, description)?;
        if self.number(&account).is_some() {
            return Err(NotCreated::NameInUse);
        }
        if self.numbers().count() >= VIRTUAL_ACCOUNTS_MAX {
            return Err(NotCreated::Full);
        }
        let before = self.accounts.iter().position(|book| *book.account == account);
        let book = Book::empty(account, description.to_owned());
        match before {
            Some(at) => {
                self.accounts[at] = book;
                Ok(AccountNumber(at))
            }
            None if self.accounts.len() >= PLACES_MAX => Err(NotCreated::Full),
            None => {
                self.accounts.push(book);
                Ok(AccountNumber(self.accounts.len() - 1))
            }
        }
    }

    #[cfg(test)]
    pub(crate) fn of_test(accounts: &[Account]) -> Self {
        Self::new(accounts.iter())
    }

    /// Deletes an account that holds nothing. Assumed: the default account and one with licences
    /// stay.
    pub(crate) fn delete(&mut self, number: AccountNumber, now_ms: u64) -> Result<(), NotDeleted> {
        let book = &mut self.accounts[number.0];
        if book.is_default {
            return Err(NotDeleted::IsDefault);
        }
        let mut licences = book.ladders.values().flatten();
        if licences.any(|of| of.purchased(now_ms) > 0 || of.in_use > 0 || of.reserved > 0) {
            return Err(NotDeleted::HoldsLicences);
        }
        let mut ladders = std::mem::take(&mut book.ladders);
        // One by one, so that a state file forgets them as well.
        ladders.retain(|_, _| false);
        let empty = Book::empty(Account::clone(&book.account), String::new());
        *book = Book { is_deleted: true, ladders, ..empty };
        Ok(())
    }
}

/// Whether a virtual account can be called and described so.
pub(super) fn check_texts(name: &str, description: &str) -> Result<(), NotCreated> {
    let fits = !name.trim().is_empty()
        && name.chars().count() <= NAME_LENGTH_MAX
        && description.chars().count() <= DESCRIPTION_LENGTH_MAX
        && !name.chars().any(char::is_control);
    if fits { Ok(()) } else { Err(NotCreated::Unfit) }
}

#[cfg(test)]
mod tests {
    use muster_wire::EntitlementTag;

    use super::*;
    use crate::holdings::lot::{Lot, LotSource};

    fn holdings() -> Holdings {
        Holdings::new(["Default", "My VA"].map(Account::of_test_account).iter())
    }

    fn create(holdings: &mut Holdings, name: &str) -> Result<AccountNumber, NotCreated> {
        holdings.create(Account::of_test_account(name), "for a test")
    }

    #[test]
    fn a_name_is_used_once_and_free_again_after_its_account_is_gone() {
        let mut holdings = holdings();
        let physics = create(&mut holdings, "Physics").unwrap();
        assert_eq!(create(&mut holdings, "Physics"), Err(NotCreated::NameInUse));
        assert_eq!(create(&mut holdings, "Default"), Err(NotCreated::NameInUse));
        assert_eq!(holdings.delete(physics, 0), Ok(()));
        assert_eq!(holdings.found("Muster Test SA", "Physics"), None);
        assert_eq!(holdings.numbers().count(), 2);
        assert_eq!(create(&mut holdings, "Physics"), Ok(physics));
    }

    #[test]
    fn names_that_do_not_fit_and_too_many_accounts_are_refused() {
        let mut holdings = holdings();
        let long = "x".repeat(NAME_LENGTH_MAX + 1);
        for name in ["", "  ", "a\nb", &long] {
            assert_eq!(create(&mut holdings, name), Err(NotCreated::Unfit), "{name:?}");
        }
        for number in 2..VIRTUAL_ACCOUNTS_MAX {
            assert!(create(&mut holdings, &format!("VA {number}")).is_ok());
        }
        assert_eq!(create(&mut holdings, "one more"), Err(NotCreated::Full));
    }

    #[test]
    fn a_created_account_holds_nothing_and_is_deleted_only_while_it_does() {
        let mut holdings = holdings();
        let physics = create(&mut holdings, "Physics").unwrap();
        let uuid = "00000000-0000-4000-8000-000000000001";
        let tag = EntitlementTag::new(&format!("regid.2020-01.com.cisco.X,1.0_{uuid}"));
        assert_eq!(holdings.licence_mut(physics, &tag).unwrap().purchased(0), 0);
        holdings.deposit(physics, &tag, Lot::perpetual(3, LotSource::Control));
        assert_eq!(holdings.delete(physics, 0), Err(NotDeleted::HoldsLicences));
        let default = holdings.found("Muster Test SA", "Default").unwrap();
        assert_eq!(holdings.delete(default, 0), Err(NotDeleted::IsDefault));
        assert_eq!(holdings.local_accounts().collect::<Vec<_>>(), ["Muster Test SA"]);
    }
}
