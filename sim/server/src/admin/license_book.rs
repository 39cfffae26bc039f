//! What the licences of virtual accounts come to, with everything that is reported as used.
//!
//! Assumed: usage that product instances of the policy era report counts like that of the classic
//! era, as far as nobody counted it before.

use std::collections::{BTreeMap, BTreeSet};

use muster_wire::EntitlementTag;

use super::scope::Scope;
use crate::holdings::AccountNumber;
use crate::holdings::family::{self, Balance, Licence, Loan};
use crate::store::Store;

/// Licences that are used in ways the accounts' own table does not show.
#[derive(Debug, Default)]
pub(super) struct LicenseBook {
    reported: BTreeMap<(AccountNumber, EntitlementTag), u64>,
    redundant: BTreeSet<(AccountNumber, EntitlementTag)>,
}

/// The licences of one ladder, settled.
pub(super) struct Ladder {
    pub(super) licences: Vec<Licence>,
    pub(super) balances: Vec<Balance>,
    pub(super) loans: Vec<Loan>,
}

impl LicenseBook {
    /// What the product instances of a scope say.
    pub(super) fn of(store: &mut Store, scope: &Scope) -> Self {
        store.list_changed();
        let (reported, redundant) = (store.listing.reported(), store.listing.redundant());
        let reported = reported.filter(|((number, _), _)| scope.covers(*number));
        let redundant = redundant.filter(|(number, _)| scope.covers(*number));
        Self {
            reported: reported.map(|(key, count)| (key.clone(), count)).collect(),
            redundant: redundant.cloned().collect(),
        }
    }

    /// Makes every licence listed that is held or used.
    pub(super) fn list_all(&self, store: &mut Store, scope: &Scope) {
        for number in &scope.numbers {
            store.holdings.list_published(*number);
        }
        for (number, tag) in self.reported.keys() {
            // A tag that nobody can hold, or one too many, is used and not listed.
            let _ = store.holdings.licence_mut(*number, tag);
        }
    }

    /// How the licences of a ladder stand.
    pub(super) fn settled(&self, number: AccountNumber, ladder: &[Licence], now_ms: u64) -> Ladder {
        let mut licences = ladder.to_vec();
        for licence in &mut licences {
            let reported = self.reported(number, &licence.tag);
            licence.in_use = licence.in_use.saturating_add(reported);
        }
        let (balances, loans) = family::settled(&licences, now_ms, true);
        Ladder { licences, balances, loans }
    }

    /// Whether a licence has a row: somebody holds, uses, reserved or upgrades it.
    pub(super) fn shows(&self, number: AccountNumber, licence: &Licence, now_ms: u64) -> bool {
        let is_used = licence.in_use > 0 || licence.reserved > 0 || licence.pending() > 0;
        is_used || licence.purchased(now_ms) > 0 || self.reported(number, &licence.tag) > 0
    }

    /// Whether redundant applications share it.
    pub(super) fn is_shared(&self, number: AccountNumber, tag: &EntitlementTag) -> bool {
        self.redundant.contains(&(number, tag.clone()))
    }

    /// Whether an account is short of a licence.
    pub(super) fn is_short(
        &self,
        store: &Store,
        number: AccountNumber,
        tag: &EntitlementTag,
        now_ms: u64,
    ) -> bool {
        let Some(ladder) = store.holdings.ladder_of(number, tag) else { return false };
        let Ladder { licences, balances, .. } = self.settled(number, ladder, now_ms);
        let at = licences.iter().position(|licence| *licence.tag == *tag);
        at.is_some_and(|at| balances[at].available() < 0)
    }

    fn reported(&self, number: AccountNumber, tag: &EntitlementTag) -> u64 {
        self.reported.get(&(number, tag.clone())).copied().unwrap_or(0)
    }
}
