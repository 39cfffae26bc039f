//! Faults: which ones a condition raises, how severe they are, and what clears them.
//!
//! Source: Cisco ACI Smart Licensing, "Guidelines About Smart Licensing Authorization", "Smart
//! Licensing Usage Guidelines and Limitations" (major is the most severe), "Troubleshooting".
//! Assumed: the names, for no document shows the numbers; that a failed registration is major.

use serde::Serialize;

/// How severe a fault is; none is more severe than major.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// A reminder.
    Info,
    /// Something to act on.
    Major,
}

/// One fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// Which one.
    pub kind: FaultKind,
    /// How severe.
    pub severity: Severity,
    /// The text shown, or the entitlement tag of [`FaultKind::OutOfCompliance`].
    pub detail: String,
}

/// Every fault but one per licence out of compliance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// The instance is not registered.
    NotRegistered,
    /// Neither registered nor with days of evaluation left.
    EvaluationExpired,
    /// One licence is out of compliance.
    OutOfCompliance,
    /// No contact for ninety days.
    AuthorizationExpired,
    /// The ID certificate could not be renewed.
    IdCertificateWarning,
    /// The ID certificate ran out.
    IdCertificateExpired,
    /// The latest registration failed.
    RegistrationFailed,
    /// The latest conversion failed or took too long.
    ConversionFailed,
}

impl FaultKind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::NotRegistered,
        Self::EvaluationExpired,
        Self::OutOfCompliance,
        Self::AuthorizationExpired,
        Self::IdCertificateWarning,
        Self::IdCertificateExpired,
        Self::RegistrationFailed,
        Self::ConversionFailed,
    ];

    /// How severe it is.
    pub const fn severity(self) -> Severity {
        match self {
            Self::NotRegistered => Severity::Info,
            _ => Severity::Major,
        }
    }

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotRegistered => "not_registered",
            Self::EvaluationExpired => "evaluation_expired",
            Self::OutOfCompliance => "out_of_compliance",
            Self::AuthorizationExpired => "authorization_expired",
            Self::IdCertificateWarning => "id_certificate_warning",
            Self::IdCertificateExpired => "id_certificate_expired",
            Self::RegistrationFailed => "registration_failed",
            Self::ConversionFailed => "conversion_failed",
        }
    }

    const fn bit(self) -> u8 {
        1 << (self as u8)
    }
}

/// The faults of one instance at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct FaultSet {
    kinds: u8,
    /// Licences out of compliance, by their place in the platform.
    pub(crate) licenses: u64,
}

impl FaultSet {
    pub(crate) fn set(&mut self, kind: FaultKind, stands: bool) {
        if stands {
            self.kinds |= kind.bit();
        }
    }

    pub(crate) fn set_license(&mut self, license: u8, stands: bool) {
        if stands && license < 64 {
            self.licenses |= 1 << license;
        }
    }

    /// The kinds that stand, in order; [`FaultKind::OutOfCompliance`] is never among them.
    pub(crate) fn kinds(self) -> impl Iterator<Item = FaultKind> {
        FaultKind::ALL.into_iter().filter(move |kind| self.kinds & kind.bit() != 0)
    }

    /// The licences that are out of compliance, by their place in the platform.
    pub(crate) fn licenses(self) -> impl Iterator<Item = u8> {
        (0..64).filter(move |license| self.licenses & (1 << license) != 0)
    }

    /// What is in here and not in `other`.
    pub(crate) const fn without(self, other: Self) -> Self {
        Self { kinds: self.kinds & !other.kinds, licenses: self.licenses & !other.licenses }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn severities_are_as_documented_and_never_above_major() {
        let shown: String = FaultKind::ALL
            .iter()
            .map(|kind| format!("{} {:?}\n", kind.as_str(), kind.severity()))
            .collect();
        insta::assert_snapshot!(shown);
        assert_eq!(FaultKind::ALL.iter().map(|kind| kind.severity()).max(), Some(Severity::Major));
    }

    #[test]
    fn a_set_tells_what_came_and_what_went() {
        let (mut before, mut after) = (FaultSet::default(), FaultSet::default());
        before.set(FaultKind::NotRegistered, true);
        before.set_license(63, true);
        after.set(FaultKind::AuthorizationExpired, true);
        after.set_license(63, true);
        after.set_license(64, true);
        after.set_license(0, true);
        let (raised, cleared) = (after.without(before), before.without(after));
        assert_eq!(raised.kinds().collect::<Vec<_>>(), [FaultKind::AuthorizationExpired]);
        assert_eq!(raised.licenses().collect::<Vec<_>>(), [0]);
        assert_eq!(cleared.kinds().collect::<Vec<_>>(), [FaultKind::NotRegistered]);
        assert_eq!(cleared.licenses().count(), 0);
    }
}
