//! How an APIC counts licences: one per switch in its inventory, of the tier the switch needs.
//!
//! Source: ACI Smart Licensing, "Methods of License Consumption".
//! Assumed: a spine takes one licence of its own whatever its features are, and of several leaves
//! that would do, a command takes those that have the most features enabled already (enabling,
//! disabling) or the least (decommissioning).

use compact_str::CompactString;
use serde::{Deserialize, Serialize};

use crate::saved::saved_struct;

/// Switches of one role in one fabric. Assumed; several times what one fabric holds.
pub(super) const SWITCHES_MAX: u16 = 1000;

/// The fabric an APIC starts with, and the licences its switches take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fabric {
    /// Leaf switches in the inventory at first.
    pub leaves: u16,
    /// Spine switches in the inventory at first.
    pub spines: u16,
    /// Feature name of the licence each spine takes.
    pub spine_license: CompactString,
    /// Feature names of the licences of which each leaf takes one.
    pub leaf_licenses: LeafLicenses,
}

/// Feature names of the leaf licences, by tier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeafLicenses {
    /// Lowest tier; every leaf needs at least this.
    pub essentials: CompactString,
    /// Middle tier.
    pub advantage: CompactString,
    /// Highest tier.
    pub premier: CompactString,
}

/// A tier of leaf features, lowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// What every leaf has.
    Essentials,
    /// The tier above.
    Advantage,
    /// The tier above that.
    Premier,
}

/// What a switch is in the fabric.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SwitchRole {
    /// A leaf switch.
    Leaf,
    /// A spine switch.
    Spine,
}

/// The switches of a fabric now, and the tiers whose features are enabled on its leaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FabricInventory {
    spines: u16,
    /// Leaves by the higher tiers enabled on them: none, Advantage, Premier, both.
    leaves: [u16; 4],
}

impl Fabric {
    /// Feature name of the leaf licence of a tier.
    pub const fn leaf_license(&self, tier: Tier) -> &CompactString {
        match tier {
            Tier::Essentials => &self.leaf_licenses.essentials,
            Tier::Advantage => &self.leaf_licenses.advantage,
            Tier::Premier => &self.leaf_licenses.premier,
        }
    }
}

impl Tier {
    /// Every tier, lowest first.
    pub const ALL: [Self; 3] = [Self::Essentials, Self::Advantage, Self::Premier];

    /// Its mark in the index of [`FabricInventory::leaves`].
    const fn mark(self) -> usize {
        match self {
            Self::Essentials => 0,
            Self::Advantage => 1,
            Self::Premier => 2,
        }
    }
}

saved_struct!(FabricInventory { spines, leaves });

impl FabricInventory {
    /// The switches a fabric starts with; no feature of a higher tier is enabled.
    pub fn new(fabric: &Fabric) -> Self {
        Self { spines: fabric.spines, leaves: [fabric.leaves, 0, 0, 0] }
    }

    /// Adds switches; how many found a place.
    pub fn commission(&mut self, role: SwitchRole, count: u16) -> u16 {
        let before = self.switches(role);
        let added = count.min(SWITCHES_MAX.saturating_sub(before));
        match role {
            SwitchRole::Leaf => self.leaves[0] += added,
            SwitchRole::Spine => self.spines += added,
        }
        added
    }

    /// Takes switches out of the inventory; how many there were to take.
    pub fn decommission(&mut self, role: SwitchRole, count: u16) -> u16 {
        let mut left = count;
        match role {
            SwitchRole::Leaf => self.leaves.iter_mut().for_each(|leaves| take(leaves, &mut left)),
            SwitchRole::Spine => take(&mut self.spines, &mut left),
        }
        count - left
    }

    /// A feature of `tier` is applied to `count` more leaves; on how many it was not yet.
    pub fn enable(&mut self, tier: Tier, count: u16) -> u16 {
        self.mark(count, |set| (set & tier.mark() == 0).then_some(set | tier.mark()))
    }

    /// The last feature of `tier` is removed from `count` leaves, each of which falls back to the
    /// next tier it has features of; on how many there was one.
    pub fn disable(&mut self, tier: Tier, count: u16) -> u16 {
        self.mark(count, |set| (set & tier.mark() != 0).then_some(set & !tier.mark()))
    }

    /// Switches of a role.
    pub fn switches(&self, role: SwitchRole) -> u16 {
        match role {
            SwitchRole::Leaf => self.leaves.iter().sum(),
            SwitchRole::Spine => self.spines,
        }
    }

    /// Leaves whose highest tier with an enabled feature is `tier`.
    pub const fn leaves_of(&self, tier: Tier) -> u16 {
        let [none, advantage, premier, both] = self.leaves;
        match tier {
            Tier::Essentials => none,
            Tier::Advantage => advantage,
            Tier::Premier => premier + both,
        }
    }

    /// Feature name and count of every licence the fabric takes, those it takes none of included.
    pub fn consumption<'a>(&self, fabric: &'a Fabric) -> [(&'a str, u32); 4] {
        let leaf = |tier| (fabric.leaf_license(tier).as_str(), self.leaves_of(tier).into());
        let [essentials, advantage, premier] = Tier::ALL.map(leaf);
        [essentials, advantage, premier, (&fabric.spine_license, self.spines.into())]
    }

    /// Moves up to `count` leaves to the set `moved` gives for theirs, the fullest sets first.
    fn mark(&mut self, count: u16, moved: impl Fn(usize) -> Option<usize>) -> u16 {
        let (mut left, mut after) = (count, self.leaves);
        for set in (0..self.leaves.len()).rev() {
            let Some(to) = moved(set).filter(|to| *to != set) else { continue };
            let mut leaves = self.leaves[set];
            take(&mut leaves, &mut left);
            let taken = self.leaves[set] - leaves;
            after[set] -= taken;
            after[to] += taken;
        }
        self.leaves = after;
        count - left
    }
}

fn take(from: &mut u16, left: &mut u16) {
    let taken = (*from).min(*left);
    *from -= taken;
    *left -= taken;
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fabric() -> Fabric {
        Fabric {
            leaves: 4,
            spines: 2,
            spine_license: "spine".into(),
            leaf_licenses: LeafLicenses {
                essentials: "essentials".into(),
                advantage: "advantage".into(),
                premier: "premier".into(),
            },
        }
    }

    fn counts(inventory: &FabricInventory) -> [u32; 4] {
        inventory.consumption(&fabric()).map(|(_, count)| count)
    }

    #[test]
    fn every_switch_takes_one_licence() {
        let fabric = fabric();
        let consumed = FabricInventory::new(&fabric).consumption(&fabric);
        assert_eq!(consumed, [("essentials", 4), ("advantage", 0), ("premier", 0), ("spine", 2)]);
    }

    #[test]
    fn a_decommissioned_switch_takes_none() {
        let mut inventory = FabricInventory::new(&fabric());
        assert_eq!(inventory.decommission(SwitchRole::Leaf, 1), 1);
        assert_eq!(inventory.decommission(SwitchRole::Spine, 5), 2);
        assert_eq!(counts(&inventory), [3, 0, 0, 0]);
        assert_eq!(inventory.commission(SwitchRole::Leaf, u16::MAX), SWITCHES_MAX - 3);
        assert_eq!(inventory.switches(SwitchRole::Leaf), SWITCHES_MAX);
    }

    #[test]
    fn a_leaf_without_features_of_a_tier_falls_back_to_the_next() {
        let mut inventory = FabricInventory::new(&fabric());
        assert_eq!(inventory.enable(Tier::Advantage, 3), 3);
        assert_eq!(counts(&inventory), [1, 3, 0, 2]);
        assert_eq!(inventory.enable(Tier::Premier, 4), 4);
        assert_eq!(counts(&inventory), [0, 0, 4, 2]);
        assert_eq!(inventory.disable(Tier::Premier, 2), 2);
        assert_eq!(counts(&inventory), [0, 2, 2, 2], "to Advantage where that is enabled");
        assert_eq!(inventory.disable(Tier::Premier, 9), 2);
        assert_eq!(counts(&inventory), [1, 3, 0, 2], "to Essentials where nothing else is");
        assert_eq!(inventory.disable(Tier::Advantage, 9), 3);
        assert_eq!(counts(&inventory), [4, 0, 0, 2]);
        assert_eq!(inventory.disable(Tier::Essentials, 1), 0, "every leaf needs Essentials");
        assert_eq!(inventory.enable(Tier::Essentials, 1), 0);
    }

    proptest! {
        #[test]
        fn leaves_are_never_lost_or_made(
            steps in prop::collection::vec((0..4_u8, 0..2000_u16), 0..40),
        ) {
            let mut inventory = FabricInventory::new(&fabric());
            let mut leaves = 4;
            for (step, count) in steps {
                match step {
                    0 => leaves += inventory.commission(SwitchRole::Leaf, count),
                    1 => leaves -= inventory.decommission(SwitchRole::Leaf, count),
                    2 => { inventory.enable(Tier::Premier, count); }
                    _ => { inventory.disable(Tier::Premier, count); }
                }
                prop_assert_eq!(inventory.switches(SwitchRole::Leaf), leaves);
                let tiers: u16 = Tier::ALL.iter().map(|tier| inventory.leaves_of(*tier)).sum();
                prop_assert_eq!(tiers, leaves);
            }
        }
    }
}
