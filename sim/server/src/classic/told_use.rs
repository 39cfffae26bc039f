//! What is told when the licences a product instance uses change.
//!
//! Source: SSM On-Prem 7 User Guide, "Product Instance Events" (requested licences), "Insufficient
//! Licenses". Assumed: the same list again is no new request.

use std::collections::BTreeMap;
use std::sync::Arc;

use muster_wire::{EntitlementTag, Udi};

use crate::holdings::AccountNumber;
use crate::notices::licence_text::{self, Licences, Origin};
use crate::store::Store;

/// How many of each licence an instance uses.
pub(super) type Used = BTreeMap<Arc<EntitlementTag>, u64>;

impl Store {
    /// What an instance uses.
    pub(super) fn used_licences(&self, udi: &Udi) -> Used {
        let mut used = Used::new();
        for of in self.classic.instance(udi).into_iter().flat_map(|instance| &instance.uses) {
            let count = used.entry(Arc::clone(&of.tag)).or_default();
            *count = count.saturating_add(u64::from(of.count));
        }
        used
    }

    /// Tells of a list that is other than before, and of what became short or is no longer.
    pub(super) fn tell_use(&mut self, udi: &Udi, before: &Used) {
        let Some(account) = self.classic.instance(udi).map(|instance| instance.account) else {
            return;
        };
        let now = self.used_licences(udi);
        for tag in before.keys().filter(|tag| !now.contains_key(*tag)).chain(now.keys()) {
            self.note_shortages(account, tag);
        }
        self.tell_automatic(account, before, &now);
        if now != *before {
            let wanted = now.iter().map(|(tag, count)| (EntitlementTag::clone(tag), *count));
            self.tell_requested(udi, account, &wanted.collect::<Vec<_>>());
        }
    }

    /// Licences that are only reported are there as soon as they are used (documented).
    fn tell_automatic(&mut self, account: AccountNumber, before: &Used, now: &Used) {
        let place = self.holdings.place(account);
        for (tag, count) in now {
            let more = count.saturating_sub(before.get(tag).copied().unwrap_or(0));
            let licence = self.holdings.licence(account, tag);
            if more > 0 && licence.is_some_and(|licence| licence.is_reporting_only) {
                let of = Licences { tag, count: more, kind: "perpetual", subscription: None };
                self.tell(account, licence_text::new(place.pool(), of, Origin::Automatic));
            }
        }
    }

    /// Looks at the licences an instance uses no longer.
    pub(super) fn note_use_ended(&mut self, udi: &Udi) {
        let Some(account) = self.classic.instance(udi).map(|instance| instance.account) else {
            return;
        };
        for tag in self.used_licences(udi).keys() {
            self.note_shortages(account, tag);
        }
    }

    /// Deletes an instance's record as an administrator or the instance itself asked for, and
    /// tells of it; whether there was one.
    pub(crate) fn remove_registered(&mut self, udi: &Udi) -> bool {
        let known = self.classic.instance(udi).map(|instance| instance.account);
        let Some(account) = known else { return self.deregister(udi) };
        let (named, used) = (self.named(udi), self.used_licences(udi));
        let removed = self.deregister(udi);
        for tag in used.keys() {
            self.note_shortages(account, tag);
        }
        if removed {
            self.tell_removed(&named, account);
        }
        removed
    }
}
