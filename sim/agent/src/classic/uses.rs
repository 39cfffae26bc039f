//! What is in use: counts, how each licence stands, and the redundant applications behind them.

use muster_wire::classic::EnforcementMode;

use super::redundancy::Redundancy;
use crate::heap::heap;
use crate::saved::{saved_enum, saved_struct};

/// How one licence stands, in one byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    Waiting,
    InCompliance,
    OutOfCompliance,
    Overage,
    Reserved,
    InvalidTag,
    Disabled,
    Expired,
}

saved_enum!(
    Standing,
    [
        Self::Waiting,
        Self::InCompliance,
        Self::OutOfCompliance,
        Self::Overage,
        Self::Reserved,
        Self::InvalidTag,
        Self::Disabled,
        Self::Expired,
    ]
);

impl Standing {
    /// What a server said; none when no answer to an authorization can say it.
    pub(crate) const fn of(mode: &EnforcementMode) -> Option<Self> {
        Some(match mode {
            EnforcementMode::Waiting => Self::Waiting,
            EnforcementMode::InCompliance => Self::InCompliance,
            EnforcementMode::OutOfCompliance => Self::OutOfCompliance,
            EnforcementMode::Overage => Self::Overage,
            EnforcementMode::ReservationInCompliance => Self::Reserved,
            EnforcementMode::InvalidTag => Self::InvalidTag,
            EnforcementMode::Disabled => Self::Disabled,
            EnforcementMode::AuthorizationExpired => Self::Expired,
            EnforcementMode::Evaluation
            | EnforcementMode::EvaluationExpired
            | EnforcementMode::Other(_) => return None,
        })
    }

    /// As a product instance shows it (public).
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "PENDING",
            Self::InCompliance => "AUTHORIZED",
            Self::OutOfCompliance => "OUT OF COMPLIANCE",
            Self::Overage => "OVERAGE",
            Self::Reserved => "AUTHORIZED - RESERVED",
            Self::InvalidTag => "INVALID TAG",
            Self::Disabled => "DISABLED",
            Self::Expired => "AUTHORIZATION EXPIRED",
        }
    }
}

/// One licence in use.
#[derive(Clone, Debug)]
pub(crate) struct Use {
    /// Its place in the platform.
    pub(crate) license: u8,
    pub(crate) standing: Standing,
    pub(crate) count: u32,
    pub(crate) application: Option<Box<Redundancy>>,
}

/// Every licence in use, in the order of the platform.
#[derive(Clone, Debug, Default)]
pub(crate) struct Uses(pub(crate) Vec<Use>);

heap!(Use { application });
heap!(Uses { 0 });
saved_struct!(Use { license, standing, count, application });
saved_struct!(Uses { 0 });

impl Uses {
    /// Whether anything is in use.
    pub(crate) fn any(&self) -> bool {
        self.0.iter().any(|used| used.count > 0)
    }

    /// How many of a licence are in use.
    pub(crate) fn count(&self, license: u8) -> u32 {
        self.find(license).map_or(0, |used| used.count)
    }

    pub(crate) fn find(&self, license: u8) -> Option<&Use> {
        self.0.iter().find(|used| used.license == license)
    }

    pub(crate) fn find_mut(&mut self, license: u8) -> Option<&mut Use> {
        self.0.iter_mut().find(|used| used.license == license)
    }

    /// The entry of a licence, made when there is none.
    pub(crate) fn entry(&mut self, license: u8) -> &mut Use {
        let at = self.0.partition_point(|used| used.license < license);
        if self.0.get(at).is_none_or(|used| used.license != license) {
            let standing = Standing::Waiting;
            self.0.reserve_exact(1);
            self.0.insert(at, Use { license, standing, count: 0, application: None });
        }
        &mut self.0[at]
    }

    /// Sets how many are in use; whether that changed anything.
    pub(crate) fn set(&mut self, license: u8, count: u32) -> bool {
        if self.count(license) == count {
            return false;
        }
        let used = self.entry(license);
        if used.count == 0 {
            used.standing = Standing::Waiting;
        }
        used.count = count;
        self.tidy();
        true
    }

    /// Drops entries that say nothing.
    pub(crate) fn tidy(&mut self) {
        self.0.retain(|used| used.count > 0 || used.application.is_some());
    }

    /// Gives every licence in use the same standing.
    pub(crate) fn stand(&mut self, standing: Standing) {
        for used in &mut self.0 {
            used.standing = standing;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_in_the_order_of_the_platform_and_go_with_their_count() {
        let mut uses = Uses::default();
        assert!(uses.set(3, 1) && uses.set(1, 2) && uses.set(2, 5));
        assert!(!uses.set(2, 5) && !uses.set(9, 0));
        assert_eq!(uses.0.iter().map(|used| used.license).collect::<Vec<_>>(), [1, 2, 3]);
        assert!(uses.set(2, 0));
        assert_eq!((uses.0.len(), uses.count(2), uses.count(1)), (2, 0, 2));
        assert!(uses.any() && uses.set(1, 0) && uses.set(3, 0) && !uses.any());
    }
}
