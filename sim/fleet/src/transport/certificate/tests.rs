//! Chains of our own authorities, judged at times of our choosing.

use std::io;
use std::time::Duration;

use muster_certs::{Authority, AuthorityOptions, Seed, Tiers, trust_roots_from_pem};
use rustls::client::danger::ServerCertVerifier;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{AlertDescription, CertificateError, Error};

use super::Trust;
use crate::target::{ServerKind, Way};

/// The authority's first day, 2026-01-01, and 100 days later.
const FIRST_S: u64 = 1_767_225_600;
const NOW_S: u64 = FIRST_S + 100 * 86_400;

fn authority(seed: u64) -> Authority {
    Authority::new(&Seed::from_u64(seed), &AuthorityOptions::default()).unwrap()
}

fn roots(authority: &Authority) -> Vec<CertificateDer<'static>> {
    trust_roots_from_pem(&authority.root_pem()).unwrap()
}

/// The chain of a server with this common name and these alternative names.
fn chain(authority: &Authority, common: &str, names: &[&str]) -> Vec<CertificateDer<'static>> {
    let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
    authority.server_identity_named(common, &names).unwrap().chain
}

fn trust(built_in: &[CertificateDer<'static>], imported: &[CertificateDer<'static>]) -> Trust {
    Trust::new(built_in, imported, rustls::crypto::aws_lc_rs::default_provider()).unwrap()
}

fn way(server: ServerKind) -> Way {
    Way { server, is_strict: server.is_strict(), ..Way::default() }
}

/// What an instance makes of a chain: nothing, or the alert it sends and its words.
fn judge(
    trust: &Trust,
    way: &Way,
    chain: &[CertificateDer<'_>],
    host: &str,
    now_s: u64,
) -> Result<(), (AlertDescription, String)> {
    let verifier = trust.verifier(way);
    let name = ServerName::try_from(host.to_owned()).unwrap();
    let now = UnixTime::since_unix_epoch(Duration::from_secs(now_s));
    let judged = verifier.verify_server_cert(&chain[0], &chain[1..], &name, &[], now);
    judged.map(|_| ()).map_err(|error| {
        let Error::InvalidCertificate(inner) = &error else { panic!("{error:?}") };
        let alert = AlertDescription::from(inner.clone());
        (alert, verifier.words(&io::Error::new(io::ErrorKind::InvalidData, error)))
    })
}

#[test]
fn a_chain_of_either_depth_that_names_the_host_is_taken() {
    for tiers in [Tiers::Three, Tiers::Four] {
        let options = AuthorityOptions { tiers, ..AuthorityOptions::default() };
        let ours = Authority::new(&Seed::from_u64(1), &options).unwrap();
        let chain = chain(&ours, "onprem.lab", &["onprem.lab", "127.0.0.1"]);
        let trust = trust(&roots(&ours), &[]);
        for host in ["onprem.lab", "127.0.0.1"] {
            assert_eq!(judge(&trust, &Way::default(), &chain, host, NOW_S), Ok(()), "{host}");
        }
    }
}

/// What it shows, what is trusted, the way, the chain, the host, and the time.
type Case<'a> = (&'a str, &'a Trust, &'a Way, &'a [CertificateDer<'a>], &'a str, u64);

#[test]
fn every_fault_is_told_in_our_words_and_with_its_own_alert() {
    let (ours, theirs) = (authority(1), authority(2));
    let good = chain(&ours, "onprem.lab", &["onprem.lab", "127.0.0.1"]);
    let unstated = Way::default();
    let (gateway, satellite) = (way(ServerKind::TransportGateway), way(ServerKind::Satellite));
    let both = trust(&roots(&ours), &roots(&ours));
    let foreign = trust(&roots(&theirs), &roots(&theirs));
    let root = roots(&ours);
    let nobody = trust(&[], &[]);
    let cut = &good[..1];
    let odd = [CertificateDer::from(vec![0x30, 0x00])];
    let mut changed = good.clone();
    let mut leaf = changed[0].to_vec();
    *leaf.last_mut().unwrap() ^= 1;
    changed[0] = leaf.into();
    // The authority of another depth has another name.
    let three = AuthorityOptions { tiers: Tiers::Three, ..AuthorityOptions::default() };
    let three = Authority::new(&Seed::from_u64(1), &three).unwrap();
    let stranger = [CertificateDer::from(three.sub_ca_der().to_vec())];
    let strange = trust(&stranger, &stranger);
    let last_s = FIRST_S + 365 * 86_400;
    let common_only = chain(&ours, "onprem.lab", &[]);
    let cases: [Case<'_>; 18] = [
        ("an authority as a server", &both, &unstated, &root, "onprem.lab", NOW_S),
        ("an authority of the same name", &foreign, &unstated, &good, "onprem.lab", NOW_S),
        ("a changed certificate", &both, &unstated, &changed, "onprem.lab", NOW_S),
        ("another authority", &strange, &unstated, &good, "onprem.lab", NOW_S),
        ("a chain cut short", &both, &unstated, cut, "onprem.lab", NOW_S),
        ("nothing trusted", &nobody, &unstated, &good, "onprem.lab", NOW_S),
        ("a foreign gateway", &foreign, &gateway, &good, "onprem.lab", NOW_S),
        ("a foreign satellite", &foreign, &satellite, &good, "onprem.lab", NOW_S),
        ("another satellite", &strange, &satellite, &good, "onprem.lab", NOW_S),
        ("nothing imported", &nobody, &satellite, &good, "onprem.lab", NOW_S),
        ("another name", &both, &unstated, &good, "localhost", NOW_S),
        ("an address for a name", &both, &unstated, &good, "127.0.0.2", NOW_S),
        (
            "an alternative name where the common one counts",
            &both,
            &gateway,
            &good,
            "127.0.0.1",
            NOW_S,
        ),
        ("another common name and no other", &both, &unstated, &common_only, "localhost", NOW_S),
        ("over", &both, &unstated, &good, "onprem.lab", last_s + 1),
        ("over for all", &both, &unstated, &good, "onprem.lab", last_s + 3_651 * 86_400),
        ("not begun", &both, &unstated, &good, "onprem.lab", FIRST_S - 1),
        ("no certificate", &both, &unstated, &odd, "onprem.lab", NOW_S),
    ];
    let mut out = String::new();
    for (what, trust, way, chain, host, now_s) in cases {
        let (alert, words) = judge(trust, way, chain, host, now_s).expect_err(what);
        out.push_str(&format!("{what}: {alert:?}\n    {words}\n"));
    }
    insta::assert_snapshot!(out);
}

#[test]
fn the_common_name_counts_where_checking_is_strict_or_it_is_the_only_name() {
    let ours = authority(1);
    let trust = trust(&roots(&ours), &roots(&ours));
    let (lenient, strict) = (Way::default(), Way { is_strict: true, ..Way::default() });
    let is_taken = |way, common: &str, names: &[&str], host| {
        judge(&trust, way, &chain(&ours, common, names), host, NOW_S).is_ok()
    };
    for (common, names, host, if_lenient, if_strict) in [
        ("onprem.lab", &["onprem.lab"][..], "onprem.lab", true, true),
        ("onprem.lab", &["other.lab"], "onprem.lab", false, true),
        ("other.lab", &["onprem.lab"], "onprem.lab", true, false),
        ("onprem.lab", &[], "onprem.lab", true, true),
        ("onprem.lab", &[], "ONPREM.lab", true, true),
        ("*.site.lab", &[], "onprem.site.lab", true, true),
        ("127.0.0.1", &[], "127.0.0.1", true, true),
        ("127.0.0.1", &[], "localhost", false, false),
        ("localhost", &[], "127.0.0.1", false, false),
        ("localhost", &["127.0.0.1"], "127.0.0.1", true, false),
    ] {
        let case = format!("{common} {names:?} {host}");
        assert_eq!(is_taken(&lenient, common, names, host), if_lenient, "{case}");
        assert_eq!(is_taken(&strict, common, names, host), if_strict, "{case}");
    }
}

#[test]
fn each_kind_of_server_leads_to_its_own_authorities() {
    let (licensing, private) = (authority(1), authority(2));
    let trust = trust(&roots(&licensing), &roots(&private));
    let is_taken = |kind, of: &Authority| {
        let chain = chain(of, "onprem.lab", &["onprem.lab"]);
        judge(&trust, &way(kind), &chain, "onprem.lab", NOW_S).is_ok()
    };
    for (kind, to_built_in, to_imported) in [
        (ServerKind::Unstated, true, false),
        (ServerKind::Direct, true, false),
        (ServerKind::TransportGateway, true, false),
        (ServerKind::Satellite, false, true),
    ] {
        assert_eq!(is_taken(kind, &licensing), to_built_in, "{kind:?}");
        assert_eq!(is_taken(kind, &private), to_imported, "{kind:?}");
    }
}

#[test]
fn an_error_about_anything_else_keeps_its_own_words() {
    let ours = authority(1);
    let verifier = trust(&roots(&ours), &[]).verifier(&Way::default());
    let good = chain(&ours, "onprem.lab", &[]);
    let now = UnixTime::since_unix_epoch(Duration::from_secs(NOW_S));
    let ask = |host: &'static str| {
        let name = ServerName::try_from(host).unwrap();
        verifier.verify_server_cert(&good[0], &good[1..], &name, &[], now).map(|_| ())
    };
    let wrapped = |error| io::Error::new(io::ErrorKind::InvalidData, error);
    let refused = ask("localhost").unwrap_err();
    assert!(verifier.words(&wrapped(refused)).starts_with("the URL says `localhost`"));
    assert_eq!(verifier.words(&wrapped(Error::DecryptError)), "cannot decrypt peer's message");
    assert_eq!(verifier.words(&io::Error::other("reset")), "reset");
    // The fault of an earlier chain is none of one that was taken.
    ask("onprem.lab").unwrap();
    let unsigned = Error::InvalidCertificate(CertificateError::BadSignature);
    assert!(verifier.words(&wrapped(unsigned)).contains("BadSignature"));
}

#[test]
fn a_root_that_cannot_be_used_is_named() {
    let provider = rustls::crypto::aws_lc_rs::default_provider;
    let bad = [CertificateDer::from(vec![1, 2, 3])];
    let good = roots(&authority(1));
    let both = [good[0].clone(), bad[0].clone()];
    let error = Trust::new(&both, &[], provider()).unwrap_err().to_string();
    assert!(error.starts_with("trust root 2: "), "{error}");
    let error = Trust::new(&good, &bad, provider()).unwrap_err().to_string();
    assert!(error.starts_with("imported authority 1: "), "{error}");
}
