//! Disturbances on purpose: who is hit, when, across which moment of the protocol, and whether
//! everybody works again.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use muster_scenarios::model::{Churn, ChurnKind, Crossing};

/// One thing the churn does now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Blow {
    /// The instances of a slot are hit.
    Strike(ChurnKind),
    /// They come back.
    Return(ChurnKind),
}

/// The churn of one scenario on one shard. Times are logical, milliseconds since the epoch.
#[derive(Default)]
pub(super) struct Churning {
    rules: Vec<Churn>,
    seed: u64,
    /// What is planned: when, for which slot, by which rule.
    strikes: BinaryHeap<Reverse<(u64, u32, usize)>>,
    returns: BinaryHeap<Reverse<(u64, u32)>>,
    /// Slots to be hit as soon as the moment they are to cross comes.
    lurking: BTreeMap<u32, usize>,
    away: BTreeMap<u32, ChurnKind>,
    /// Slots that were hit and have not worked since, with how often they were.
    unproven: BTreeMap<u32, u64>,
    pub(super) churned: u64,
    pub(super) recovered: u64,
}

impl Churning {
    pub(super) fn new(rules: &[Churn], seed: u64) -> Self {
        Self { rules: rules.to_vec(), seed, ..Self::default() }
    }

    /// Plans what will happen to the replica in a slot, once arrivals begin at `from_ms`.
    pub(super) fn plan(&mut self, slot: u32, replica: u32, from_ms: u64) {
        for (at, rule) in self.rules.iter().enumerate() {
            let mut chance = Chance::of(self.seed, at as u64, replica);
            if chance.next() * 100.0 < rule.percent {
                let later_ms = (chance.next() * rule.over_ms as f64) as u64;
                let at_ms = from_ms.saturating_add(rule.from_ms).saturating_add(later_ms);
                self.strikes.push(Reverse((at_ms, slot, at)));
            }
        }
    }

    /// When something is planned next.
    pub(super) fn next_ms(&self) -> Option<u64> {
        let strike = self.strikes.peek().map(|Reverse((at_ms, ..))| *at_ms);
        let back = self.returns.peek().map(|Reverse((at_ms, _))| *at_ms);
        match (strike, back) {
            (Some(strike), Some(back)) => Some(strike.min(back)),
            (strike, back) => strike.or(back),
        }
    }

    /// The next thing that is due. `moments` tells for a slot when a poll and a report of its are
    /// due.
    pub(super) fn next_blow(
        &mut self,
        now_ms: u64,
        moments: impl Fn(u32) -> Moments,
    ) -> Option<(u32, Blow)> {
        if let Some(Reverse((_, slot))) = self.returns.peek().filter(|one| one.0.0 <= now_ms) {
            let slot = *slot;
            self.returns.pop();
            return self.away.remove(&slot).map(|kind| (slot, Blow::Return(kind)));
        }
        while let Some(Reverse((_, slot, rule))) =
            self.strikes.peek().filter(|one| one.0.0 <= now_ms)
        {
            let (slot, rule) = (*slot, *rule);
            self.strikes.pop();
            let moments = moments(slot);
            if self.away.contains_key(&slot) {
                // One trouble at a time.
                self.lurking.insert(slot, rule);
            } else if moments.is_there && self.rules[rule].across == Crossing::Anytime {
                return Some((slot, self.strike(slot, rule, now_ms)));
            } else if !moments.is_there || !self.approach(slot, rule, moments, now_ms) {
                self.lurking.insert(slot, rule);
            }
        }
        None
    }

    /// Looks whether the moment a lurking rule waits for has come into view for a slot.
    pub(super) fn look(&mut self, slot: u32, moments: Moments, now_ms: u64) {
        let Some(rule) = self.lurking.get(&slot).copied() else { return };
        if self.away.contains_key(&slot) || !moments.is_there {
            return;
        }
        if self.rules[rule].across == Crossing::Anytime {
            self.lurking.remove(&slot);
            self.strikes.push(Reverse((now_ms, slot, rule)));
        } else if self.approach(slot, rule, moments, now_ms) {
            self.lurking.remove(&slot);
        }
    }

    /// A request of a slot has just gone out: the blow that waited for it, if any.
    pub(super) fn sent(&mut self, slot: u32, now_ms: u64) -> Option<Blow> {
        let rule = self.lurking.get(&slot).copied()?;
        if self.rules[rule].across != Crossing::InFlight || self.away.contains_key(&slot) {
            return None;
        }
        self.lurking.remove(&slot);
        Some(self.strike(slot, rule, now_ms))
    }

    /// An exchange of a slot has ended well: whoever was hit works again.
    pub(super) fn proved(&mut self, slot: u32) {
        if !self.unproven.is_empty()
            && !self.away.contains_key(&slot)
            && let Some(times) = self.unproven.remove(&slot)
        {
            self.recovered += times;
        }
    }

    /// Whether a rule waits for a moment of the slot's.
    pub(super) fn is_lurking(&self, slot: u32) -> bool {
        !self.lurking.is_empty() && self.lurking.contains_key(&slot)
    }

    /// What a slot suffers from now.
    pub(super) fn trouble(&self, slot: u32) -> Option<ChurnKind> {
        if self.away.is_empty() { None } else { self.away.get(&slot).copied() }
    }

    /// Sets the strike so that the instance is away when the moment comes; false when there is no
    /// such moment yet.
    fn approach(&mut self, slot: u32, rule: usize, moments: Moments, now_ms: u64) -> bool {
        let due_ms = match self.rules[rule].across {
            Crossing::PollDue => moments.poll_due_ms,
            Crossing::ReportDue => moments.report_due_ms,
            Crossing::Anytime | Crossing::InFlight => None,
        };
        let Some(due_ms) = due_ms.filter(|due_ms| *due_ms > now_ms) else { return false };
        let at_ms = due_ms.saturating_sub(self.rules[rule].away_ms / 2).max(now_ms);
        // From here on it happens at its time, whatever comes.
        let mut at_once = self.rules[rule].clone();
        at_once.across = Crossing::Anytime;
        let same = self.rules.iter().position(|known| *known == at_once);
        let rule = same.unwrap_or_else(|| {
            self.rules.push(at_once);
            self.rules.len() - 1
        });
        self.strikes.push(Reverse((at_ms, slot, rule)));
        true
    }

    fn strike(&mut self, slot: u32, rule: usize, now_ms: u64) -> Blow {
        let Churn { kind, away_ms, .. } = self.rules[rule];
        self.churned += 1;
        *self.unproven.entry(slot).or_default() += 1;
        if kind != ChurnKind::Reload {
            self.away.insert(slot, kind);
            self.returns.push(Reverse((now_ms.saturating_add(away_ms), slot)));
        }
        Blow::Strike(kind)
    }
}

/// What a slot has coming.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Moments {
    /// Whether anybody plays there.
    pub(super) is_there: bool,
    /// When its next poll is due, milliseconds since the epoch.
    pub(super) poll_due_ms: Option<u64>,
    /// When its next report is due, milliseconds since the epoch.
    pub(super) report_due_ms: Option<u64>,
}

/// Numbers from 0 to 1 that follow from a seed, a rule and a replica (splitmix64).
struct Chance(u64);

impl Chance {
    const fn of(seed: u64, rule: u64, replica: u32) -> Self {
        let replica = (replica as u64).wrapping_mul(0xD134_2543_DE82_EF95);
        Self(seed ^ rule.wrapping_mul(0x2545_F491_4F6C_DD1D) ^ replica)
    }

    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(kind: ChurnKind, percent: f64, across: Crossing) -> Churn {
        Churn { kind, percent, from_ms: 1_000, over_ms: 2_000, away_ms: 500, across }
    }

    fn there(_: u32) -> Moments {
        Moments { is_there: true, ..Moments::default() }
    }

    #[test]
    fn the_share_asked_for_is_hit_within_the_window_and_comes_back() {
        let rules = [rule(ChurnKind::PowerLoss, 10.0, Crossing::Anytime)];
        let mut churning = Churning::new(&rules, 7);
        (0..10_000).for_each(|slot| churning.plan(slot, slot, 0));
        assert!(churning.next_ms().is_some_and(|first| (1_000..1_100).contains(&first)));
        let (mut struck, mut returned) = (0, 0);
        for now_ms in 0..=3_500 {
            while let Some((slot, blow)) = churning.next_blow(now_ms, there) {
                match blow {
                    Blow::Strike(_) => {
                        assert!((1_000..=3_000).contains(&now_ms));
                        assert_eq!(churning.trouble(slot), Some(ChurnKind::PowerLoss));
                        struck += 1;
                    }
                    Blow::Return(_) => {
                        assert_eq!(churning.trouble(slot), None);
                        churning.proved(slot);
                        returned += 1;
                    }
                }
            }
        }
        assert!((900..1_100).contains(&struck), "{struck}");
        assert_eq!((returned, churning.churned, churning.recovered), (struck, struck, struck));
    }

    #[test]
    fn a_strike_across_a_poll_has_the_instance_away_when_the_poll_is_due() {
        let mut churning =
            Churning::new(&[rule(ChurnKind::NetworkLoss, 100.0, Crossing::PollDue)], 7);
        churning.plan(4, 4, 0);
        let at =
            |poll_due_ms| move |_| Moments { is_there: true, poll_due_ms, report_due_ms: None };
        assert_eq!(churning.next_blow(3_000, at(None)), None);
        churning.look(4, at(None)(4), 5_000);
        assert_eq!(churning.next_ms(), None);
        churning.look(4, at(Some(60_000))(4), 6_000);
        assert_eq!(churning.next_ms(), Some(59_750));
        let strike = Blow::Strike(ChurnKind::NetworkLoss);
        assert_eq!(churning.next_blow(59_750, at(None)), Some((4, strike)));
        assert_eq!(churning.next_blow(60_000, at(None)), None);
        let back = Blow::Return(ChurnKind::NetworkLoss);
        assert_eq!(churning.next_blow(60_250, at(None)), Some((4, back)));
    }

    #[test]
    fn a_strike_in_flight_waits_for_a_request() {
        let mut churning =
            Churning::new(&[rule(ChurnKind::PowerLoss, 100.0, Crossing::InFlight)], 7);
        churning.plan(0, 0, 0);
        assert_eq!(churning.sent(0, 10), None);
        assert_eq!(churning.next_blow(3_000, there), None);
        assert_eq!(churning.sent(0, 3_001), Some(Blow::Strike(ChurnKind::PowerLoss)));
        assert_eq!(churning.sent(0, 3_002), None);
    }

    #[test]
    fn whoever_is_hit_twice_before_working_again_recovers_twice() {
        let anytime = rule(ChurnKind::Reload, 100.0, Crossing::Anytime);
        let mut churning = Churning::new(&[anytime.clone(), anytime], 7);
        churning.plan(0, 0, 0);
        while churning.next_blow(10_000, there).is_some() {}
        assert_eq!((churning.churned, churning.recovered), (2, 0));
        churning.proved(0);
        churning.proved(0);
        assert_eq!(churning.recovered, 2);
    }
}
