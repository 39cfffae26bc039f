//! Licences that move from one virtual account to another, alone or with their product instance.
//!
//! Source: SSM On-Prem 7 User Guide, "About License Transfers" and "License Transfers" (bought
//! licences move, those in use stay; no more than is available; the longest term first unless
//! asked otherwise) and "About Product Instance (PI) Transfer" (an export-controlled licence goes
//! with its instance, so that nobody becomes out of compliance over it). Assumed: an entry moves
//! as a whole or not at all, and demo licences move before nothing else than their end says.

use std::cmp::Reverse;

use muster_wire::{EntitlementTag, Udi};

use super::lot::{Lot, LotKind};
use super::{AccountNumber, Holdings, LOTS_MAX, published};

/// Which purchases are to move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    Perpetual,
    /// Term and demo licences, those that end last first.
    LongestTermFirst,
    /// Term and demo licences, those that end first first.
    LongestTermLast,
}

/// Why licences do not move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotMoved {
    NoSuchLicence,
    /// More than is available, or than there are of the kind.
    TooMany,
    /// The other account has no place for the licence.
    Full,
}

impl Wanted {
    fn covers(self, lot: &Lot) -> bool {
        (lot.kind == LotKind::Perpetual) == (self == Self::Perpetual)
    }

    fn sort(self, lots: &mut [(usize, u64)]) {
        match self {
            Self::LongestTermLast => lots.sort_by_key(|(_, end)| *end),
            _ => lots.sort_by_key(|(_, end)| Reverse(*end)),
        }
    }
}

impl Holdings {
    /// The tag of a licence an account holds, by its name or by itself.
    pub(crate) fn tag_named(&self, number: AccountNumber, name: &str) -> Option<EntitlementTag> {
        let licences = || self.ladders(number).flatten();
        let by_tag = licences().find(|licence| licence.tag.as_str() == name);
        let named =
            by_tag.or_else(|| licences().find(|of| published::description(&of.tag).0 == name));
        named.map(|licence| EntitlementTag::clone(&licence.tag))
    }

    /// Moves bought licences.
    pub(crate) fn move_licences(
        &mut self,
        (from, to): (AccountNumber, AccountNumber),
        tag: &EntitlementTag,
        (wanted, count): (Wanted, u32),
        now_ms: u64,
    ) -> Result<(), NotMoved> {
        let licence = self.licence(from, tag).ok_or(NotMoved::NoSuchLicence)?;
        let balance = self.balance(from, tag, now_ms, true).ok_or(NotMoved::NoSuchLicence)?;
        let of_kind = licence.counting_lots(now_ms).filter(|lot| wanted.covers(lot));
        let of_kind: u64 = of_kind.map(|lot| lot.quantity_at(now_ms)).sum();
        if balance.available() < i64::from(count) || of_kind < u64::from(count) {
            return Err(NotMoved::TooMany);
        }
        if self.licence_mut(to, tag).map_err(|_| NotMoved::Full)?.lots.len() >= LOTS_MAX {
            return Err(NotMoved::Full);
        }
        self.take_over((from, to), tag, (wanted, count), now_ms);
        Ok(())
    }

    /// Takes purchases out of one account and adds them to the other, as many as count there: a
    /// duplicate stays until it is assigned by its subscription.
    pub(super) fn take_over(
        &mut self,
        (from, to): (AccountNumber, AccountNumber),
        tag: &EntitlementTag,
        (wanted, count): (Wanted, u32),
        now_ms: u64,
    ) {
        let Ok(licence) = self.licence_mut(from, tag) else { return };
        let mut order: Vec<(usize, u64)> = licence
            .counting_places(now_ms)
            .filter(|(_, lot)| wanted.covers(lot))
            .map(|(at, lot)| (at, lot.ends_at_ms.unwrap_or(u64::MAX)))
            .collect();
        wanted.sort(&mut order);
        let mut left = count;
        let mut moved = Vec::new();
        for (at, _) in order {
            let lot = &mut licence.lots[at];
            let part = lot.quantity.min(left);
            lot.quantity -= part;
            left -= part;
            if part > 0 {
                moved.push(Lot { quantity: part, ..lot.clone() });
            }
        }
        // An account that gave everything away is known to hold none.
        licence.is_set = true;
        licence.lots.retain(|lot| lot.quantity > 0);
        let Ok(licence) = self.licence_mut(to, tag) else { return };
        licence.is_set = true;
        for lot in moved {
            let same =
                |known: &&mut Lot| Lot { quantity: lot.quantity, ..Lot::clone(known) } == lot;
            match licence.lots.iter_mut().find(same) {
                Some(known) => known.quantity = known.quantity.saturating_add(lot.quantity),
                None => licence.lots.push(lot),
            }
        }
    }

    /// Moves what a product instance holds by authorization code, with as many bought licences.
    pub(crate) fn move_reservation(&mut self, udi: &Udi, to: AccountNumber, now_ms: u64) {
        let Some(held) = self.reservations.get_mut(udi) else { return };
        let from = std::mem::replace(&mut held.account, to);
        if from == to {
            return;
        }
        for (tag, count) in held.licences.clone() {
            let perpetual = self.licence(from, &tag).map_or(0, |licence| {
                let lots = licence.counting_lots(now_ms);
                lots.filter(|lot| Wanted::Perpetual.covers(lot))
                    .map(|lot| lot.quantity_at(now_ms))
                    .sum()
            });
            let of_perpetual = count.min(u32::try_from(perpetual).unwrap_or(u32::MAX));
            let of_term = count - of_perpetual;
            self.take_over((from, to), &tag, (Wanted::Perpetual, of_perpetual), now_ms);
            self.take_over((from, to), &tag, (Wanted::LongestTermFirst, of_term), now_ms);
            if let Ok(licence) = self.licence_mut(from, &tag) {
                licence.reserved = licence.reserved.saturating_sub(u64::from(count));
            }
            if let Ok(licence) = self.licence_mut(to, &tag) {
                licence.reserved = licence.reserved.saturating_add(u64::from(count));
                licence.export_controlled = true;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Account;
    use crate::holdings::lot::LotSource;

    const UUID: &str = "00000000-0000-4000-8000-000000000001";

    fn tag(name: &str) -> EntitlementTag {
        EntitlementTag::new(&format!("regid.2020-01.com.cisco.{name},1.0_{UUID}"))
    }

    fn holdings() -> (Holdings, AccountNumber, AccountNumber) {
        let mut holdings = Holdings::new([Account::of_test_account("Default")].iter());
        let [from, to] =
            ["From", "To"].map(|name| holdings.create(Account::of_test_account(name), "").unwrap());
        (holdings, from, to)
    }

    fn term(quantity: u32, ends_at_ms: u64) -> Lot {
        let lot = Lot::perpetual(quantity, LotSource::Control);
        Lot { kind: LotKind::Term, ends_at_ms: Some(ends_at_ms), ..lot }
    }

    fn lots(holdings: &Holdings, number: AccountNumber, tag: &EntitlementTag) -> Vec<(u32, u64)> {
        let lots = holdings.licence(number, tag).unwrap().lots.iter();
        let held = lots.filter(|lot| lot.quantity > 0);
        held.map(|lot| (lot.quantity, lot.ends_at_ms.unwrap_or(0))).collect()
    }

    #[test]
    fn only_what_is_available_moves_and_use_stays() {
        let (mut holdings, from, to) = holdings();
        let tag = tag("X");
        holdings.deposit(from, &tag, Lot::perpetual(5, LotSource::Control));
        holdings.add_use(from, &tag, 3).unwrap();
        let mut moved =
            |count| holdings.move_licences((from, to), &tag, (Wanted::Perpetual, count), 1);
        assert_eq!(moved(3), Err(NotMoved::TooMany));
        assert_eq!(moved(2), Ok(()));
        assert_eq!(moved(1), Err(NotMoved::TooMany));
        assert_eq!(lots(&holdings, to, &tag), [(2, 0)]);
        assert_eq!(holdings.licence(from, &tag).unwrap().in_use, 3);
        let unknown = EntitlementTag::new("nobody's");
        let wanted = (Wanted::Perpetual, 1);
        let refused = holdings.move_licences((from, to), &unknown, wanted, 1);
        assert_eq!(refused, Err(NotMoved::NoSuchLicence));
    }

    #[test]
    fn the_longest_term_moves_first_unless_it_is_to_move_last() {
        for (wanted, expected) in [
            (Wanted::LongestTermFirst, vec![(4, 90), (1, 60)]),
            (Wanted::LongestTermLast, vec![(4, 60), (1, 90)]),
        ] {
            let (mut holdings, from, to) = holdings();
            let tag = tag("X");
            for lot in [term(4, 60), term(4, 90), Lot::perpetual(9, LotSource::Control)] {
                holdings.deposit(from, &tag, lot);
            }
            let too_many = holdings.move_licences((from, to), &tag, (wanted, 9), 1);
            assert_eq!(too_many, Err(NotMoved::TooMany));
            assert_eq!(holdings.move_licences((from, to), &tag, (wanted, 5), 1), Ok(()));
            assert_eq!(lots(&holdings, to, &tag), expected);
        }
    }

    #[test]
    fn a_duplicate_neither_moves_nor_makes_more_of_what_can() {
        let (mut holdings, from, to) = holdings();
        let tag = tag("X");
        for (id, ends_at_ms) in [("Sub-1", 60), ("Sub-2", 90)] {
            let lot = Lot { subscription_id: Some(id.to_owned()), ..term(4, ends_at_ms) };
            holdings.deposit(from, &tag, lot);
        }
        let mut moved =
            |count| holdings.move_licences((from, to), &tag, (Wanted::LongestTermFirst, count), 1);
        assert_eq!(moved(5), Err(NotMoved::TooMany));
        assert_eq!(moved(3), Ok(()));
        assert_eq!(lots(&holdings, to, &tag), [(3, 60)]);
        assert_eq!(lots(&holdings, from, &tag), [(1, 60), (4, 90)]);
    }

    #[test]
    fn a_reserved_licence_takes_its_purchase_along() {
        let (mut holdings, from, to) = holdings();
        let (tag, udi) = (tag("X_HSEC"), Udi::new("C8000V", "MST1"));
        holdings.deposit(from, &tag, Lot::perpetual(3, LotSource::Control));
        holdings.reserve(&udi, from, &tag, 2);
        holdings.move_reservation(&udi, to, 1);
        for (number, left) in [(from, 1), (to, 0)] {
            assert_eq!(holdings.balance(number, &tag, 1, true).unwrap().available(), left);
        }
        assert_eq!(lots(&holdings, to, &tag), [(2, 0)]);
        holdings.give_back_all(&udi);
        assert_eq!(holdings.balance(to, &tag, 1, true).unwrap().available(), 2);
    }
}
