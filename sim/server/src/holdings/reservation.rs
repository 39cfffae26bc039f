//! Export-controlled licences given to one product instance, as authorization codes name them.
//!
//! Source: SSM On-Prem 7 User Guide, "Enhanced Export Control Authorization Workflow" and "New
//! Export Control Alerts" (a request is met from the virtual account of the instance; while only
//! the default account holds the licence, the instance goes on asking). Assumed: that a refusal
//! is final when no account has enough, and that a request names the total of a licence.

use std::sync::Arc;

use muster_wire::{EntitlementTag, Udi};
use serde::{Deserialize, Serialize};

use super::{AccountNumber, Holdings};

/// Licences of one product instance; the documents show one.
const LICENCES_MAX: usize = 16;

/// What one product instance holds, and from which account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Reservation {
    pub(crate) account: AccountNumber,
    pub(crate) licences: Vec<(Arc<EntitlementTag>, u32)>,
}

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Granted,
    /// Only the default account has enough: the licences may still be moved.
    Elsewhere,
    /// No account has enough.
    NotAvailable,
    /// The instance holds too many different licences.
    TooMany,
}

impl Holdings {
    /// What a product instance holds.
    pub(crate) fn reserved(&self, udi: &Udi) -> &[(Arc<EntitlementTag>, u32)] {
        self.reservations.get(udi).map_or(&[], |reservation| &reservation.licences)
    }

    /// How many of one licence it holds.
    pub(crate) fn reserved_of(&self, udi: &Udi, tag: &EntitlementTag) -> u32 {
        let held = self.reserved(udi).iter().find(|(held, _)| **held == *tag);
        held.map_or(0, |(_, count)| *count)
    }

    /// Whether it can have `count` of a licence in all.
    pub(crate) fn verdict(
        &mut self,
        udi: &Udi,
        account: AccountNumber,
        (tag, count): (&EntitlementTag, u32),
        now_ms: u64,
    ) -> Verdict {
        let held = self.reserved(udi);
        if held.len() >= LICENCES_MAX && !held.iter().any(|(held, _)| **held == *tag) {
            return Verdict::TooMany;
        }
        let more = i64::from(count) - i64::from(self.reserved_of(udi, tag));
        let first = self.default_beside(account).unwrap_or(account);
        let mut has_enough = |number| {
            // Made when it is first asked for: what is held from the start counts.
            let _ = self.licence_mut(number, tag);
            let balance = self.balance(number, tag, now_ms, false);
            self.forget_untouched(number, tag);
            balance.is_some_and(|balance| more <= 0 || balance.available() >= more)
        };
        match (has_enough(account), account != first && has_enough(first)) {
            (true, _) => Verdict::Granted,
            (false, true) => Verdict::Elsewhere,
            (false, false) => Verdict::NotAvailable,
        }
    }

    /// Gives it `count` of a licence in all, whatever is available: ask for the verdict first.
    pub(crate) fn reserve(
        &mut self,
        udi: &Udi,
        account: AccountNumber,
        tag: &EntitlementTag,
        count: u32,
    ) {
        // A reservation is drawn from one account; another account's is given back for it.
        if self.reservations.get(udi).is_some_and(|held| held.account != account) {
            self.give_back_all(udi);
        }
        let before = self.reserved_of(udi, tag);
        let Ok(licence) = self.licence_mut(account, tag) else { return };
        let tag = Arc::clone(&licence.tag);
        licence.reserved =
            licence.reserved.saturating_sub(u64::from(before)).saturating_add(u64::from(count));
        let none = || Reservation { account, licences: Vec::new() };
        let reservation = self.reservations.or_insert_with(udi.clone(), none);
        reservation.licences.retain(|(held, _)| *held != tag);
        if count > 0 {
            reservation.licences.push((tag, count));
        }
        if reservation.licences.is_empty() {
            self.reservations.remove(udi);
        }
    }

    /// Takes up to `count` of a licence back.
    pub(crate) fn give_back(&mut self, udi: &Udi, tag: &EntitlementTag, count: u32) {
        let left = self.reserved_of(udi, tag).saturating_sub(count);
        if let Some(account) = self.reservations.get(udi).map(|held| held.account) {
            self.reserve(udi, account, tag, left);
        }
    }

    /// Takes everything back.
    pub(crate) fn give_back_all(&mut self, udi: &Udi) {
        let Some(Reservation { account, licences }) = self.reservations.remove(udi) else { return };
        for (tag, count) in licences {
            if let Ok(licence) = self.licence_mut(account, &tag) {
                licence.reserved = licence.reserved.saturating_sub(u64::from(count));
                self.forget_untouched(account, &tag);
            }
        }
    }
}
