//! What an On-Prem makes of CSSM's answer.
//!
//! Source: SSM On-Prem 7 User Guide, "About the Relationship between Cisco Smart Software Manager
//! and SSM On-Prem Accounts", "On-Demand Online Synchronization" (another name of the On-Prem),
//! "Product Compatibility Notice" (the certificate for older agents). Assumed: that certificate is
//! there 14 days (ten business days) after the registration.

use muster_wire::{EntitlementTag, PollId};

use super::document::{Failure, PendingKind, SyncResponse, SyncType, SyncedLicence, SyncedLot};
use super::exchange::Synchronized;
use super::rejection::Way;
use crate::holdings::AccountNumber;
use crate::holdings::lot::{Lot, LotSource};
use crate::notices::export_text::Awaited;
use crate::notices::licence_text::{self, Origin};
use crate::notices::topic::Topic;
use crate::notices::watch::licences;
use crate::notices::{Place, on_prem_text};
use crate::store::Store;

/// Milliseconds after which the certificate for older agents is there: ten business days.
pub(crate) const THREE_TIER_AFTER_MS: u64 = 14 * 86_400_000;

impl SyncedLot {
    pub(crate) fn of(lot: &Lot) -> Self {
        Self {
            license_type: lot.kind,
            quantity: lot.quantity,
            start_date: lot.starts_at_ms,
            end_date: lot.ends_at_ms,
            subscription_id: lot.subscription_id.clone(),
        }
    }

    pub(crate) fn lot(&self) -> Lot {
        Lot {
            kind: self.license_type,
            starts_at_ms: self.start_date,
            ends_at_ms: self.end_date,
            subscription_id: self.subscription_id.clone(),
            ..Lot::perpetual(self.quantity, LotSource::Synchronization)
        }
    }
}

impl Store {
    /// Takes an answer over and notes the synchronization as completed. `told` is the number of
    /// product instances CSSM was told of.
    pub(super) fn take_over(
        &mut self,
        name: &str,
        told: usize,
        response: &SyncResponse,
        way: Way,
        now_ms: u64,
    ) -> Synchronized {
        let is_full = response.sync_type == SyncType::Full;
        let mut entitlements = response.entitlements.clone();
        if is_full && let Some(account) = self.local_accounts.get(name) {
            let listed = |tag: &String| entitlements.iter().any(|of| of.tag == *tag);
            let gone: Vec<_> =
                account.clock.received.keys().filter(|tag| !listed(tag)).cloned().collect();
            entitlements.extend(gone.into_iter().map(|tag| SyncedLicence {
                tag,
                display_name: String::new(),
                lots: Vec::new(),
            }));
        }
        for licence in &entitlements {
            self.take_licence(name, licence, is_full);
        }
        for decided in &response.decided_requests {
            match decided.kind {
                PendingKind::Policy => self.end_waiting(PollId(decided.request_id)),
                _ => self.deliver_upstream(decided),
            }
        }
        self.take_name(name, &response.on_prem.name);
        self.tell_failures(name, &response.failures);
        self.completed(name, response, way, now_ms);
        self.end_reminders(name);
        self.take_three_tier_certificate(name, now_ms);
        Synchronized {
            sync_type: response.sync_type,
            sync_id: response.sync_id,
            product_instances: told,
            entitlements: response.entitlements.len(),
            decided_requests: response.decided_requests.len(),
            failures: response.failures.len(),
        }
    }

    /// Brings what the account holds of a licence to what CSSM says. A full synchronization goes
    /// by what is there, a standard one by what CSSM said before.
    fn take_licence(&mut self, name: &str, licence: &SyncedLicence, is_full: bool) {
        let tag = EntitlementTag::new(&licence.tag);
        let new: Vec<Lot> = licence.lots.iter().map(SyncedLot::lot).collect();
        let before = self.local_accounts.get(name);
        let received = before.and_then(|of| of.clock.received.get(&licence.tag)).cloned();
        let old = match received {
            Some(received) if !is_full => received,
            _ => self.holdings.lots_of(name, &tag),
        };
        for lot in &new {
            let had = old.iter().find(|old| old.is_same(lot)).map_or(0, |old| old.quantity);
            if lot.quantity > had {
                self.add_bought(name, &tag, Lot { quantity: lot.quantity - had, ..lot.clone() });
            }
        }
        for lot in &old {
            let left = new.iter().find(|new| new.is_same(lot)).map_or(0, |new| new.quantity);
            if lot.quantity > left {
                let gone = Lot { quantity: lot.quantity - left, ..lot.clone() };
                self.take_away(name, &tag, &gone);
            }
        }
        if let Ok(account) = self.local_accounts.find(name) {
            if new.is_empty() {
                account.clock.received.remove(&licence.tag);
            } else {
                account.clock.received.insert(licence.tag.clone(), new);
            }
        }
    }

    fn add_bought(&mut self, name: &str, tag: &EntitlementTag, lot: Lot) {
        let Some(default) = self.holdings.default_of(name) else { return };
        if self.holdings.add_lot(default, tag, lot.clone()) != Ok(true) {
            return;
        }
        let place = self.holdings.place(default);
        let notice = licence_text::new(place.pool(), licences(tag, &lot), Origin::Plain);
        self.tell(default, notice);
        self.note_shortages(default, tag);
    }

    fn take_away(&mut self, name: &str, tag: &EntitlementTag, lot: &Lot) {
        for (number, count) in self.holdings.take_lot(name, tag, lot) {
            let place = self.holdings.place(number);
            let gone = Lot { quantity: count, ..lot.clone() };
            self.tell(number, licence_text::removed(place.pool(), licences(tag, &gone)));
            self.note_shortages(number, tag);
        }
    }

    /// Whether CSSM holds something else of a licence than the On-Prem was told.
    pub(crate) fn has_news(&self, account: AccountNumber, tag: &EntitlementTag) -> bool {
        let name = &self.holdings.account(account).smart_account;
        let Some(known) = self.local_accounts.get(name) else { return false };
        let Some(registration) = &known.registration else { return false };
        let Some(held) = self.cssm.held(&registration.pair, tag.as_str()) else { return false };
        let received = known.clock.received.get(tag.as_str()).map_or(&[][..], Vec::as_slice);
        let is_known =
            |lot: &Lot| received.iter().any(|of| of.is_same(lot) && of.quantity == lot.quantity);
        held.len() != received.len() || !held.iter().all(is_known)
    }

    /// Makes CSSM hold of a licence what the virtual accounts hold: they were changed from outside.
    pub(crate) fn settle_at_cssm(&mut self, account: AccountNumber, tag: &EntitlementTag) {
        let name = self.holdings.account(account).smart_account.clone();
        let Ok(known) = self.local_accounts.find(&name) else { return };
        known.clock.received.remove(tag.as_str());
        if let Some(registration) = &known.registration {
            let pair = registration.pair.clone();
            self.cssm.settle(&pair, tag.as_str());
        }
    }

    /// CSSM may call the On-Prem otherwise by now.
    fn take_name(&mut self, name: &str, on_prem: &str) {
        let Ok(account) = self.local_accounts.find(name) else { return };
        let Some(registration) = &mut account.registration else { return };
        if registration.on_prem == on_prem || on_prem.is_empty() {
            return;
        }
        let old = std::mem::replace(&mut registration.on_prem, on_prem.to_owned());
        self.tell_account(name, on_prem_text::renamed(&old, on_prem));
    }

    fn tell_failures(&mut self, name: &str, failures: &[Failure]) {
        let Some(on_prem) = self.local_accounts.get(name).map(|of| of.on_prem().to_owned()) else {
            return;
        };
        if failures.iter().any(|failure| matches!(failure, Failure::Entitlement { .. })) {
            self.tell_account(name, on_prem_text::entitlements_failed(&on_prem));
        }
        if failures.iter().any(|failure| matches!(failure, Failure::Product { .. })) {
            self.tell_account(name, on_prem_text::products_failed(&on_prem));
        }
    }

    /// Ends the reminders of what no longer waits.
    pub(super) fn end_reminders(&mut self, name: &str) {
        let waiting = self.waiting_requests(name);
        let waits = |kinds: &[PendingKind]| waiting.iter().any(|of| kinds.contains(&of.kind));
        let export = waits(&[PendingKind::Export, PendingKind::ExportReturn]);
        let conversion = waits(&[PendingKind::Conversion]);
        let place = Place::account(name);
        for (awaited, still) in [
            (Awaited::Export, export),
            (Awaited::Conversion, conversion),
            (Awaited::Restore, false),
        ] {
            if !still {
                let subject = awaited.subject().key();
                self.notices.clear(&place, Topic::SynchronizationRequired, &subject);
            }
        }
    }

    fn take_three_tier_certificate(&mut self, name: &str, now_ms: u64) {
        let Some(account) = self.local_accounts.get(name) else { return };
        let Some(registration) = &account.registration else { return };
        let is_there = now_ms.saturating_sub(registration.at_ms) >= THREE_TIER_AFTER_MS;
        if is_there && !self.settings.three_tier_certificate {
            self.settings.three_tier_certificate = true;
        }
    }
}
