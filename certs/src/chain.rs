//! The levels of the certificate chain and what every certificate of the PKI has in common.
//! Source: SSM On-Prem 7 User Guide, "A.2 Product Compatibility" (3-tier and 4-tier).

use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyUsagePurpose};
use rustls_pki_types::CertificateDer;

use crate::error::Error;
use crate::private_key::{CertifyingKey, PrivateKey};
use crate::seed::Seed;
use crate::signature::{Signer, SigningMode};

/// Organisation in every subject, so that no certificate can be taken for a real one.
pub(crate) const ORGANIZATION: &str = "Muster TEST, not for production";

/// Start of the year 10000, which no X.509 date can say (RFC 5280, 4.1.2.5), in unix seconds.
const YEAR_10000_S: u64 = 253_402_300_800;

const DAY_S: u64 = 86_400;

/// CAs live ten years longer than leaves: certificates renewed late in a run over years of
/// virtual time must still have a valid issuer.
const CA_EXTRA_DAYS: u32 = 3650;

/// How many levels of certificates a chain has.
///
/// Assumed: the documents count levels without naming them; the levels here are our reading.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tiers {
    /// Root, sub-CA, leaf: what agents before the 4-tier change know.
    Three,
    /// Root, policy CA, sub-CA, leaf: the current chain.
    #[default]
    Four,
}

/// When a certificate is valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// First moment, unix milliseconds; certificates keep whole seconds, the rest is cut off.
    pub not_before_ms: i64,
    /// Days until the certificate expires; `notAfter - notBefore` is exactly this.
    pub days: u32,
}

impl Validity {
    pub(crate) fn apply(self, params: &mut CertificateParams) -> Result<(), Error> {
        let (start_s, end_s) = self.seconds()?;
        let epoch = rcgen::date_time_ymd(1970, 1, 1);
        params.not_before = epoch + Duration::from_secs(start_s);
        params.not_after = epoch + Duration::from_secs(end_s);
        Ok(())
    }

    /// First and last moment, unix seconds.
    pub(crate) fn seconds(self) -> Result<(u64, u64), Error> {
        let refused = Error::Validity { not_before_ms: self.not_before_ms, days: self.days };
        let Ok(start_ms) = u64::try_from(self.not_before_ms) else {
            return Err(refused);
        };
        let start_s = start_ms / 1000;
        let end_s = start_s + u64::from(self.days) * DAY_S;
        if self.days == 0 || end_s >= YEAR_10000_S {
            return Err(refused);
        }
        Ok((start_s, end_s))
    }
}

/// One CA of the chain, with what it needs to issue.
pub(crate) struct CertificateAuthority {
    pub(crate) der: CertificateDer<'static>,
    params: CertificateParams,
    private_key: PrivateKey,
}

impl CertificateAuthority {
    pub(crate) fn issuer(&self, mode: SigningMode) -> Issuer<'static, CertifyingKey> {
        Issuer::new(self.params.clone(), self.private_key.certifying(mode))
    }

    pub(crate) fn signer(&self, mode: SigningMode) -> Signer {
        self.private_key.signer(mode)
    }
}

/// What tells one CA of the chain from the others.
struct Level {
    label: &'static str,
    common_name: &'static str,
    /// Most CAs below this one.
    path_length: u8,
}

/// One root for both depths, so that a target trusting it accepts either chain.
const ROOT: Level = Level { label: "root", common_name: "Muster TEST root CA", path_length: 2 };
const THREE_TIER: [Level; 2] =
    [ROOT, Level { label: "3-tier sub-CA", common_name: "Muster TEST sub-CA", path_length: 0 }];
const FOUR_TIER: [Level; 3] = [
    ROOT,
    Level { label: "policy CA", common_name: "Muster TEST policy CA", path_length: 1 },
    Level { label: "4-tier sub-CA", common_name: "Muster TEST sub-CA 4-tier", path_length: 0 },
];

/// Makes every CA of the chain, root first. Signed reproducibly whatever the run's mode: it
/// happens once, and a target profile may pin the bytes.
pub(crate) fn build(
    seed: &Seed,
    tiers: Tiers,
    leaf_validity: Validity,
) -> Result<Vec<CertificateAuthority>, Error> {
    let days = leaf_validity.days.saturating_add(CA_EXTRA_DAYS);
    let validity = Validity { days, ..leaf_validity };
    let levels: &[Level] = match tiers {
        Tiers::Three => &THREE_TIER,
        Tiers::Four => &FOUR_TIER,
    };
    let mut chain: Vec<CertificateAuthority> = Vec::with_capacity(levels.len());
    for level in levels {
        let private_key = PrivateKey::derive(seed, level.label, 0);
        let mut params = parameters(level.common_name, validity)?;
        params.serial_number = Some(serial_number(seed, level.label, validity));
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(level.path_length));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = private_key.certifying(SigningMode::Deterministic);
        let issued = match chain.last() {
            None => params.self_signed(&key),
            Some(parent) => params.signed_by(&key, &parent.issuer(SigningMode::Deterministic)),
        };
        let subject = level.common_name.to_owned();
        let certificate = issued.map_err(|source| Error::Issue { subject, source })?;
        chain.push(CertificateAuthority { der: certificate.der().clone(), params, private_key });
    }
    Ok(chain)
}

/// What all certificates share: subject, validity, and a pointer to the issuer's key.
pub(crate) fn parameters(
    common_name: &str,
    validity: Validity,
) -> Result<CertificateParams, Error> {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::OrganizationName, ORGANIZATION);
    params.distinguished_name.push(DnType::CommonName, common_name);
    params.use_authority_key_identifier_extension = true;
    validity.apply(&mut params)?;
    Ok(params)
}

/// A serial number for the purpose `label`. Always 16 bytes, so it never meets one of the
/// 64-bit numbers of instance certificates; other validity is another number.
pub(crate) fn serial_number(seed: &Seed, label: &str, validity: Validity) -> rcgen::SerialNumber {
    let Validity { not_before_ms, days } = validity;
    let label = format!("serial number {label} {not_before_ms} {days}");
    let mut bytes = seed.derive(&label, 0)[..16].to_vec();
    // Positive and without leading zeros (RFC 5280, 4.1.2.2).
    bytes[0] = bytes[0] & 0x7f | 0x40;
    rcgen::SerialNumber::from(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn validity_outside_x509_dates_is_refused() {
        for (not_before_ms, days) in
            [(-1, 1), (0, 0), (i64::MIN, 1), (i64::MAX, 1), (0, u32::MAX), (253_402_214_400_000, 1)]
        {
            let validity = Validity { not_before_ms, days };
            let result = validity.apply(&mut CertificateParams::default());
            assert!(matches!(result, Err(Error::Validity { .. })), "{validity:?}");
        }
    }

    #[test]
    fn validity_is_exactly_its_days() {
        let mut params = CertificateParams::default();
        Validity { not_before_ms: 1_999, days: 365 }.apply(&mut params).unwrap();
        assert_eq!(params.not_before.unix_timestamp(), 1);
        assert_eq!((params.not_after - params.not_before).whole_days(), 365);
    }

    #[test]
    fn both_depths_hang_from_one_root() {
        let validity = Validity { not_before_ms: 0, days: 30 };
        let seed = Seed::from_u64(2);
        let three = build(&seed, Tiers::Three, validity).unwrap();
        let four = build(&seed, Tiers::Four, validity).unwrap();
        assert_eq!((three.len(), four.len()), (2, 3));
        assert_eq!(three[0].der, four[0].der);
        assert_ne!(three[1].der, four[2].der);
    }
}
