//! The licences of one ladder in one virtual account: bought, in use, borrowed, reserved.
//!
//! Source: SSM On-Prem 7 User Guide, "About License Hierarchy" and "License Usage" (what is
//! available is bought plus borrowed less lent less in use, and a shortage is out of compliance).

use std::sync::Arc;

use muster_wire::EntitlementTag;
use serde::{Deserialize, Serialize};

use super::lot::Lot;

/// One licence in one virtual account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Licence {
    pub(crate) tag: Arc<EntitlementTag>,
    /// On its ladder, 0 the lowest.
    pub(crate) tier: u8,
    /// Never out of compliance: used only as far as it was authorized.
    pub(crate) export_controlled: bool,
    pub(crate) lots: Vec<Lot>,
    /// Used without an authorization code.
    pub(crate) in_use: u64,
    /// Given out with authorization codes.
    pub(crate) reserved: u64,
    /// Whether somebody set it, so that it is kept when nobody uses it.
    pub(crate) is_set: bool,
    #[serde(default)]
    pub(crate) billing: Billing,
    /// Bundled with the hardware: as many count as bought as are in use (documented).
    #[serde(default)]
    pub(crate) is_reporting_only: bool,
}

/// How licences are paid for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Billing {
    #[default]
    Prepaid,
    /// Each month, by what is used: nothing was bought and nothing is ever short.
    ByUsage,
}

/// How one licence stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Balance {
    pub(crate) purchased: u64,
    pub(crate) in_use: u64,
    pub(crate) reserved: u64,
    /// Lent by higher tiers.
    pub(crate) borrowed: u64,
    /// Lent to lower tiers.
    pub(crate) lent: u64,
}

impl Balance {
    /// What is left; negative when too much is in use.
    pub(crate) fn available(&self) -> i64 {
        let have = self.purchased.saturating_add(self.borrowed);
        let gone = self.lent.saturating_add(self.in_use).saturating_add(self.reserved);
        match have.checked_sub(gone) {
            Some(left) => i64::try_from(left).unwrap_or(i64::MAX),
            None => i64::try_from(gone - have).map_or(i64::MIN, |short| -short),
        }
    }

    fn surplus(&self) -> u64 {
        u64::try_from(self.available()).unwrap_or(0)
    }
}

impl Licence {
    /// Duplicates do not count (documented).
    pub(crate) fn purchased(&self, now_ms: u64) -> u64 {
        if self.follows_use() {
            return self.in_use.saturating_add(self.reserved);
        }
        self.bought(now_ms)
    }

    /// As many as were bought, however they are paid for.
    pub(crate) fn bought(&self, now_ms: u64) -> u64 {
        self.counting_lots(now_ms).map(|lot| lot.quantity_at(now_ms)).sum()
    }

    /// The purchases that count.
    pub(crate) fn counting_lots(&self, now_ms: u64) -> impl Iterator<Item = &Lot> {
        self.counting_places(now_ms).map(|(_, lot)| lot)
    }

    /// The purchases that count, with their places among all.
    pub(super) fn counting_places(&self, now_ms: u64) -> impl Iterator<Item = (usize, &Lot)> {
        let active = self.active_subscription(now_ms);
        let own = self.lots.iter().enumerate().filter(move |(_, lot)| !is_duplicate(lot, active));
        own.filter(move |(_, lot)| lot.quantity_at(now_ms) > 0)
    }

    /// Whether there are always as many as are in use.
    pub(crate) fn follows_use(&self) -> bool {
        self.is_reporting_only || self.billing == Billing::ByUsage
    }

    /// Whether more is in use than was bought, were it prepaid.
    pub(crate) fn lacks_prepaid(&self, now_ms: u64) -> bool {
        self.bought(now_ms) < self.in_use.saturating_add(self.reserved)
    }

    /// Upgrades that do not count yet.
    pub(crate) fn pending(&self) -> u64 {
        let pending = self.lots.iter().filter(|lot| lot.is_pending);
        pending.map(|lot| u64::from(lot.quantity)).sum()
    }

    /// The subscription that counts when there are several: the first.
    fn active_subscription(&self, now_ms: u64) -> Option<&str> {
        let counting = self.lots.iter().filter(|lot| lot.quantity_at(now_ms) > 0);
        counting.filter_map(|lot| lot.subscription_id.as_deref()).next()
    }

    /// Whether it is there from two subscriptions.
    pub(crate) fn has_duplicates(&self, now_ms: u64) -> bool {
        let active = self.active_subscription(now_ms);
        self.lots.iter().any(|lot| lot.quantity_at(now_ms) > 0 && is_duplicate(lot, active))
    }

    /// The lot that is named when the licence is given: the first that counts.
    pub(crate) fn lot_at(&self, now_ms: u64) -> Option<&Lot> {
        self.lots.iter().find(|lot| lot.quantity_at(now_ms) > 0)
    }

    fn balance_alone(&self, now_ms: u64) -> Balance {
        Balance {
            purchased: self.purchased(now_ms),
            in_use: self.in_use,
            reserved: self.reserved,
            borrowed: 0,
            lent: 0,
        }
    }
}

fn is_duplicate(lot: &Lot, active: Option<&str>) -> bool {
    lot.subscription_id.is_some() && lot.subscription_id.as_deref() != active
}

/// Licences of one tier that stand in for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Loan {
    /// Who borrows, by its place on the ladder.
    pub(crate) child: usize,
    /// Who lends.
    pub(crate) parent: usize,
    pub(crate) count: u64,
}

/// The balances of a ladder's licences, which stand in the order of their tiers. Who is short
/// borrows from the nearest higher tier that has some left, then from the next, and a lender never
/// becomes short by lending. Assumed: the order in which several borrow, highest first.
pub(crate) fn balances(ladder: &[Licence], now_ms: u64, may_borrow: bool) -> Vec<Balance> {
    settled(ladder, now_ms, may_borrow).0
}

/// As [`balances`], and who borrows of whom.
pub(crate) fn settled(
    ladder: &[Licence],
    now_ms: u64,
    may_borrow: bool,
) -> (Vec<Balance>, Vec<Loan>) {
    let mut balances: Vec<_> = ladder.iter().map(|licence| licence.balance_alone(now_ms)).collect();
    let mut loans = Vec::new();
    if !may_borrow {
        return (balances, loans);
    }
    for child in (0..ladder.len()).rev() {
        if ladder[child].export_controlled {
            continue;
        }
        for parent in child + 1..ladder.len() {
            let short = balances[child].available().min(0).unsigned_abs();
            if short == 0 {
                break;
            }
            if ladder[parent].tier == ladder[child].tier || ladder[parent].export_controlled {
                continue;
            }
            let taken = short.min(balances[parent].surplus());
            balances[parent].lent += taken;
            balances[child].borrowed += taken;
            if taken > 0 {
                loans.push(Loan { child, parent, count: taken });
            }
        }
    }
    (balances, loans)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::holdings::lot::LotSource;

    fn licence(tier: u8, purchased: u32, in_use: u64) -> Licence {
        Licence {
            tag: Arc::new(EntitlementTag::new(&format!("tier {tier}"))),
            tier,
            export_controlled: false,
            lots: vec![Lot::perpetual(purchased, LotSource::Initial)],
            in_use,
            reserved: 0,
            is_set: false,
            billing: Billing::Prepaid,
            is_reporting_only: false,
        }
    }

    /// Borrowed, lent and available of every licence.
    fn standings(ladder: &[Licence]) -> Vec<(u64, u64, i64)> {
        let all = balances(ladder, 0, true);
        all.iter().map(|of| (of.borrowed, of.lent, of.available())).collect()
    }

    #[test]
    fn the_documented_examples_come_out() {
        let aci = [licence(0, 0, 10), licence(1, 12, 0)];
        assert_eq!(standings(&aci), [(10, 0, 0), (0, 10, 2)]);
        let partly = [licence(0, 10, 21), licence(1, 10, 0)];
        assert_eq!(standings(&partly), [(10, 0, -1), (0, 10, 0)]);
        // Two lower tiers, the nearest higher one lends to both, those above lend nothing.
        let uc = [licence(0, 4, 6), licence(1, 14, 16), licence(2, 10, 0), licence(3, 11, 0)];
        assert_eq!(standings(&uc), [(2, 0, 0), (2, 0, 0), (0, 4, 6), (0, 0, 11)]);
        assert_eq!(standings(&[licence(0, 5, 7)]), [(0, 0, -2)]);
    }

    #[test]
    fn nothing_is_borrowed_downward_sideways_or_while_there_is_enough() {
        let upward = [licence(0, 9, 0), licence(1, 0, 3)];
        assert_eq!(standings(&upward), [(0, 0, 9), (0, 0, -3)]);
        let sideways = [licence(1, 9, 0), licence(1, 0, 3)];
        assert_eq!(standings(&sideways), [(0, 0, 9), (0, 0, -3)]);
        let enough = [licence(0, 3, 3), licence(1, 9, 0)];
        assert_eq!(standings(&enough), [(0, 0, 0), (0, 0, 9)]);
        let without = balances(&[licence(0, 0, 1), licence(1, 9, 0)], 0, false);
        assert_eq!(without[0].available(), -1);
    }

    #[test]
    fn an_export_controlled_licence_neither_borrows_nor_lends() {
        let mut ladder = [licence(0, 0, 1), licence(1, 9, 0)];
        ladder[1].export_controlled = true;
        assert_eq!(standings(&ladder)[0], (0, 0, -1));
    }

    #[test]
    fn extreme_counts_saturate() {
        let much = Balance { in_use: u64::MAX, reserved: u64::MAX, ..Balance::default() };
        assert_eq!(much.available(), i64::MIN);
        let rich = Balance { purchased: u64::MAX, borrowed: u64::MAX, ..Balance::default() };
        assert_eq!(rich.available(), i64::MAX);
    }

    proptest! {
        #[test]
        fn what_is_borrowed_is_lent_and_no_lender_is_short(
            counts in prop::collection::vec((0..4_u8, 0..20_u32, 0..20_u64), 1..6),
        ) {
            let mut ladder: Vec<_> = counts.iter().map(|(t, p, u)| licence(*t, *p, *u)).collect();
            ladder.sort_by_key(|licence| licence.tier);
            let all = balances(&ladder, 0, true);
            let borrowed: u64 = all.iter().map(|of| of.borrowed).sum();
            prop_assert_eq!(borrowed, all.iter().map(|of| of.lent).sum::<u64>());
            for of in &all {
                prop_assert!(of.lent == 0 || of.available() >= 0);
                prop_assert!(of.borrowed == 0 || of.available() <= 0);
            }
        }
    }
}
