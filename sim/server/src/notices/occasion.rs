//! How the rest of the server tells of an occasion, and what it says of instances and licences.

use muster_wire::{EntitlementTag, Udi};

use super::instance_text::{self, Named};
use super::licence_text::Origin;
use super::notice::Notice;
use super::topic::Topic;
use super::{Notices, Place, export_text, licence_text, watch};
use crate::holdings::lot::Lot;
use crate::holdings::{AccountNumber, Holdings};
use crate::store::Store;

/// A licence with how many of it were short before and are now.
type Shortage = (EntitlementTag, u64, u64);

impl Holdings {
    /// A virtual account, as notices name it.
    pub(crate) fn place(&self, number: AccountNumber) -> Place {
        let account = self.account(number);
        Place {
            local_account: account.smart_account.clone(),
            virtual_account: Some(account.virtual_account.clone()),
        }
    }
}

impl Notices {
    /// Which of these shortages are other than was told, and notes them as told.
    fn changed_shortages(
        &mut self,
        account: AccountNumber,
        shortages: Vec<(EntitlementTag, u64)>,
    ) -> Vec<Shortage> {
        let mut changed = Vec::new();
        for (tag, short) in shortages {
            let key = (account, tag.as_str().to_owned());
            let before = self.short.get(&key).copied().unwrap_or(0);
            if before == short {
                continue;
            }
            if short == 0 {
                self.short.remove(&key);
            } else {
                self.short.insert(key, short);
            }
            changed.push((tag, before, short));
        }
        changed
    }
}

impl Store {
    /// Tells of something in a virtual account, as of the last time that was settled.
    pub(crate) fn tell(&mut self, account: AccountNumber, mut notice: Notice) {
        self.classic.defects.alter(&mut notice);
        let place = self.holdings.place(account);
        self.notices.tell(self.now_ms, &place, notice);
    }

    /// Tells of something in a local account as a whole.
    pub(crate) fn tell_account(&mut self, local_account: &str, mut notice: Notice) {
        self.classic.defects.alter(&mut notice);
        self.notices.tell(self.now_ms, &Place::account(local_account), notice);
    }

    /// Brings an alert that stands up to date.
    pub(crate) fn refresh(&mut self, place: &Place, mut notice: Notice) {
        self.classic.defects.alter(&mut notice);
        self.notices.refresh(place, notice);
    }

    /// A registered product instance, as texts name it.
    pub(crate) fn named(&self, udi: &Udi) -> Named {
        Named::new(udi, self.classic.hostname(udi))
    }

    /// Tells of a registration.
    pub(crate) fn tell_added(&mut self, udi: &Udi, account: AccountNumber, standbys: &[Udi]) {
        let (named, place) = (self.named(udi), self.holdings.place(account));
        let standbys: Vec<_> = standbys.iter().map(|udi| self.named(udi).name).collect();
        self.tell(account, instance_text::added(place.pool(), &named, &standbys));
    }

    /// Tells of licences that an authorization code gave out.
    pub(crate) fn tell_reserved(
        &mut self,
        udi: &Udi,
        account: AccountNumber,
        keys: &[(EntitlementTag, u32)],
    ) {
        let host_name = self.instance(udi).map(|of| of.facts.host_name().to_owned());
        let named = Named::new(udi, host_name.as_deref());
        let place = self.holdings.place(account);
        for (tag, count) in keys {
            let licence = self.holdings.licence(account, tag);
            let ends_at_ms = licence.and_then(|of| of.lot_at(self.now_ms)?.ends_at_ms);
            let of = (tag, u64::from(*count), ends_at_ms);
            self.tell(account, export_text::reserved(place.pool(), &named, of));
        }
    }

    /// Tells of a new ID certificate.
    pub(crate) fn tell_renewed(&mut self, udi: &Udi, account: AccountNumber) {
        let (named, place) = (self.named(udi), self.holdings.place(account));
        self.tell(account, instance_text::renewed_certificate(place.pool(), &named));
    }

    /// Tells that a product instance is gone, and ends what was told of it. Ask for its name
    /// before it goes.
    pub(crate) fn tell_removed(&mut self, named: &Named, account: AccountNumber) {
        let place = self.holdings.place(account);
        for topic in [
            Topic::ProductInstanceFailedToConnect,
            Topic::ProductInstanceFailedToRenew,
            Topic::ExportAuthorizationPending,
            Topic::ExportReturnPending,
            Topic::ExportLicenseNotAvailable,
        ] {
            self.notices.clear(&place, topic, &named.udi);
        }
        self.tell(account, instance_text::removed(named));
    }

    /// Tells what a product instance says it uses.
    pub(crate) fn tell_requested(
        &mut self,
        udi: &Udi,
        account: AccountNumber,
        wanted: &[(EntitlementTag, u64)],
    ) {
        if wanted.is_empty() {
            return;
        }
        let (named, place) = (self.named(udi), self.holdings.place(account));
        self.tell(account, instance_text::requested(place.pool(), &named, wanted));
    }

    /// Looks whether a licence, or one of its ladder, became short or is no longer.
    pub(crate) fn note_shortages(&mut self, account: AccountNumber, tag: &EntitlementTag) {
        let shortages = self.holdings.shortages(account, tag, self.now_ms);
        let changed = self.notices.changed_shortages(account, shortages);
        if changed.is_empty() {
            return;
        }
        let place = self.holdings.place(account);
        for (tag, before, short) in changed {
            if short > 0 {
                self.tell(account, licence_text::insufficient(place.pool(), &tag, short));
                continue;
            }
            self.notices.clear(&place, Topic::InsufficientLicenses, tag.as_str());
            self.tell(account, licence_text::corrected(place.pool(), &tag, before));
        }
    }

    /// Tells how what an account holds of a licence changed.
    pub(crate) fn tell_lots(
        &mut self,
        account: AccountNumber,
        tag: &EntitlementTag,
        before: &[Lot],
    ) {
        let after = self.holdings.licence(account, tag).map(|of| of.lots.clone());
        let after = after.unwrap_or_default();
        let place = self.holdings.place(account);
        let had = |lots: &[Lot], lot: &Lot| {
            lots.iter().find(|of| of.is_same(lot)).map_or(0, |of| of.quantity)
        };
        for lot in &after {
            let more = lot.quantity.saturating_sub(had(before, lot));
            let lot = Lot { quantity: more, ..lot.clone() };
            if more == 0 {
                continue;
            }
            let of = watch::licences(tag, &lot);
            let notice = match lot.is_pending {
                true => licence_text::upgrade(place.pool(), of),
                false => licence_text::new(place.pool(), of, Origin::Plain),
            };
            self.tell(account, notice);
        }
        for lot in before {
            let less = lot.quantity.saturating_sub(had(&after, lot));
            let lot = Lot { quantity: less, ..lot.clone() };
            if less > 0 {
                let of = watch::licences(tag, &lot);
                self.tell(account, licence_text::removed(place.pool(), of));
            }
        }
        self.note_duplicates(account, tag);
        self.note_shortages(account, tag);
    }

    /// Looks whether a licence is there from two subscriptions, or no longer.
    pub(crate) fn note_duplicates(&mut self, account: AccountNumber, tag: &EntitlementTag) {
        let place = self.holdings.place(account);
        let licence = self.holdings.licence(account, tag);
        if licence.is_some_and(|licence| licence.has_duplicates(self.now_ms)) {
            self.tell(account, licence_text::duplicate(place.pool(), tag));
        } else {
            self.notices.clear(&place, Topic::DuplicateLicenses, tag.as_str());
        }
    }
}
