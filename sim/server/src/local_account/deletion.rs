//! What must hold before a local account goes, and what goes with it.
//!
//! Source: SSM On-Prem 7 User Guide, "Deleting a Local Account" (remove the product instances,
//! synchronize, deactivate, delete), "Synchronization Alerts" (after a year the account and all its
//! product instances are lost).

use muster_wire::Udi;

use super::Refused;
use super::account_state::AccountInput;
use crate::notices::{Place, account_text};
use crate::server::Core;
use crate::store::Store;
use crate::synchronization::ageing::Ageing;

impl Core {
    /// Deletes a deactivated account.
    pub(crate) fn delete_account(&self, name: &str, user: &str) -> Result<(), Refused> {
        let (now_ms, mut store) = (self.clock.now_ms(), self.store());
        store.settle(now_ms);
        let mut account = store.local_accounts.find(name)?.clone();
        account.apply(AccountInput::Delete)?;
        let is_dead =
            account.registration.is_some() && account.clock.ageing(now_ms) == Ageing::Dead;
        let here = store.products_of(name);
        if is_dead {
            for udi in &here {
                store.deregister(udi);
                store.remove(udi);
            }
        } else if !here.is_empty() {
            return Err(Refused::ProductsHere { count: here.len() });
        }
        let uid = account.registration.as_ref().map(|registration| registration.uid.as_str());
        let at_cssm = uid.and_then(|uid| store.cssm.on_prem(uid));
        let count = at_cssm.map_or(0, |on_prem| on_prem.instances.len());
        if count > 0 && !is_dead {
            return Err(Refused::NotSynchronized { count });
        }
        store.forget_tokens_of(name);
        store.holdings.delete_local_account(name);
        store.console.forget_account(name);
        store.notices.clear_place(&Place::account(name));
        store.local_accounts.strike(name);
        store.synchronization.next_due_ms = None;
        store.tell_account(name, account_text::changed(name, "deleted", user));
        Ok(())
    }
}

impl Store {
    /// The product instances of a local account, of both eras.
    pub(crate) fn products_of(&self, local_account: &str) -> Vec<Udi> {
        let classic = self.instances_of(local_account).map(|(udi, _)| udi.clone());
        let policy = self.instances().filter(|(_, of)| {
            of.account.as_ref().is_some_and(|account| account.smart_account == local_account)
        });
        classic.chain(policy.map(|(udi, _)| udi.clone())).collect()
    }

    fn forget_tokens_of(&mut self, local_account: &str) {
        let of_account: Vec<_> = self.holdings.of_local_account(local_account).collect();
        let tokens = self.classic.tokens.listed();
        let gone: Vec<String> = tokens
            .filter(|(_, token)| of_account.contains(&token.account))
            .map(|(text, _)| text.to_owned())
            .collect();
        for text in gone {
            // The first time it is revoked, the second time removed.
            self.classic.tokens.withdraw(&text);
            self.classic.tokens.withdraw(&text);
        }
    }
}
