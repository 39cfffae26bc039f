//! The wheel against an ordered set, and what a set cannot tell: widths, bounds and cost.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

const DAY_MS: u64 = 86_400_000;

fn taken(wheel: &mut TimerWheel, now_ms: u64) -> Vec<u32> {
    let mut due = Vec::new();
    wheel.advance(now_ms, &mut due);
    due
}

#[test]
fn a_place_takes_sixteen_bytes() {
    assert_eq!(size_of::<Place>(), 16);
}

#[test]
fn numbers_due_at_one_time_come_out_by_number_whatever_the_order_they_were_set_in() {
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]] {
        let mut wheel = TimerWheel::new(4, 0);
        order.into_iter().for_each(|number| wheel.set(number, 500));
        assert_eq!(taken(&mut wheel, 499), [0; 0]);
        assert_eq!(taken(&mut wheel, 500), [0, 1, 2, 3]);
        assert!(wheel.is_empty());
    }
}

#[test]
fn a_jump_over_thirty_days_gives_everything_in_the_order_of_time() {
    let mut wheel = TimerWheel::new(0, 1_800_000_000_000);
    let start = 1_800_000_000_000;
    for number in 0..1_000_u32 {
        wheel.set(number, start + u64::from(999 - number) * DAY_MS / 40);
    }
    wheel.set(1_000, start + 365 * DAY_MS);
    let expected: Vec<u32> = (0..1_000).rev().collect();
    assert_eq!(taken(&mut wheel, start + 30 * DAY_MS), expected);
    assert_eq!(wheel.next_due(), Some(start + 365 * DAY_MS));
}

#[test]
fn the_end_of_time_can_be_set_and_reached() {
    let mut wheel = TimerWheel::new(3, 7);
    wheel.set(2, u64::MAX);
    wheel.set(1, u64::MAX - 1);
    assert_eq!(wheel.next_due(), Some(u64::MAX - 1));
    assert_eq!(taken(&mut wheel, u64::MAX - 1), [1]);
    assert_eq!(wheel.due(2), Some(u64::MAX));
    assert_eq!(taken(&mut wheel, u64::MAX), [2]);
    wheel.set(0, u64::MAX);
    assert_eq!(taken(&mut wheel, u64::MAX), [0]);
}

#[test]
fn what_is_set_in_the_past_is_due_at_once_and_before_what_is_due_now() {
    let mut wheel = TimerWheel::new(3, 1_000);
    wheel.set(0, 1_000);
    wheel.set(1, 900);
    wheel.set(2, 3);
    assert_eq!(wheel.next_due(), Some(3));
    assert!(wheel.next_wake().is_some_and(|wake| wake <= 1_000));
    assert_eq!(taken(&mut wheel, 1_000), [2, 1, 0]);
}

#[test]
fn a_clock_that_goes_back_takes_nothing_back() {
    let mut wheel = TimerWheel::new(2, 0);
    assert_eq!(taken(&mut wheel, 5_000), [0; 0]);
    wheel.set(0, 4_000);
    wheel.set(1, 5_001);
    assert_eq!(taken(&mut wheel, 10), [0]);
    assert_eq!(taken(&mut wheel, 5_001), [1]);
}

#[test]
#[should_panic(expected = "the two highest numbers mark ends")]
fn a_number_that_marks_an_end_is_refused() {
    TimerWheel::new(0, 0).set(UNSET, 0);
}

#[test]
fn following_the_wakes_of_a_year_takes_few_steps() {
    let mut wheel = TimerWheel::new(1, 1_800_000_000_000);
    let due_ms = 1_800_000_000_000 + 365 * DAY_MS + 1;
    wheel.set(0, due_ms);
    // The wakes by bit scans alone, as after a clear.
    wheel.earliest_ms.set(None);
    let (mut due, mut wakes) = (Vec::new(), 0);
    while let Some(wake_ms) = wheel.next_wake() {
        assert!(wake_ms <= due_ms);
        wheel.advance(wake_ms, &mut due);
        wakes += 1;
    }
    assert_eq!(due, [0]);
    assert!(wakes <= LEVELS, "{wakes} wakes");
}

#[derive(Clone, Debug)]
enum Step {
    Set(u32, Ahead),
    Clear(u32),
    Advance(Ahead),
    AdvanceToNext,
}

/// A time relative to now, of any order of magnitude.
#[derive(Clone, Copy, Debug)]
enum Ahead {
    Back(u64),
    By(u64),
    At(u64),
}

impl Ahead {
    fn from(self, now_ms: u64) -> u64 {
        match self {
            Self::Back(by) => now_ms.saturating_sub(by),
            Self::By(by) => now_ms.saturating_add(by),
            Self::At(at) => at,
        }
    }
}

fn ahead() -> impl Strategy<Value = Ahead> {
    prop_oneof![
        1 => (0_u64..200).prop_map(Ahead::Back),
        4 => (0_u64..130).prop_map(Ahead::By),
        6 => (0_u32..45, any::<u64>()).prop_map(|(bits, any)| Ahead::By(any % (1 << bits))),
        1 => any::<u64>().prop_map(Ahead::At),
        1 => Just(Ahead::At(u64::MAX)),
    ]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let small = (0_u32..45, any::<u64>()).prop_map(|(bits, any)| Ahead::By(any % (1 << bits)));
    let step = prop_oneof![
        8 => (0_u32..40, ahead()).prop_map(|(number, at)| Step::Set(number, at)),
        2 => (0_u32..40).prop_map(Step::Clear),
        3 => small.prop_map(Step::Advance),
        2 => Just(Step::AdvanceToNext),
    ];
    prop::collection::vec(step, 1..200)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn the_wheel_does_what_an_ordered_set_does(start in any::<u64>(), steps in steps()) {
        let mut now_ms = start % (1 << 50);
        let mut wheel = TimerWheel::new(20, now_ms);
        let mut model = BTreeSet::<(u64, u32)>::new();
        for step in steps {
            let to_ms = match step {
                Step::Set(number, ahead) => {
                    model.retain(|(_, one)| *one != number);
                    model.insert((ahead.from(now_ms), number));
                    wheel.set(number, ahead.from(now_ms));
                    None
                }
                Step::Clear(number) => {
                    model.retain(|(_, one)| *one != number);
                    wheel.clear(number);
                    None
                }
                Step::Advance(ahead) => Some(ahead.from(now_ms)),
                Step::AdvanceToNext => model.first().map(|(due_ms, _)| *due_ms),
            };
            if let Some(to_ms) = to_ms {
                now_ms = now_ms.max(to_ms);
                let later = model.iter().copied().filter(|(due_ms, _)| *due_ms > now_ms).collect();
                let due = std::mem::replace(&mut model, later).into_iter();
                let due: Vec<_> = due.filter(|(at, _)| *at <= now_ms).map(|(_, one)| one).collect();
                prop_assert_eq!(taken(&mut wheel, to_ms), due);
            }
            let earliest = model.first().map(|(due_ms, _)| *due_ms);
            // Asked first: `next_due` makes the time known.
            let wake = wheel.next_wake();
            prop_assert_eq!(wake.is_some(), earliest.is_some());
            prop_assert!(wake <= earliest.map(|due_ms| due_ms.max(now_ms)));
            prop_assert_eq!(wheel.next_due(), earliest);
            prop_assert_eq!(wheel.len(), model.len());
            for number in 0..40 {
                let due = model.iter().find(|(_, one)| *one == number).map(|(due_ms, _)| *due_ms);
                prop_assert_eq!(wheel.due(number), due);
            }
        }
    }
}
