//! Same seed and options, same bytes.

use muster_certs::{Authority, AuthorityOptions, InstanceKey, Seed, SigningMode, Tiers};

fn authority(seed: u64, tiers: Tiers, signing: SigningMode) -> Authority {
    let options = AuthorityOptions { tiers, signing, ..AuthorityOptions::default() };
    Authority::new(&Seed::from_u64(seed), &options).expect("default validity is valid")
}

/// Everything an authority can hand out, in one list of byte strings.
fn output(authority: &Authority) -> Vec<Vec<u8>> {
    let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
    let identity = authority.server_identity(&names).expect("the names are valid");
    let key = InstanceKey::derive(&Seed::from_u64(1), 0, 0).public_key().to_spki_der();
    let mut output = authority.intermediates_der();
    output.push(authority.root_der().to_vec());
    output.push(authority.signing_certificate_der().to_vec());
    output.extend(identity.chain.iter().map(|certificate| certificate.to_vec()));
    output.push(identity.key.secret_der().to_vec());
    output.push(
        authority
            .instance_certificate("P:C9300-24T,S:TST0000A001", &key, 9)
            .expect("the request is valid"),
    );
    output.push(authority.sign(b"an acknowledgement"));
    output
}

#[test]
fn same_seed_gives_the_same_chain_identity_certificates_and_signatures() {
    for tiers in [Tiers::Three, Tiers::Four] {
        let first = output(&authority(21, tiers, SigningMode::Deterministic));
        assert_eq!(first, output(&authority(21, tiers, SigningMode::Deterministic)));
    }
}

#[test]
fn another_seed_shares_no_bytes() {
    let first = output(&authority(21, Tiers::Four, SigningMode::Deterministic));
    let second = output(&authority(22, Tiers::Four, SigningMode::Deterministic));
    for (at, (one, other)) in first.iter().zip(&second).enumerate() {
        assert_ne!(one, other, "output {at}");
    }
}

#[test]
fn the_fast_mode_keeps_chain_and_server_identity_reproducible() {
    let slow = output(&authority(21, Tiers::Four, SigningMode::Deterministic));
    let fast = output(&authority(21, Tiers::Four, SigningMode::Fast));
    let fixed = slow.len() - 2;
    assert_eq!(slow[..fixed], fast[..fixed]);
    assert_ne!(slow[fixed..], fast[fixed..]);
}

#[test]
fn both_modes_sign_for_the_same_public_key() {
    let slow = authority(21, Tiers::Three, SigningMode::Deterministic);
    let fast = authority(21, Tiers::Three, SigningMode::Fast);
    assert_eq!(slow.signing_public_key(), fast.signing_public_key());
    assert!(slow.signing_public_key().verify(b"policy", &fast.sign(b"policy")));
    assert!(fast.signing_public_key().verify(b"policy", &slow.sign(b"policy")));
    assert!(!fast.signing_public_key().verify(b"policies", &slow.sign(b"policy")));
}

#[test]
fn other_names_get_another_key_and_serial_number() {
    let authority = authority(21, Tiers::Four, SigningMode::Deterministic);
    let one = authority.server_identity(&["a.test".to_owned()]).unwrap();
    let other = authority.server_identity(&["b.test".to_owned()]).unwrap();
    assert_ne!(one.key, other.key);
    assert_ne!(one.chain[0], other.chain[0]);
    assert_eq!(one.chain[1..], other.chain[1..]);
}

#[test]
fn an_authority_can_be_shared_between_threads() {
    const fn shared<T: Send + Sync>() {}
    shared::<Authority>();
    shared::<InstanceKey>();
}
