//! Which product instance is due when: a hierarchical timer wheel over instance numbers, in
//! milliseconds, 16 bytes each and nothing allocated per operation. Time is handed in; what is due
//! comes out by due time and then by number, in whatever order it was set.

use std::cell::Cell;

/// A slot of level `l` is `64^l` ms wide.
const SLOT_BITS: u32 = 6;
const SLOTS: usize = 1 << SLOT_BITS;
/// So many levels cover every `u64`: no horizon, no overflow list.
const LEVELS: usize = u64::BITS.div_ceil(SLOT_BITS) as usize;
/// Ends a list of numbers.
const END: u32 = u32::MAX;
/// In the place of `previous`: the number is not in the wheel.
const UNSET: u32 = u32::MAX - 1;

/// One number's place. The list it is in follows from `due_ms` and the wheel's time.
#[derive(Clone, Copy, Debug)]
struct Place {
    due_ms: u64,
    next: u32,
    previous: u32,
}

const NOWHERE: Place = Place { due_ms: 0, next: END, previous: UNSET };

/// Due times of the numbers `0..n`, each of which is due at most once.
///
/// The level of a number is the highest group of six bits in which its due time differs from the
/// wheel's time. So the slots ahead of the wheel are always in order: every number of a lower level
/// is due before every number of a higher one, and the first occupied slot is found by bit scans.
#[derive(Clone, Debug)]
pub struct TimerWheel {
    places: Vec<Place>,
    heads: Box<[[u32; SLOTS]; LEVELS]>,
    /// One bit for each slot that has a list.
    occupied: [u64; LEVELS],
    elapsed_ms: u64,
    len: u32,
    /// The earliest due time, where it is known.
    earliest_ms: Cell<Option<u64>>,
}

/// A slot and the milliseconds it stands for, both ends inclusive.
struct Slot {
    level: usize,
    index: usize,
    first_ms: u64,
    last_ms: u64,
}

impl TimerWheel {
    /// A wheel with room for the numbers below `numbers`, nothing set, at the time `now_ms`.
    pub fn new(numbers: u32, now_ms: u64) -> Self {
        Self {
            places: vec![NOWHERE; numbers as usize],
            heads: Box::new([[END; SLOTS]; LEVELS]),
            occupied: [0; LEVELS],
            elapsed_ms: now_ms,
            len: 0,
            earliest_ms: Cell::new(None),
        }
    }

    /// Numbers that are set.
    pub fn len(&self) -> usize {
        self.len as usize
    }

    /// Whether nothing is set.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// When `number` is due, milliseconds; `None` when it is not set.
    pub fn due(&self, number: u32) -> Option<u64> {
        let place = self.places.get(number as usize)?;
        (place.previous != UNSET).then_some(place.due_ms)
    }

    /// Makes `number` due at `due_ms`, whether it was set before or not. A time already past is
    /// due at once, and in its order. Makes room for a number beyond those so far.
    ///
    /// # Panics
    ///
    /// For the two highest numbers, which mark ends.
    pub fn set(&mut self, number: u32, due_ms: u64) {
        assert!(number < UNSET, "the two highest numbers mark ends");
        if self.due(number) == Some(due_ms) {
            return;
        }
        let known = self.earliest_ms.get();
        self.clear(number);
        if number as usize >= self.places.len() {
            self.places.resize(number as usize + 1, NOWHERE);
        }
        // Earlier than the earliest is the earliest, also where that one was this number's own.
        if self.is_empty() || known.is_some_and(|earliest| due_ms <= earliest) {
            self.earliest_ms.set(Some(due_ms));
        }
        self.link(number, due_ms);
        self.len += 1;
    }

    /// Takes `number` out; nothing happens when it is not set.
    pub fn clear(&mut self, number: u32) {
        let Some(due_ms) = self.due(number) else { return };
        let Place { next, previous, .. } = self.places[number as usize];
        if next != END {
            self.places[next as usize].previous = previous;
        }
        if previous == END {
            let (level, index) = self.slot_of(due_ms);
            self.heads[level][index] = next;
            if next == END {
                self.occupied[level] &= !(1 << index);
            }
        } else {
            self.places[previous as usize].next = next;
        }
        self.places[number as usize].previous = UNSET;
        self.len -= 1;
        if self.earliest_ms.get() == Some(due_ms) {
            self.earliest_ms.set(None);
        }
    }

    /// The earliest due time, milliseconds.
    ///
    /// Known at once, but for the first time after the earliest number left: then the numbers of
    /// the first occupied slot are looked through. Where the earliest timer is moved again and
    /// again, as with deadlines of exchanges, [`next_wake`](Self::next_wake) costs less.
    pub fn next_due(&self) -> Option<u64> {
        if self.earliest_ms.get().is_none() {
            let earliest = self.first_slot().and_then(|slot| self.earliest_in(&slot));
            self.earliest_ms.set(earliest);
        }
        self.earliest_ms.get()
    }

    /// A time at which to [`advance`](Self::advance): never after the earliest due time, seldom
    /// long before it, and found by bit scans alone.
    pub fn next_wake(&self) -> Option<u64> {
        self.earliest_ms.get().or_else(|| self.first_slot().map(|slot| slot.first_ms))
    }

    /// Takes out everything due at or before `now_ms` and appends it, by due time and then by
    /// number. A `now_ms` before an earlier one counts as that one.
    pub fn advance(&mut self, now_ms: u64, due: &mut Vec<u32>) {
        let now_ms = now_ms.max(self.elapsed_ms);
        while let Some(slot) = self.first_slot()
            && slot.first_ms <= now_ms
        {
            self.occupied[slot.level] &= !(1 << slot.index);
            let mut number = std::mem::replace(&mut self.heads[slot.level][slot.index], END);
            // Nothing is left before the end of this slot, so that the wheel may go there; and
            // numbers that are not due yet are put back as seen from `now_ms`, not level by level.
            self.elapsed_ms = slot.last_ms.min(now_ms);
            let already = due.len();
            let first_due_ms = self.places[number as usize].due_ms;
            let mut at_one_time = true;
            while number != END {
                let Place { due_ms, next, .. } = self.places[number as usize];
                if due_ms <= now_ms {
                    self.places[number as usize].previous = UNSET;
                    due.push(number);
                    at_one_time &= due_ms == first_due_ms;
                } else {
                    self.link(number, due_ms);
                }
                number = next;
            }
            let taken = &mut due[already..];
            self.len -= u32::try_from(taken.len()).expect("at most as many as there are numbers");
            if at_one_time {
                taken.sort_unstable();
            } else {
                taken
                    .sort_unstable_by_key(|number| (self.places[*number as usize].due_ms, *number));
            }
        }
        self.elapsed_ms = now_ms;
        if self.earliest_ms.get().is_some_and(|earliest| earliest <= now_ms) {
            self.earliest_ms.set(None);
        }
    }

    fn link(&mut self, number: u32, due_ms: u64) {
        let (level, index) = self.slot_of(due_ms);
        let next = std::mem::replace(&mut self.heads[level][index], number);
        self.occupied[level] |= 1 << index;
        if next != END {
            self.places[next as usize].previous = number;
        }
        self.places[number as usize] = Place { due_ms, next, previous: END };
    }

    /// Level and index. What is overdue stands in the slot of the wheel's own time, which the next
    /// advance empties first.
    fn slot_of(&self, due_ms: u64) -> (usize, usize) {
        let at_ms = due_ms.max(self.elapsed_ms);
        let differing = (at_ms ^ self.elapsed_ms) | (SLOTS as u64 - 1);
        let level = differing.ilog2() / SLOT_BITS;
        let index = (at_ms >> (level * SLOT_BITS)) % SLOTS as u64;
        (level as usize, index as usize)
    }

    fn first_slot(&self) -> Option<Slot> {
        let level = self.occupied.iter().position(|slots| *slots != 0)?;
        let index = self.occupied[level].trailing_zeros();
        let shift = level as u32 * SLOT_BITS;
        let above = self.elapsed_ms.checked_shr(shift + SLOT_BITS).unwrap_or(0);
        let first_ms = ((above << SLOT_BITS) | u64::from(index)) << shift;
        let last_ms = first_ms | ((1 << shift) - 1);
        Some(Slot { level, index: index as usize, first_ms, last_ms })
    }

    fn earliest_in(&self, slot: &Slot) -> Option<u64> {
        if slot.level == 0 && slot.first_ms > self.elapsed_ms {
            return Some(slot.first_ms);
        }
        let head = self.heads[slot.level][slot.index];
        let place = |number: u32| self.places.get(number as usize);
        std::iter::successors(place(head), |before| place(before.next)).map(|one| one.due_ms).min()
    }
}

#[cfg(test)]
mod tests;
