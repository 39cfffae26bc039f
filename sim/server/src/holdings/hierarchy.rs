//! Hierarchies that are set: which licences stand in for which, with several parents and children.
//!
//! Source: SSM On-Prem 7 User Guide, "About License Hierarchy" (several parents, several children).
//! Assumed: a hierarchy has levels, and a licence stands in for every one of a lower level.

use muster_wire::EntitlementTag;

use super::family::Licence;
use super::tier::{self, Rung};
use super::{AccountNumber, Holdings};
use crate::product_catalogue;

/// Levels of a hierarchy.
const LEVELS_MAX: usize = 8;

/// Licences of a level.
const LICENCES_MAX: usize = 16;

/// Licences that are in a hierarchy.
const RUNGS_MAX: usize = 1_024;

impl Holdings {
    /// Where a licence stands: as it was set, else as its name says.
    pub(super) fn rung(&self, tag: &EntitlementTag) -> Rung {
        self.rungs.get(tag.as_str()).cloned().unwrap_or_else(|| tier::rung(tag))
    }

    /// Makes licences one hierarchy, the lowest level first.
    pub(crate) fn set_hierarchy(
        &mut self,
        levels: &[Vec<EntitlementTag>],
    ) -> Result<(), &'static str> {
        let all: Vec<&EntitlementTag> = levels.iter().flatten().collect();
        if !(2..=LEVELS_MAX).contains(&levels.len())
            || levels.iter().any(|level| !(1..=LICENCES_MAX).contains(&level.len()))
        {
            return Err("a hierarchy has 2 to 8 levels of 1 to 16 licences");
        }
        if all.iter().any(|tag| !product_catalogue::knows(tag)) {
            return Err("no account can hold one of the licences");
        }
        let is_twice = |at: usize| all[..at].contains(&all[at]);
        if (0..all.len()).any(is_twice) {
            return Err("a licence is named twice");
        }
        if self.rungs.len() + all.len() > RUNGS_MAX {
            return Err("too many licences are in hierarchies");
        }
        let numbers: Vec<_> = self.numbers().collect();
        let mut taken: Vec<(AccountNumber, Licence)> = Vec::new();
        for number in numbers {
            for tag in &all {
                taken.extend(self.take_out(number, tag).map(|licence| (number, licence)));
            }
        }
        let ladder = format!("hierarchy of {}", all[0]);
        for (tier, level) in (0..).zip(levels) {
            for tag in level {
                let rung = Rung { ladder: ladder.clone(), tier };
                self.rungs.insert(tag.as_str().to_owned(), rung);
            }
        }
        for (number, licence) in taken {
            self.put_in(number, licence);
        }
        Ok(())
    }

    fn take_out(&mut self, number: AccountNumber, tag: &EntitlementTag) -> Option<Licence> {
        let name = self.rung(tag).ladder;
        let ladders = &mut self.accounts[number.0].ladders;
        let ladder = ladders.get_mut(&name)?;
        let at = ladder.iter().position(|licence| *licence.tag == *tag)?;
        let licence = ladder.remove(at);
        if ladder.is_empty() {
            ladders.remove(&name);
        }
        Some(licence)
    }

    fn put_in(&mut self, number: AccountNumber, licence: Licence) {
        let Rung { ladder, tier } = self.rung(&licence.tag);
        let ladder = self.accounts[number.0].ladders.or_insert_with(ladder, Vec::new);
        ladder.push(Licence { tier, ..licence });
        ladder.sort_by(|one, other| (one.tier, &one.tag).cmp(&(other.tier, &other.tag)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Account;
    use crate::holdings::lot::{Lot, LotSource};

    const UUID: &str = "00000000-0000-4000-8000-000000000001";

    fn tag(name: &str) -> EntitlementTag {
        EntitlementTag::new(&format!("regid.2020-01.com.cisco.{name},1.0_{UUID}"))
    }

    fn holdings() -> (Holdings, AccountNumber) {
        let mut holdings = Holdings::new([Account::of_test_account("Default")].iter());
        let number = holdings.create(Account::of_test_account("Lab"), "").unwrap();
        (holdings, number)
    }

    #[test]
    fn two_parents_stand_in_for_two_children() {
        let (mut holdings, number) = holdings();
        let [c1, c2, p1, p2] = ["C1", "C2", "P1", "P2"].map(tag);
        for (tag, bought, in_use) in [(&c1, 1, 3), (&c2, 0, 2), (&p1, 3, 0), (&p2, 2, 0)] {
            holdings.add_lot(number, tag, Lot::perpetual(bought, LotSource::Control)).unwrap();
            holdings.add_use(number, tag, in_use).unwrap();
        }
        let levels = [vec![c1.clone(), c2.clone()], vec![p1.clone(), p2.clone()]];
        assert_eq!(holdings.set_hierarchy(&levels), Ok(()));
        let of = |tag| {
            let balance = holdings.balance(number, tag, 0, true).unwrap();
            (balance.borrowed, balance.lent, balance.available())
        };
        assert_eq!([of(&c1), of(&c2)], [(2, 0, 0), (2, 0, 0)]);
        let lent = of(&p1).1 + of(&p2).1;
        assert_eq!((lent, of(&p1).2 + of(&p2).2), (4, 1));
    }

    #[test]
    fn what_is_no_hierarchy_is_refused() {
        let (mut holdings, _) = holdings();
        let unknown = EntitlementTag::new("x");
        for levels in [
            vec![],
            vec![vec![tag("A")]],
            vec![vec![tag("A")], vec![]],
            vec![vec![tag("A")], vec![tag("A")]],
            vec![vec![tag("A")], vec![unknown]],
        ] {
            assert!(holdings.set_hierarchy(&levels).is_err(), "{levels:?}");
        }
    }
}
