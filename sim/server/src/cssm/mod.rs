//! CSSM, as an On-Prem sees it: what Cisco virtual accounts hold, and which On-Prems they belong
//! to.
//!
//! Source: SSM On-Prem 7 User Guide, "About the Relationship between Cisco Smart Software Manager
//! and SSM On-Prem Accounts", "Accounts Tab" (a virtual account that does not exist is created),
//! "About License Transfers". Assumed: a licence CSSM was never told to hold otherwise is held as
//! the On-Prem's local virtual accounts hold it together.
//!
//! - [`registration`]: an On-Prem comes, goes and is renamed; [`answer`]: what it is told;
//!   [`control`]: the control API

mod answer;
pub(crate) mod control;
mod registration;

use std::collections::BTreeMap;

use muster_wire::Udi;
use serde::{Deserialize, Serialize};

use crate::account::Account;
use crate::holdings::lot::Lot;
use crate::state::{Kept, collections};
use crate::synchronization::ageing::days_between;
use crate::synchronization::document::SyncedInstance;

pub(crate) use registration::NotRegistered;

/// Cisco virtual accounts: two for each local account a server may have.
const VIRTUAL_ACCOUNTS_MAX: usize = 1_000;

/// Licences of one virtual account.
const LICENCES_MAX: usize = 4_096;

/// Everything CSSM knows of On-Prems.
#[derive(Debug, Default)]
pub(crate) struct Cssm {
    virtual_accounts: Kept<Account, CiscoVirtualAccount>,
    on_prems: Kept<String, OnPrem>,
}

collections!(Cssm {
    kept {
        virtual_accounts => "cisco_virtual_accounts",
        on_prems => "on_prems",
    }
    inner {}
    not_kept {}
});

/// One Cisco virtual account.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct CiscoVirtualAccount {
    /// What was bought, by tag. A tag that is not listed is held as the On-Prem holds it.
    pub(crate) entitlements: BTreeMap<String, Vec<Lot>>,
    /// The On-Prem it belongs to, by its identifier.
    pub(crate) on_prem: Option<String>,
}

/// One On-Prem account, by its identifier.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct OnPrem {
    /// What people call it; an administrator may change that here.
    pub(crate) name: String,
    /// The local account that registered.
    pub(crate) local_account: String,
    pub(crate) pair: Account,
    pub(crate) registered_at_ms: u64,
    pub(crate) last_ms: u64,
    /// Of the last synchronization; 0 before the first.
    pub(crate) last_id: u64,
    /// What it was told of licences.
    pub(crate) sent: BTreeMap<String, Vec<Lot>>,
    pub(crate) instances: BTreeMap<Udi, SyncedInstance>,
    /// Whether its removal was announced.
    pub(crate) is_announced: bool,
}

/// No more licences or virtual accounts fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooMany;

impl Cssm {
    pub(crate) fn virtual_accounts(
        &self,
    ) -> impl Iterator<Item = (&Account, &CiscoVirtualAccount)> {
        self.virtual_accounts.iter()
    }

    pub(crate) fn on_prems(&self) -> impl Iterator<Item = (&str, &OnPrem)> {
        self.on_prems.iter().map(|(uid, on_prem)| (uid.as_str(), on_prem))
    }

    pub(crate) fn on_prem(&self, uid: &str) -> Option<&OnPrem> {
        self.on_prems.get(uid)
    }

    #[cfg(test)]
    pub(crate) fn on_prem_mut(&mut self, uid: &str) -> Option<&mut OnPrem> {
        self.on_prems.get_mut(uid)
    }

    /// What a virtual account holds of a licence; none when the On-Prem's books say it.
    pub(crate) fn held(&self, account: &Account, tag: &str) -> Option<&Vec<Lot>> {
        self.virtual_accounts.get(account)?.entitlements.get(tag)
    }

    /// Sets what a virtual account holds of a licence.
    pub(crate) fn hold(
        &mut self,
        account: &Account,
        tag: &str,
        lots: Vec<Lot>,
    ) -> Result<(), TooMany> {
        let is_full = self.virtual_accounts.len() >= VIRTUAL_ACCOUNTS_MAX;
        if is_full && !self.virtual_accounts.contains_key(account) {
            return Err(TooMany);
        }
        let of =
            self.virtual_accounts.or_insert_with(account.clone(), CiscoVirtualAccount::default);
        if of.entitlements.len() >= LICENCES_MAX && !of.entitlements.contains_key(tag) {
            return Err(TooMany);
        }
        of.entitlements.insert(tag.to_owned(), lots);
        Ok(())
    }

    /// Forgets what was bought of a licence: the On-Prem's books say it from now on.
    pub(crate) fn settle(&mut self, account: &Account, tag: &str) {
        let known = self.virtual_accounts.get(account);
        if known.is_some_and(|of| of.entitlements.contains_key(tag))
            && let Some(of) = self.virtual_accounts.get_mut(account)
        {
            of.entitlements.remove(tag);
            let uid = of.on_prem.clone();
            if let Some(on_prem) = uid.and_then(|uid| self.on_prems.get_mut(&uid)) {
                on_prem.sent.remove(tag);
            }
        }
    }

    /// On-Prems that were silent for so many days: identifier, name, pair, last synchronization.
    pub(crate) fn silent(&self, days: u64, now_ms: u64) -> Vec<(String, String, Account, u64)> {
        let silent =
            self.on_prems.iter().filter(|(_, of)| days_between(of.last_ms, now_ms) >= days);
        silent
            .map(|(uid, of)| (uid.clone(), of.name.clone(), of.pair.clone(), of.last_ms))
            .collect()
    }

    /// Notes a synchronization that was passed over because a later one does the same.
    pub(crate) fn passed_over(&mut self, uid: &str, at_ms: u64) {
        if let Some(of) = self.on_prems.get_mut(uid) {
            of.last_ms = at_ms;
        }
    }

    /// Notes that a removal was announced; whether it was not before.
    pub(crate) fn announce(&mut self, uid: &str) -> bool {
        let known = self.on_prems.get(uid).is_some_and(|of| of.is_announced);
        if !known && let Some(of) = self.on_prems.get_mut(uid) {
            of.is_announced = true;
        }
        !known
    }
}
