//! Which deviations are active; they are switched while the server runs.

use std::sync::atomic::{AtomicU64, Ordering};

use super::change::Change;
use super::{Defect, LISTED};

/// Room for deviations, in steps of 64.
const WORDS: usize = 6;

const _: () = assert!(LISTED.len() <= WORDS * 64, "raise WORDS");

/// The active deviations of one server.
#[derive(Debug, Default)]
pub(crate) struct DefectSet([AtomicU64; WORDS]);

impl DefectSet {
    pub(crate) fn of(defects: &[Defect]) -> Self {
        let set = Self::default();
        for defect in defects {
            set.switch(*defect, true);
        }
        set
    }

    pub(crate) fn has(&self, defect: Defect) -> bool {
        let (word, bit) = place(defect);
        self.0[word].load(Ordering::Relaxed) & bit != 0
    }

    /// Switches one on or off.
    pub(crate) fn switch(&self, defect: Defect, active: bool) {
        let (word, bit) = place(defect);
        if active {
            self.0[word].fetch_or(bit, Ordering::Relaxed);
        } else {
            self.0[word].fetch_and(!bit, Ordering::Relaxed);
        }
    }

    pub(crate) fn active(&self) -> impl Iterator<Item = Defect> {
        let words = self.0.iter().zip(0_u16..);
        words.flat_map(|(word, at)| {
            let bits = word.load(Ordering::Relaxed);
            // Usually nothing is active, and every answer asks.
            let numbers = if bits == 0 { 0..0 } else { 0..64_u16 };
            numbers.filter(move |bit| bits & (1 << bit) != 0).map(move |bit| Defect(at * 64 + bit))
        })
    }

    /// What the active deviations change in answers.
    pub(super) fn changes(&self) -> impl Iterator<Item = &'static Change> {
        self.active().map(|defect| &defect.listed().entry.change)
    }
}

fn place(defect: Defect) -> (usize, u64) {
    (usize::from(defect.0 / 64), 1 << (defect.0 % 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_exactly_what_was_switched_on() {
        let all: Vec<_> = Defect::all().collect();
        let set = DefectSet::of(&all);
        assert_eq!(set.active().collect::<Vec<_>>(), all);
        for defect in &all {
            set.switch(*defect, false);
            assert!(!set.has(*defect));
        }
        assert_eq!(set.active().count(), 0);
    }
}
