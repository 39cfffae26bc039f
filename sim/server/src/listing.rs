//! Who is in which account, and which licences that makes used: what lists are read from.
//!
//! A list of fifty thousand records is not walked for a page of fifty. The records say which of
//! them changed; only those are looked at, before a list is read or when many have come together.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use muster_wire::{EntitlementTag, Udi};

use crate::account::Account;
use crate::holdings::{AccountNumber, Holdings};
use crate::store::Store;

/// Changed records that are looked at together, at the latest.
const CHANGED_MAX: usize = 256;

/// The product instances of both eras in the order of their UDIs. Assumed: what registered in the
/// classic way is shown that way.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    entries: BTreeMap<Udi, Entry>,
    used: BTreeMap<(AccountNumber, EntitlementTag), Used>,
    /// How many product instances an account has.
    populations: BTreeMap<AccountNumber, usize>,
    /// Accounts by where their names lie: fifty thousand records share some hundred names.
    numbers: BTreeMap<usize, (Arc<Account>, AccountNumber)>,
}

/// One product instance.
#[derive(Debug, PartialEq, Eq)]
struct Entry {
    account: AccountNumber,
    /// Registered in the classic way, or reported: by trust alone nobody is a product instance.
    is_product: bool,
    tags: Box<[(Arc<EntitlementTag>, Share)]>,
}

/// What one product instance does with a licence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Share {
    /// It reported so many of them as used.
    Reported(u64),
    /// Redundant applications on it share them.
    Redundant,
}

/// What all product instances of an account do with a licence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Used {
    reporters: usize,
    /// Wide enough for as many counts as there can be.
    count: u128,
    redundant: usize,
}

impl Listing {
    /// Everybody, and the account each is in.
    pub(crate) fn places(&self) -> impl Iterator<Item = (&Udi, AccountNumber)> {
        self.entries.iter().map(|(udi, entry)| (udi, entry.account))
    }

    /// Licences that product instances reported, and how many are used by their own account.
    pub(crate) fn reported(&self) -> impl Iterator<Item = (&(AccountNumber, EntitlementTag), u64)> {
        let reported = self.used.iter().filter(|(_, used)| used.reporters > 0);
        reported.map(|(key, used)| (key, u64::try_from(used.count).unwrap_or(u64::MAX)))
    }

    /// Licences that redundant applications share.
    pub(crate) fn redundant(&self) -> impl Iterator<Item = &(AccountNumber, EntitlementTag)> {
        self.used.iter().filter(|(_, used)| used.redundant > 0).map(|(key, _)| key)
    }

    /// How many product instances of an account there are.
    pub(crate) fn population(&self, account: AccountNumber) -> usize {
        self.populations.get(&account).copied().unwrap_or_default()
    }

    fn number(&mut self, holdings: &Holdings, account: &Arc<Account>) -> Option<AccountNumber> {
        let place = Arc::as_ptr(account).addr();
        if let Some((_, number)) = self.numbers.get(&place) {
            return Some(*number);
        }
        let number = holdings.number(account)?;
        // The account is kept, so that nothing else comes to lie where it lies.
        self.numbers.insert(place, (Arc::clone(account), number));
        Some(number)
    }

    fn put(&mut self, udi: Udi, entry: Option<Entry>) {
        let before = match entry {
            Some(entry) if self.entries.get(&udi) == Some(&entry) => return,
            Some(entry) => {
                self.count(&entry, true);
                self.entries.insert(udi, entry)
            }
            None => self.entries.remove(&udi),
        };
        if let Some(before) = before {
            self.count(&before, false);
        }
    }

    fn count(&mut self, entry: &Entry, comes: bool) {
        let step = |number: &mut usize| *number = if comes { *number + 1 } else { *number - 1 };
        if entry.is_product {
            step(self.populations.entry(entry.account).or_default());
        }
        for (tag, share) in &entry.tags {
            let key = (entry.account, EntitlementTag::clone(tag));
            let used = self.used.entry(key.clone()).or_default();
            match share {
                Share::Reported(count) => {
                    step(&mut used.reporters);
                    let count = u128::from(*count);
                    used.count = if comes { used.count + count } else { used.count - count };
                }
                Share::Redundant => step(&mut used.redundant),
            }
            if used.reporters == 0 && used.redundant == 0 {
                self.used.remove(&key);
            }
        }
    }
}

impl Store {
    /// Looks at what changed when it is much, so that no list waits for it.
    pub(crate) fn list_by_and_by(&mut self) {
        if self.instances_changed() >= CHANGED_MAX {
            self.list_changed();
        }
    }

    /// Brings the listing up to date.
    pub(crate) fn list_changed(&mut self) {
        let changed: BTreeSet<Udi> = self.take_instances_changed();
        let mut listing = std::mem::take(&mut self.listing);
        for udi in changed {
            let entry = self.listed(&mut listing, &udi);
            listing.put(udi, entry);
        }
        self.listing = listing;
    }

    fn listed(&self, listing: &mut Listing, udi: &Udi) -> Option<Entry> {
        if let Some((_, instance)) = self.classic.known(udi) {
            let shared = instance.uses.iter().filter(|used| used.application.is_some());
            return Some(Entry {
                account: instance.account,
                is_product: true,
                tags: shared.map(|used| (Arc::clone(&used.tag), Share::Redundant)).collect(),
            });
        }
        let instance = self.instance(udi)?;
        // Whoever only said hello is nobody's product instance.
        let account = listing.number(&self.holdings, instance.account.as_ref()?)?;
        let reported = instance.record.iter().flat_map(|record| record.shared_in_use());
        let tags = reported.map(|(tag, count)| (Arc::clone(tag), Share::Reported(count)));
        Some(Entry { account, is_product: instance.record.is_some(), tags: tags.collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handler::tests::server;
    use crate::product_instance::UsageRecord;

    /// The listing shows what walking through all records would.
    fn check(store: &mut Store) {
        store.list_changed();
        let mut places = Vec::new();
        let mut reported: BTreeMap<_, u64> = BTreeMap::new();
        let mut populations: BTreeMap<_, usize> = BTreeMap::new();
        for (udi, instance) in store.instances() {
            let Some(account) = &instance.account else { continue };
            let account = store.holdings.number(account).unwrap();
            places.push((udi, account));
            if instance.record.is_some() {
                *populations.entry(account).or_default() += 1;
            }
            for (tag, count) in instance.record.iter().flat_map(UsageRecord::in_use) {
                *reported.entry((account, tag.clone())).or_default() += count;
            }
        }
        places.sort_unstable();
        assert_eq!(store.listing.places().collect::<Vec<_>>(), places);
        let listed: BTreeMap<_, _> =
            store.listing.reported().map(|(key, count)| (key.clone(), count)).collect();
        assert_eq!(listed, reported);
        for (account, population) in populations {
            assert_eq!(store.listing.population(account), population);
        }
    }

    #[test]
    fn the_listing_follows_every_change() {
        let server = server(&[]);
        let mut store = server.0.store();
        let accounts = ["Default", "My VA"].map(|name| {
            let number = store.holdings.named(name).unwrap();
            Arc::clone(store.holdings.account(number))
        });
        let tags = ["a", "b", "c"].map(|tag| Arc::new(EntitlementTag::new(tag)));
        let udi = |number: usize| Udi::new("C9300-24T", &format!("MST{number:08}"));
        for number in 0..2 * CHANGED_MAX {
            let instance = store.instance_mut(&udi(number)).unwrap();
            let account = &accounts[number % 2];
            instance.account = (number % 5 > 0).then(|| Arc::clone(account));
            let mut record = UsageRecord::new(Arc::clone(account));
            record.set_in_use(&tags[number % 3], number as u64);
            instance.record = (number % 7 > 0).then_some(record);
        }
        assert!(store.instances_changed() <= CHANGED_MAX);
        check(&mut store);
        for number in 0..100 {
            let instance = store.instance_mut(&udi(number)).unwrap();
            if let Some(record) = &mut instance.record {
                record.set_in_use(&tags[(number + 1) % 3], 0);
                record.set_in_use(&tags[number % 3], u64::MAX / 1_000);
            }
        }
        check(&mut store);
        for number in 0..100 {
            store.instance_mut(&udi(number)).unwrap().move_to(&accounts[1]);
            store.remove(&udi(number + 100));
        }
        check(&mut store);
        // Asked again, nothing is left to look at.
        assert_eq!(store.instances_changed(), 0);
    }
}
