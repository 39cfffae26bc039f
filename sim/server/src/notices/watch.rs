//! What the passing of time alone gives occasion to: silent product instances, licences that end.
//!
//! Source: SSM On-Prem 7 User Guide, "Alert Actions" (warnings at 90, 60, 30, 14, 7, 3, 2 and 1
//! days; a silent instance is warned of after 30 and 60 days). Assumed: time is looked at once an
//! hour and whenever somebody reads; of several warnings that were missed the last one is told;
//! half a day before the end is "today".

use muster_wire::Udi;

use super::instance_text;
use super::licence_text::{self, Licences};
use super::topic::Topic;
use crate::defects::Defect;
use crate::holdings::lot::{Lot, LotKind};
use crate::store::Store;

const HOUR_MS: u64 = 3_600_000;
const DAY_MS: u64 = 24 * HOUR_MS;

/// Time left at which a silent product instance is warned of.
const SILENCE_MS: [u64; 8] = [
    60 * DAY_MS,
    30 * DAY_MS,
    14 * DAY_MS,
    7 * DAY_MS,
    3 * DAY_MS,
    2 * DAY_MS,
    DAY_MS,
    12 * HOUR_MS,
];

/// Time left at which licences that end are warned of.
const ENDING_MS: [u64; 9] = [
    90 * DAY_MS,
    60 * DAY_MS,
    30 * DAY_MS,
    14 * DAY_MS,
    7 * DAY_MS,
    3 * DAY_MS,
    2 * DAY_MS,
    DAY_MS,
    12 * HOUR_MS,
];

/// Whole days of a time that is left; a begun day counts, the last half does not.
fn days(left_ms: u64) -> u32 {
    if left_ms <= 12 * HOUR_MS {
        return 0;
    }
    u32::try_from(left_ms.div_ceil(DAY_MS)).unwrap_or(u32::MAX)
}

impl Store {
    /// Looks at what time brought, when the last look is long enough ago.
    pub(crate) fn look_by_and_by(&mut self, now_ms: u64) {
        // A clock that was set back looks again from there.
        let looked_at_ms = *self.notices.looked_at_ms;
        if now_ms < looked_at_ms || now_ms - looked_at_ms >= HOUR_MS {
            self.look(now_ms);
        }
    }

    /// Looks at what time brought since the last look.
    pub(crate) fn look(&mut self, now_ms: u64) {
        let since_ms = *self.notices.looked_at_ms;
        if now_ms != since_ms {
            *self.notices.looked_at_ms = now_ms;
        }
        if now_ms > since_ms {
            self.look_at_silent(since_ms, now_ms);
        }
        self.look_at_terms(now_ms);
        self.look_at_accounts(now_ms);
    }

    fn look_at_silent(&mut self, since_ms: u64, now_ms: u64) {
        let mut told: Vec<Udi> = Vec::new();
        // The nearest end first, so that each instance is told of once.
        for left_ms in SILENCE_MS.into_iter().rev() {
            for udi in self.classic.released_between(since_ms, now_ms, left_ms) {
                if !told.contains(&udi) {
                    self.tell_silent(&udi, now_ms);
                    told.push(udi);
                }
            }
        }
    }

    fn tell_silent(&mut self, udi: &Udi, now_ms: u64) {
        let Some((account, release_at_ms)) = self.classic.warn(udi) else { return };
        let left = days(release_at_ms.saturating_sub(now_ms));
        let (named, place) = (self.named(udi), self.holdings.place(account));
        self.tell(account, instance_text::failed_to_connect(place.pool(), &named, left));
    }

    /// Ends what was told of a silence.
    pub(crate) fn end_silence(&mut self, udi: &Udi) {
        let Some(account) = self.classic.end_silence(udi) else { return };
        let (named, place) = (self.named(udi), self.holdings.place(account));
        self.notices.clear(&place, Topic::ProductInstanceFailedToConnect, &named.udi);
        self.notices.clear(&place, Topic::ProductInstanceFailedToRenew, &named.udi);
        self.tell(account, instance_text::connected(place.pool(), &named));
    }

    /// Tells that an instance's licences are free because it was silent.
    pub(crate) fn tell_released(&mut self, udi: &Udi) {
        let Some((account, _)) = self.classic.warn(udi) else { return };
        let (named, place) = (self.named(udi), self.holdings.place(account));
        self.notices.clear(&place, Topic::ProductInstanceFailedToConnect, &named.udi);
        self.tell(account, instance_text::failed_to_renew(place.pool(), &named));
    }

    /// Warns of lots that end, and takes those away that did.
    fn look_at_terms(&mut self, now_ms: u64) {
        if self.classic.defects.has(Defect::COUNTS_ENDED_SUBSCRIPTIONS) {
            return;
        }
        for (account, tag) in self.holdings.with_terms(now_ms, ENDING_MS[0]) {
            let place = self.holdings.place(account);
            let Ok(licence) = self.holdings.licence_mut(account, &tag) else { continue };
            let mut ended = Vec::new();
            let mut ending = Vec::new();
            licence.lots.retain(|lot| match lot.ends_at_ms {
                Some(end) if end <= now_ms => {
                    ended.push(lot.clone());
                    false
                }
                Some(_) => {
                    ending.push(lot.clone());
                    true
                }
                None => true,
            });
            for lot in &ended {
                let end = lot.ends_at_ms.unwrap_or(now_ms);
                let notice = licence_text::expired(place.pool(), licences(&tag, lot), end);
                self.notices.clear(&place, Topic::LicensesExpiring, &apart(&tag, end));
                self.notices.warned.remove(&(account, tag.as_str().to_owned(), end));
                self.tell(account, notice.apart(&end.to_string()));
            }
            for lot in &ending {
                let end = lot.ends_at_ms.unwrap_or(now_ms);
                let left_ms = end.saturating_sub(now_ms);
                let Some(step) = step(left_ms) else { continue };
                let notice =
                    licence_text::expiring(place.pool(), licences(&tag, lot), days(left_ms), end);
                let notice = notice.apart(&end.to_string());
                let key = (account, tag.as_str().to_owned(), end);
                if self.notices.warned.get(&key) == Some(&step) {
                    self.refresh(&place, notice);
                    continue;
                }
                self.notices.warned.insert(key, step);
                self.tell(account, notice);
            }
            if !ended.is_empty() {
                self.note_shortages(account, &tag);
            }
        }
    }
}

/// The warning that is due with so much time left.
fn step(left_ms: u64) -> Option<u64> {
    ENDING_MS.into_iter().rev().find(|step| left_ms <= *step)
}

/// The key of an alert about licences that end at one time.
fn apart(tag: &muster_wire::EntitlementTag, end: u64) -> String {
    format!("{tag} {end}")
}

/// A lot as texts name it.
pub(crate) fn licences<'a>(tag: &'a muster_wire::EntitlementTag, lot: &'a Lot) -> Licences<'a> {
    Licences {
        tag,
        count: u64::from(lot.quantity),
        kind: match lot.kind {
            LotKind::Perpetual => "perpetual",
            LotKind::Term => "term",
            LotKind::Demo => "demo",
        },
        subscription: lot.subscription_id.as_deref(),
    }
}
