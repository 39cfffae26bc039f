//! Certificates of product instances as copies of one: they differ in number, dates, name and key,
//! and in nothing else, so those are written around the parts of a certificate made before.
//!
//! The builder makes the first one and alone defines how they look; a property compares the two.

use aws_lc_rs::digest::{SHA256, digest};
use x509_parser::prelude::{FromDer as _, X509Certificate};

use crate::chain::Validity;
use crate::error::Error;
use crate::public_key::PublicKey;
use crate::signature::Signer;

const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const UTF8_STRING: u8 = 0x0c;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// Version 3.
const VERSION: [u8; 5] = [0xa0, 3, INTEGER, 1, 2];

/// ECDSA with SHA-256 (RFC 5758), as it stands inside and outside the signed part.
const ALGORITHM: [u8; 12] = [SEQUENCE, 10, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];

/// The attribute type of a common name.
const COMMON_NAME: [u8; 5] = [6, 3, 0x55, 0x04, 0x03];

/// Bytes of a key identifier: the first of a SHA-256 over the key.
const KEY_IDENTIFIER_SIZE: usize = 20;

/// More than any certificate of an instance has.
const SIZE: usize = 640;

/// What certificates of product instances have in common.
pub(crate) struct CertificatePattern {
    issuer: Vec<u8>,
    /// The subject's names before the common name.
    organization: Vec<u8>,
    extensions: Vec<u8>,
    /// Where in them the key identifier stands.
    identifier_at: usize,
}

impl CertificatePattern {
    /// The pattern of a certificate that the builder made for `common_name` and `key`; none when
    /// it is laid out otherwise.
    pub(crate) fn of(der: &[u8], common_name: &str, key: &PublicKey) -> Option<Self> {
        let (_, certificate) = X509Certificate::from_der(der).ok()?;
        let tbs = &certificate.tbs_certificate;
        let (signed, spki) = (tbs.as_ref(), key.to_spki_der());
        let key_at = position(signed, &spki)?;
        let extensions = signed[key_at + spki.len()..].to_vec();
        let mut names = Vec::new();
        common_name_into(&mut names, common_name);
        let subject = tbs.subject.as_raw();
        let organization = subject.get(header_size(subject)..)?.strip_suffix(names.as_slice())?;
        let pattern = Self {
            issuer: tbs.issuer.as_raw().to_vec(),
            organization: organization.to_vec(),
            identifier_at: position(&extensions, &identifier(&spki))?,
            extensions,
        };
        Some(pattern)
    }

    /// One more certificate.
    pub(crate) fn issue(
        &self,
        common_name: &str,
        key: &PublicKey,
        serial: u64,
        validity: Validity,
        signer: &Signer,
    ) -> Result<Vec<u8>, Error> {
        let spki = key.to_spki_der();
        let mut names = self.organization.clone();
        common_name_into(&mut names, common_name);
        let mut body = Vec::with_capacity(SIZE);
        body.extend_from_slice(&VERSION);
        serial_into(&mut body, serial);
        body.extend_from_slice(&ALGORITHM);
        body.extend_from_slice(&self.issuer);
        validity_into(&mut body, validity)?;
        element(&mut body, SEQUENCE, &[&names]);
        body.extend_from_slice(&spki);
        let (before, after) = self.extensions.split_at(self.identifier_at);
        let (_, after) = after.split_at(KEY_IDENTIFIER_SIZE);
        for part in [before, &identifier(&spki), after] {
            body.extend_from_slice(part);
        }
        let mut signed = Vec::with_capacity(SIZE);
        element(&mut signed, SEQUENCE, &[&body]);
        let signature = signer.sign(&signed);
        let mut bits = Vec::with_capacity(signature.len() + 4);
        element(&mut bits, BIT_STRING, &[&[0], &signature]);
        let mut certificate = Vec::with_capacity(SIZE);
        element(&mut certificate, SEQUENCE, &[&signed, &ALGORITHM, &bits]);
        Ok(certificate)
    }
}

/// Writes one DER element around `parts`.
fn element(out: &mut Vec<u8>, tag: u8, parts: &[&[u8]]) {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    out.push(tag);
    let [high, low] = u16::try_from(length).expect("a certificate is short").to_be_bytes();
    match (high, low) {
        (0, 0..=0x7f) => out.push(low),
        (0, _) => out.extend([0x81, low]),
        _ => out.extend([0x82, high, low]),
    }
    parts.iter().for_each(|part| out.extend_from_slice(part));
}

/// Bytes of an element's tag and length.
fn header_size(element: &[u8]) -> usize {
    match element.get(1) {
        Some(length) if *length > 0x80 => 2 + usize::from(length & 0x7f),
        _ => 2,
    }
}

fn common_name_into(out: &mut Vec<u8>, common_name: &str) {
    let (mut text, mut attribute) = (Vec::new(), Vec::new());
    element(&mut text, UTF8_STRING, &[common_name.as_bytes()]);
    element(&mut attribute, SEQUENCE, &[&COMMON_NAME, &text]);
    element(out, SET, &[&attribute]);
}

/// Positive and in as few bytes as it takes.
fn serial_into(out: &mut Vec<u8>, serial: u64) {
    let bytes = serial.to_be_bytes();
    let zeros = bytes.iter().take(7).take_while(|byte| **byte == 0).count();
    let sign: &[u8] = if bytes[zeros] & 0x80 == 0 { &[] } else { &[0] };
    element(out, INTEGER, &[sign, &bytes[zeros..]]);
}

fn validity_into(out: &mut Vec<u8>, validity: Validity) -> Result<(), Error> {
    let (start_s, end_s) = validity.seconds()?;
    let mut dates = Vec::with_capacity(34);
    for at_s in [start_s, end_s] {
        date_into(&mut dates, at_s);
    }
    element(out, SEQUENCE, &[&dates]);
    Ok(())
}

/// Two digits for the year until 2049 (RFC 5280, 4.1.2.5).
fn date_into(out: &mut Vec<u8>, at_s: u64) {
    let at = rcgen::date_time_ymd(1970, 1, 1) + std::time::Duration::from_secs(at_s);
    let (date, time) = ((at.year(), u8::from(at.month()), at.day()), at.to_hms());
    let text =
        format!("{:04}{:02}{:02}{:02}{:02}{:02}Z", date.0, date.1, date.2, time.0, time.1, time.2);
    match date.0 {
        1950..2050 => element(out, UTC_TIME, &[&text.as_bytes()[2..]]),
        _ => element(out, GENERALIZED_TIME, &[text.as_bytes()]),
    }
}

fn identifier(spki: &[u8]) -> [u8; KEY_IDENTIFIER_SIZE] {
    *digest(&SHA256, spki).as_ref().first_chunk().expect("SHA-256 has 32 bytes")
}

fn position(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Authority, AuthorityOptions, InstanceKey, Seed, Tiers};

    fn authority(tiers: Tiers) -> Authority {
        let options = AuthorityOptions { tiers, ..AuthorityOptions::default() };
        Authority::new(&Seed::from_u64(4), &options).unwrap()
    }

    /// From the pattern and from the builder.
    fn both(
        authority: &Authority,
        (subject, serial): (&str, u64),
        validity: Validity,
    ) -> [Result<Vec<u8>, Error>; 2] {
        let key = InstanceKey::derive(&Seed::from_u64(4), serial, 0).public_key();
        let spki = key.to_spki_der();
        [
            authority.instance_certificate_of(subject, &key, serial, validity),
            authority.instance_certificate_valid(subject, &spki, serial, validity),
        ]
    }

    #[test]
    fn both_write_the_same_bytes_at_every_edge() {
        let longest = "x".repeat(59);
        for tiers in [Tiers::Three, Tiers::Four] {
            let authority = authority(tiers);
            for serial in [1, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, u64::MAX >> 1, u64::MAX] {
                // 2050-01-01 is the first day with a year of four digits.
                for not_before_ms in [0, 1_999, 1_767_225_600_000, 2_524_521_600_000] {
                    for subject in ["P:C9300-24T,S:MST1", "é", longest.as_str()] {
                        let validity = Validity { not_before_ms, days: 365 };
                        let [ours, builders] = both(&authority, (subject, serial), validity);
                        assert_eq!(ours.unwrap(), builders.unwrap(), "{subject} {serial}");
                    }
                }
            }
        }
    }

    #[test]
    fn both_refuse_the_same() {
        let authority = authority(Tiers::Four);
        let good = Validity { not_before_ms: 0, days: 1 };
        let empty = Validity { days: 0, ..good };
        let longer = "x".repeat(60);
        for (subject, serial, validity) in [
            ("", 1, good),
            (longer.as_str(), 1, good),
            ("a\nb", 1, good),
            ("a", 0, good),
            ("a", 1, empty),
        ] {
            let texts = both(&authority, (subject, serial), validity)
                .map(|result| result.unwrap_err().to_string());
            assert_eq!(texts[0], texts[1]);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn both_write_the_same_bytes(
            subject in "[ -~é€]{1,59}",
            serial in 1_u64..,
            start_s in 0_i64..200_000_000_000,
            days in 1_u32..40_000,
        ) {
            let validity = Validity { not_before_ms: start_s * 1000, days };
            let [ours, builders] = both(&authority(Tiers::Four), (&subject, serial), validity);
            prop_assert_eq!(ours.unwrap(), builders.unwrap());
        }
    }
}
