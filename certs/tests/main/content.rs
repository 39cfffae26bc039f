//! What issued certificates say, read back with an X.509 parser.

use muster_certs::{
    Authority, AuthorityOptions, Error, InstanceKey, PublicKey, Seed, Tiers, Validity,
};
use x509_parser::prelude::{FromDer as _, X509Certificate};

const UDI: &str = "P:C9300-24T,S:TST0000A001";

fn authority() -> Authority {
    Authority::new(&Seed::from_u64(31), &AuthorityOptions::default())
        .expect("default options are valid")
}

fn instance_spki() -> Vec<u8> {
    InstanceKey::derive(&Seed::from_u64(31), 0, 0).public_key().to_spki_der()
}

fn parse(der: &[u8]) -> X509Certificate<'_> {
    let (rest, certificate) =
        X509Certificate::from_der(der).expect("issued certificates can be read");
    assert!(rest.is_empty());
    certificate
}

#[test]
fn every_subject_says_test() {
    let authority = authority();
    let identity = authority.server_identity(&["localhost".to_owned()]).unwrap();
    let instance = authority.instance_certificate(UDI, &instance_spki(), 1).unwrap();
    let mut all = authority.intermediates_der();
    all.extend([authority.root_der().to_vec(), identity.chain[0].to_vec(), instance]);
    all.push(authority.signing_certificate_der().to_vec());
    for der in &all {
        let certificate = parse(der);
        let subject = certificate.subject();
        let common_name = subject.iter_common_name().next().unwrap().as_str().unwrap();
        let organization = subject.iter_organization().next().unwrap().as_str().unwrap();
        assert!(common_name.contains("TEST"), "{common_name}");
        assert_eq!(organization, "Muster TEST, not for production");
    }
}

#[test]
fn each_certificate_names_its_issuer_and_carries_its_signature() {
    for tiers in [Tiers::Three, Tiers::Four] {
        let options = AuthorityOptions { tiers, ..AuthorityOptions::default() };
        let authority = Authority::new(&Seed::from_u64(31), &options).unwrap();
        let identity = authority.server_identity(&["localhost".to_owned()]).unwrap();
        let mut path: Vec<Vec<u8>> = identity.chain.iter().map(|der| der.to_vec()).collect();
        path.push(authority.root_der().to_vec());
        path.push(authority.root_der().to_vec());
        for pair in path.windows(2) {
            let (subject, issuer) = (parse(&pair[0]), parse(&pair[1]));
            assert_eq!(subject.issuer(), issuer.subject());
            let key = PublicKey::from_spki_der(issuer.public_key().raw).unwrap();
            let signature = &subject.signature_value.data;
            assert!(key.verify(subject.tbs_certificate.as_ref(), signature));
        }
        let levels = path.len() - 1;
        assert_eq!(levels, if tiers == Tiers::Three { 3 } else { 4 });
        assert_eq!(authority.sub_ca_der(), authority.intermediates_der()[0]);
    }
}

#[test]
fn an_instance_certificate_holds_udi_key_serial_number_and_validity() {
    let validity = Validity { not_before_ms: 1_800_000_000_000, days: 364 };
    let spki = instance_spki();
    let der = authority().instance_certificate_valid(UDI, &spki, 0x80ff, validity).unwrap();
    let certificate = parse(&der);
    let common_name = certificate.subject().iter_common_name().next().unwrap();
    assert_eq!(common_name.as_str().unwrap(), "P:C9300-24T,S:TST0000A001 TEST");
    assert_eq!(certificate.public_key().raw, spki);
    assert_eq!(certificate.serial, 0x80ff_u32.into());
    let (start, end) = (certificate.validity().not_before, certificate.validity().not_after);
    assert_eq!(start.timestamp(), 1_800_000_000);
    assert_eq!(end.timestamp() - start.timestamp(), 364 * 86_400);
    assert!(!certificate.is_ca());
}

#[test]
fn certificate_authorities_outlive_a_renewed_leaf() {
    let authority = authority();
    let leaf = authority.instance_certificate(UDI, &instance_spki(), 1).unwrap();
    let leaf_end = parse(&leaf).validity().not_after.timestamp();
    for ca in authority.intermediates_der() {
        assert!(parse(&ca).validity().not_after.timestamp() > leaf_end + 3000 * 86_400);
    }
}

#[test]
fn bad_requests_for_an_instance_certificate_name_what_is_wrong() {
    let authority = authority();
    let spki = instance_spki();
    let issue = |subject: &str, spki: &[u8], serial| {
        authority.instance_certificate(subject, spki, serial).unwrap_err()
    };
    assert!(matches!(issue("", &spki, 1), Error::Subject { length: 0, length_max: 59 }));
    assert!(matches!(issue(&"x".repeat(60), &spki, 1), Error::Subject { length: 60, .. }));
    assert!(matches!(issue("a\nb", &spki, 1), Error::Subject { .. }));
    assert!(matches!(issue(UDI, &spki, 0), Error::SerialNumberZero));
    assert!(matches!(issue(UDI, &spki[..40], 1), Error::Issue { .. }));
    assert!(matches!(issue(UDI, &[0x30; 4096], 1), Error::PublicKeyTooLarge { size: 4096, .. }));
    assert!(authority.instance_certificate(&"x".repeat(59), &spki, 1).is_ok());
}

#[test]
fn an_empty_validity_makes_no_authority() {
    let options = AuthorityOptions { validity_days: 0, ..AuthorityOptions::default() };
    let result = Authority::new(&Seed::from_u64(31), &options);
    assert!(matches!(result, Err(Error::Validity { days: 0, .. })));
}

proptest::proptest! {
    #[test]
    fn no_public_key_bytes_panic_the_issuer(
        bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200),
        at in 0..91_usize,
        value: u8,
    ) {
        let authority = authority();
        proptest::prop_assert!(authority.instance_certificate(UDI, &bytes, 1).is_err());
        let mut spki = instance_spki();
        spki[at] = value;
        // A changed point still has the shape of a key; what matters is that nothing panics
        // and that what is issued can be read.
        if let Ok(der) = authority.instance_certificate(UDI, &spki, 1) {
            parse(&der);
        }
    }
}
