//! Which licences stand on one ladder, and how high: a higher one may stand in for a lower one.
//!
//! Source: Cisco ACI Smart Licensing, "Out of Compliance Message After Smart Licensing Enabled"
//! (Advantage for Essentials); SSM On-Prem 7 User Guide, "About License Hierarchy" (Network
//! Advantage for Network Essentials). Assumed: that tags whose names differ only in the word of
//! the tier are one ladder, and the short forms of the words.

use muster_wire::EntitlementTag;
use serde::{Deserialize, Serialize};

/// Where a licence stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Rung {
    /// The same text for all licences of a ladder.
    pub(crate) ladder: String,
    /// 0 is the lowest; a licence without tiers is alone on its ladder.
    pub(crate) tier: u8,
}

/// The words of a tier, lowest first.
const WORDS: [&str; 3] = ["essentials", "advantage", "premier"];

/// Short forms as a part of a name of their own.
const SHORT: [&str; 3] = ["ess", "adv", "prem"];

/// Short forms at the end of a name.
const LETTERS: [&str; 3] = ["e", "a", "p"];

/// The rung of a licence.
pub(crate) fn rung(tag: &EntitlementTag) -> Rung {
    let alone = || Rung { ladder: tag.as_str().to_owned(), tier: 0 };
    let Some(name) = name(tag) else { return alone() };
    let name = name.to_ascii_lowercase();
    in_words(&name).or_else(|| in_parts(&name)).unwrap_or_else(alone)
}

/// The name inside a tag: `regid.2017-05.com.cisco.<name>,<version>_<uuid>`.
pub(crate) fn name(tag: &EntitlementTag) -> Option<&str> {
    let (_, rest) = tag.as_str().split_once(".com.cisco.")?;
    rest.rsplit_once(',').map(|(name, _)| name)
}

fn in_words(name: &str) -> Option<Rung> {
    let tier = WORDS.iter().position(|word| name.contains(word))?;
    Some(at(tier, name.replacen(WORDS[tier], "*", 1)))
}

fn in_parts(name: &str) -> Option<Rung> {
    let is_mark = |c: char| c == '_' || c == '-';
    let starts: Vec<usize> = std::iter::once(0)
        .chain(name.match_indices(is_mark).map(|(at, mark)| at + mark.len()))
        .collect();
    let last = starts.len() - 1;
    for (number, start) in starts.into_iter().enumerate() {
        let rest = &name[start..];
        let part = rest.split(is_mark).next().unwrap_or(rest);
        let short = SHORT.iter().position(|word| *word == part);
        let letter = LETTERS.iter().position(|letter| *letter == part);
        // A name that is one letter names no tier.
        if let Some(tier) = short.or(letter.filter(|_| number == last && number > 0)) {
            let after = &rest[part.len()..];
            return Some(at(tier, format!("{}*{after}", &name[..start])));
        }
    }
    None
}

fn at(tier: usize, ladder: String) -> Rung {
    Rung { ladder, tier: u8::try_from(tier).expect("there are three tiers") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str) -> Rung {
        let uuid = "00000000-0000-4000-8000-000000000001";
        rung(&EntitlementTag::new(&format!("regid.2020-01.com.cisco.{name},1.0_{uuid}")))
    }

    #[test]
    fn names_that_differ_in_the_tier_are_one_ladder() {
        for names in [
            ["essentialsk9", "advantagek9", "premierk9"],
            ["C9300_48P_NW_Essentialsk9", "C9300_48P_NW_Advantagek9", "C9300_48P_NW_Premierk9"],
            ["ACI_LEAF_ESS_10G", "ACI_LEAF_ADV_10G", "ACI_LEAF_PREM_10G"],
            ["AIR-DNA-E", "AIR-DNA-A", "AIR-DNA-P"],
            ["DNA_P_50M_E", "DNA_P_50M_A", "DNA_P_50M_P"],
        ] {
            let rungs = names.map(of);
            assert_eq!(rungs.each_ref().map(|rung| rung.tier), [0, 1, 2], "{names:?}");
            assert!(rungs.iter().all(|rung| rung.ladder == rungs[0].ladder), "{rungs:?}");
        }
        assert_ne!(of("dna_advantage-C9400").ladder, of("advantagek9-C9400").ladder);
    }

    #[test]
    fn other_names_stand_alone() {
        for name in ["DNA_HSEC", "A", "_", "WLC_9500C", "CUC_SpeechView"] {
            assert_eq!((of(name).tier, of(name).ladder.starts_with("regid.")), (0, true), "{name}");
        }
        for text in ["", "regid.", ".com.cisco.", ".com.cisco.é-a,"] {
            rung(&EntitlementTag::new(text));
        }
    }
}
