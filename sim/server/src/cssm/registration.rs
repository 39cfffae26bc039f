//! An On-Prem comes to CSSM, is renamed there, and goes.
//!
//! Source: SSM On-Prem 7 User Guide, "Accounts Tab", "Approving Account Requests" (one virtual
//! account per local account), "Re-Registering an Account" (product instances of the old record
//! must be gone first), "Deleting a Local Account".

use std::collections::BTreeMap;

use super::{CiscoVirtualAccount, Cssm, OnPrem, VIRTUAL_ACCOUNTS_MAX};
use crate::account::Account;

/// Why an On-Prem is not registered, or not removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NotRegistered {
    /// The virtual account belongs to this local account.
    PairInUse {
        local_account: String,
    },
    /// An earlier record has product instances.
    HasProducts {
        count: usize,
    },
    Full,
    Unknown,
}

impl Cssm {
    /// Registers an On-Prem account. The record it had before, `old`, is replaced.
    pub(crate) fn register(
        &mut self,
        uid: &str,
        (name, local_account): (&str, &str),
        pair: &Account,
        old: Option<&str>,
        now_ms: u64,
    ) -> Result<(), NotRegistered> {
        if let Some(old) = old.and_then(|uid| self.on_prems.get(uid))
            && !old.instances.is_empty()
        {
            return Err(NotRegistered::HasProducts { count: old.instances.len() });
        }
        let owner = self.virtual_accounts.get(pair).and_then(|of| of.on_prem.as_deref());
        if let Some(owner) = owner
            && Some(owner) != old
            && let Some(of) = self.on_prems.get(owner)
        {
            return Err(NotRegistered::PairInUse { local_account: of.local_account.clone() });
        }
        let is_full = self.virtual_accounts.len() >= VIRTUAL_ACCOUNTS_MAX;
        if is_full && !self.virtual_accounts.contains_key(pair) {
            return Err(NotRegistered::Full);
        }
        if let Some(old) = old {
            self.remove(old);
        }
        let account =
            self.virtual_accounts.or_insert_with(pair.clone(), CiscoVirtualAccount::default);
        account.on_prem = Some(uid.to_owned());
        let on_prem = OnPrem {
            name: name.to_owned(),
            local_account: local_account.to_owned(),
            pair: pair.clone(),
            registered_at_ms: now_ms,
            last_ms: now_ms,
            last_id: 0,
            sent: BTreeMap::new(),
            instances: BTreeMap::new(),
            is_announced: false,
        };
        self.on_prems.insert(uid.to_owned(), on_prem);
        Ok(())
    }

    /// Removes an On-Prem with everything CSSM knows of its product instances; whether there was
    /// one.
    pub(crate) fn remove(&mut self, uid: &str) -> bool {
        let Some(on_prem) = self.on_prems.remove(uid) else { return false };
        let owns = self.virtual_accounts.get(&on_prem.pair);
        if owns.is_some_and(|of| of.on_prem.as_deref() == Some(uid))
            && let Some(account) = self.virtual_accounts.get_mut(&on_prem.pair)
        {
            account.on_prem = None;
        }
        true
    }

    /// Removes an On-Prem as an administrator does: not while it has product instances, save by
    /// support.
    pub(crate) fn remove_checked(
        &mut self,
        uid: &str,
        by_support: bool,
    ) -> Result<(), NotRegistered> {
        let on_prem = self.on_prems.get(uid).ok_or(NotRegistered::Unknown)?;
        let count = on_prem.instances.len();
        if count > 0 && !by_support {
            return Err(NotRegistered::HasProducts { count });
        }
        self.remove(uid);
        Ok(())
    }

    /// Calls an On-Prem otherwise; whether there is one.
    pub(crate) fn rename(&mut self, uid: &str, name: &str) -> bool {
        if !self.on_prems.contains_key(uid) {
            return false;
        }
        if let Some(on_prem) = self.on_prems.get_mut(uid) {
            on_prem.name = name.to_owned();
        }
        true
    }
}
