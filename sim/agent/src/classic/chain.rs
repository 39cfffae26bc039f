//! Where the certificates that a server of the classic era gives must lead to.
//!
//! Source: SSM On-Prem 7 User Guide, "A.2 Product Compatibility" (chains of three and four tiers).
//! Public: the agent error for a chain that does not verify. Assumed: an answer holds the issuing
//! CA only, so that of a chain of four tiers the certificate between it and the root is imported
//! together with the root.

use muster_certs::IssuedCertificate;

/// Certificates held; far more than the tiers of all licensing servers one fleet talks to.
const ROOTS_MAX: usize = 64;

/// Certificates an operator trusts.
#[derive(Clone, Debug, Default)]
pub(crate) struct LicensingRoots(Vec<IssuedCertificate>);

impl LicensingRoots {
    pub(crate) fn new(mut certificates: Vec<IssuedCertificate>) -> Self {
        certificates.truncate(ROOTS_MAX);
        Self(certificates)
    }

    /// Whether chains are looked at: somebody said where they must lead.
    pub(crate) fn is_any(&self) -> bool {
        !self.0.is_empty()
    }

    /// Whether `ca` is trusted itself, or issued by a certificate that is and that is valid.
    pub(crate) fn leads(&self, ca: &IssuedCertificate, clock_ms: u64) -> bool {
        self.0.iter().any(|root| {
            let valid = (root.not_before_ms()..=root.not_after_ms()).contains(&clock_ms);
            valid && (root == ca || ca.is_issued_by(root) == Some(true))
        })
    }
}

#[cfg(test)]
mod tests {
    use muster_certs::{Authority, AuthorityOptions, Seed, Tiers};

    use super::*;

    const NOW_MS: u64 = 1_800_000_000_000;

    fn authority(seed: u64, tiers: Tiers) -> Authority {
        let options = AuthorityOptions { tiers, ..AuthorityOptions::default() };
        Authority::new(&Seed::from_u64(seed), &options).unwrap()
    }

    fn read(der: &[u8]) -> IssuedCertificate {
        IssuedCertificate::from_der(der).unwrap()
    }

    #[test]
    fn three_tiers_lead_to_the_root_and_four_need_what_is_between() {
        let three = authority(1, Tiers::Three);
        let roots = LicensingRoots::new(vec![read(three.root_der())]);
        assert!(roots.leads(&read(three.sub_ca_der()), NOW_MS));

        let four = authority(1, Tiers::Four);
        let ca = read(four.sub_ca_der());
        let root = read(four.root_der());
        assert!(!LicensingRoots::new(vec![root.clone()]).leads(&ca, NOW_MS));
        let mut all: Vec<_> = four.intermediates_der().iter().map(|der| read(der)).collect();
        all.retain(|certificate| *certificate != ca);
        all.push(root);
        assert!(LicensingRoots::new(all).leads(&ca, NOW_MS));
    }

    #[test]
    fn another_root_and_one_that_is_not_valid_lead_nowhere() {
        let (ours, theirs) = (authority(1, Tiers::Three), authority(2, Tiers::Three));
        let ca = read(ours.sub_ca_der());
        assert!(!LicensingRoots::new(vec![read(theirs.root_der())]).leads(&ca, NOW_MS));
        assert!(!LicensingRoots::new(vec![read(ours.root_der())]).leads(&ca, u64::MAX));
        assert!(!LicensingRoots::default().is_any());
    }
}
