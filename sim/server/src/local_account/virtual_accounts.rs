//! Local virtual accounts of a registered local account: created, renamed, deleted.
//!
//! Source: SSM On-Prem 7 User Guide, "Creating a Local Virtual Account", "Modifying the Default
//! Local Virtual Account Name", "Adding Custom Tags to a Local Virtual Account". Assumed: an
//! account that the server was started with keeps its name, because its options go by it.

use std::collections::{BTreeMap, BTreeSet};

use super::Refused;
use crate::account::Account;
use crate::holdings::AccountNumber;
use crate::holdings::virtual_account::NotDeleted;
use crate::notices::{account_text, user_text};
use crate::server::Core;
use crate::store::Store;

impl Core {
    /// Creates a virtual account, with the values of its required tags.
    pub(crate) fn create_virtual_account(
        &self,
        local_account: &str,
        (name, description): (&str, &str),
        tags: BTreeMap<String, BTreeSet<String>>,
    ) -> Result<(), Refused> {
        let mut store = self.store();
        let account = store.local_accounts.find(local_account)?;
        if account.registration.is_none() {
            let reason = "the local account is not registered";
            return Err(Refused::VirtualAccount { reason });
        }
        for (tag, known) in &account.custom_tags {
            let values = tags.get(tag).cloned().unwrap_or_default();
            let fits = values.is_subset(&known.values) && (values.len() < 2 || known.multiple);
            if !fits || (known.required && values.is_empty()) {
                let reason = format!("the tag {tag:?} needs a value, or has no such value");
                return Err(Refused::Tag { reason });
            }
        }
        if let Some(tag) = tags.keys().find(|tag| !account.custom_tags.contains_key(*tag)) {
            return Err(Refused::Tag { reason: format!("there is no tag {tag:?}") });
        }
        let of =
            Account { smart_account: local_account.to_owned(), virtual_account: name.to_owned() };
        let number = store.holdings.create(of, description)?;
        let account = store.local_accounts.find(local_account)?;
        for (tag, values) in tags {
            if let Some(known) = account.custom_tags.get_mut(&tag) {
                known.assigned.insert(name.to_owned(), values);
            }
        }
        store.tell(number, account_text::created(name));
        Ok(())
    }

    /// Calls a virtual account otherwise, the default one too.
    pub(crate) fn rename_virtual_account(
        &self,
        local_account: &str,
        old: &str,
        (new, description): (&str, &str),
    ) -> Result<(), Refused> {
        let mut store = self.store();
        let number = found(store.holdings.found(local_account, old))?;
        let before = Account::clone(store.holdings.account(number));
        let of_tokens = self.options.id_tokens.iter().map(|grant| &grant.account);
        let named = self.options.tenants.iter().map(|tenant| &tenant.account).chain(of_tokens);
        if old != new && named.into_iter().any(|account| *account == before) {
            let reason = "the server was started with this account, which keeps its name";
            return Err(Refused::VirtualAccount { reason });
        }
        let from = store.holdings.place(number);
        store.holdings.rename(number, new, description)?;
        if old == new {
            return Ok(());
        }
        let to = store.holdings.place(number);
        store.notices.move_alerts(&from, &to);
        store.local_accounts.find(local_account)?.rename_tagged(old, Some(new));
        store.console.rename(local_account, old, new);
        store.tell(number, account_text::renamed(old, new));
        Ok(())
    }

    /// Deletes a virtual account that holds nothing.
    pub(crate) fn delete_virtual_account(
        &self,
        local_account: &str,
        name: &str,
    ) -> Result<(), Refused> {
        let (now_ms, mut store) = (self.clock.now_ms(), self.store());
        let number = found(store.holdings.found(local_account, name))?;
        store.delete_virtual_account(number, None, now_ms).map_err(|why| Refused::VirtualAccount {
            reason: match why {
                NotDeleted::HasInstances => "it has product instances",
                NotDeleted::IsDefault => "the default one cannot be deleted",
                NotDeleted::HoldsLicences => "it holds licences",
            },
        })
    }
}

impl Store {
    /// Deletes a virtual account that holds nothing, with its tokens, and the roles in it.
    pub(crate) fn delete_virtual_account(
        &mut self,
        number: AccountNumber,
        by: Option<&str>,
        now_ms: u64,
    ) -> Result<(), NotDeleted> {
        let account = Account::clone(self.holdings.account(number));
        let is_here = |of: &Account| *of == account;
        if self.classic.instances().any(|(_, of)| of.account == number)
            || self.instances().any(|(_, of)| of.account.as_deref().is_some_and(is_here))
        {
            return Err(NotDeleted::HasInstances);
        }
        self.holdings.delete(number, now_ms)?;
        let Account { smart_account, virtual_account: name } = account;
        self.classic.tokens.remove_of(number);
        let place = self.holdings.place(number);
        self.notices.clear_place(&place);
        if let Ok(local_account) = self.local_accounts.find(&smart_account) {
            local_account.rename_tagged(&name, None);
        }
        let deleted = account_text::deleted(&name);
        self.tell(number, by.into_iter().fold(deleted, |notice, user| notice.by(user)));
        for user in self.console.forget(&smart_account, &name) {
            self.tell_account(&smart_account, user_text::role_removed(&user, &name));
        }
        Ok(())
    }
}

fn found(number: Option<AccountNumber>) -> Result<AccountNumber, Refused> {
    number.ok_or(Refused::VirtualAccount { reason: "there is no such one" })
}
