//! Throughput levels of a product, and above which of them it needs an export licence.
//!
//! Source: public, Smart Licensing for IOS XE ("configuration of throughput that is greater than
//! 250 Mbps requires authorization before use").

use serde::{Deserialize, Serialize};

/// Throughput levels, Mbit/s.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Throughput {
    /// The levels that can be configured, ascending.
    pub levels_mbps: Vec<u32>,
    /// The highest level that needs no HSEC licence.
    pub free_mbps: u32,
}

impl Throughput {
    /// Whether `mbps` may be configured only with an installed HSEC authorization.
    pub const fn needs_export_license(&self, mbps: u32) -> bool {
        mbps > self.free_mbps
    }

    /// Whether `mbps` is a level of the product.
    pub fn has_level(&self, mbps: u32) -> bool {
        self.levels_mbps.contains(&mbps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_levels_above_the_free_one_need_a_licence() {
        let throughput = Throughput { levels_mbps: vec![10, 250, 1000], free_mbps: 250 };
        let needs = |mbps| throughput.needs_export_license(mbps);
        assert_eq!([10, 250, 251, 1000].map(needs), [false, false, true, true]);
        assert!(throughput.has_level(1000) && !throughput.has_level(500));
    }
}
