//! Where the instances are kept: in one row, found by number or by UDI in little memory, because a
//! fleet has a quarter of a million of them.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use muster_wire::Udi;

use super::InstanceHistory;

/// Where an instance is kept. Good as long as the history it came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place(u32);

/// The row of instances.
#[derive(Debug, Default)]
pub(super) struct Instances {
    row: Vec<(Udi, InstanceHistory)>,
    /// Hash of the UDI to its place; a UDI whose hash is taken has the next free number. The UDIs
    /// themselves would take four times the room.
    places: BTreeMap<u64, Place>,
}

impl Instances {
    pub(super) fn at(&self, place: Place) -> &InstanceHistory {
        &self.row[place.0 as usize].1
    }

    pub(super) fn at_mut(&mut self, place: Place) -> &mut InstanceHistory {
        &mut self.row[place.0 as usize].1
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &InstanceHistory> {
        self.row.iter().map(|(_, history)| history)
    }

    pub(super) fn all_mut(&mut self) -> impl Iterator<Item = &mut InstanceHistory> {
        self.row.iter_mut().map(|(_, history)| history)
    }

    pub(super) fn udi(&self, place: Place) -> &Udi {
        &self.row[place.0 as usize].0
    }

    pub(super) fn place(&self, udi: &Udi) -> Option<Place> {
        self.find(udi).ok()
    }

    pub(super) fn place_or_new(&mut self, udi: &Udi) -> Place {
        match self.find(udi) {
            Ok(place) => place,
            Err(vacant) => self.add(vacant, udi.clone(), InstanceHistory::default()),
        }
    }

    /// Adds another shard's instances and tells where each of theirs is kept now.
    pub(super) fn merge(&mut self, other: Self) -> impl Fn(Place) -> Place + use<> {
        let mut moved = Vec::with_capacity(other.row.len());
        for (udi, history) in other.row {
            moved.push(match self.find(&udi) {
                Ok(place) => {
                    *self.at_mut(place) = history;
                    place
                }
                Err(vacant) => self.add(vacant, udi, history),
            });
        }
        move |place| moved[place.0 as usize]
    }

    /// The place of a UDI, or the number under which it can be added.
    fn find(&self, udi: &Udi) -> Result<Place, u64> {
        let mut number = hash(udi);
        while let Some(place) = self.places.get(&number) {
            if self.udi(*place) == udi {
                return Ok(*place);
            }
            number = number.wrapping_add(1);
        }
        Err(number)
    }

    fn add(&mut self, vacant: u64, udi: Udi, history: InstanceHistory) -> Place {
        let place = u32::try_from(self.row.len()).expect("instances have 32-bit numbers");
        self.row.push((udi, history));
        self.places.insert(vacant, Place(place));
        Place(place)
    }
}

/// Keyed alike in every run, and still no hash for which a journal could hold many UDIs of one
/// number.
fn hash(udi: &Udi) -> u64 {
    let mut hasher = DefaultHasher::new();
    udi.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_instance_is_found_again_also_after_a_merge() {
        let udi = |number: u32| Udi::new("MST-9800", &format!("MST{number:08}"));
        let (mut left, mut right) = (Instances::default(), Instances::default());
        for number in 0..2000 {
            let side = if number % 3 == 0 { &mut left } else { &mut right };
            let place = side.place_or_new(&udi(number));
            assert_eq!(side.place_or_new(&udi(number)), place);
        }
        assert_eq!(left.place(&udi(1)), None);
        let theirs = right.place(&udi(1)).expect("just added");
        let moved = left.merge(right);
        assert_eq!(left.udi(moved(theirs)), &udi(1));
        for number in 0..2000 {
            let place = left.place(&udi(number)).expect("added to one of them");
            assert_eq!(left.udi(place), &udi(number));
        }
    }

    #[test]
    fn instances_of_one_number_are_told_apart() {
        let mut all = Instances::default();
        let (first, second) = (Udi::new("A", "1"), Udi::new("A", "2"));
        let place = all.add(hash(&second), first, InstanceHistory::default());
        let other = all.place_or_new(&second);
        assert_ne!(place, other);
        assert_eq!(all.place(&second), Some(other));
    }
}
