//! OpenSSL's opinion of chains, names and signatures. Skipped aloud where the `openssl` program
//! is missing, unless `MUSTER_REQUIRE_OPENSSL=1`, which CI sets.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use muster_certs::{Authority, AuthorityOptions, InstanceKey, Seed, Tiers};
use tempfile::TempDir;

/// One day into the default validity, so that the machine's clock does not matter.
const AT_TIME_S: &str = "1767312000";

const NAMES: [&str; 4] = ["licensing.muster.test", "localhost", "127.0.0.1", "::1"];

/// The directory to work in, or nothing when the test cannot run here.
fn workplace() -> Option<TempDir> {
    if Command::new("openssl").arg("version").output().is_ok() {
        return Some(TempDir::new().unwrap());
    }
    let required = std::env::var_os("MUSTER_REQUIRE_OPENSSL").is_some_and(|value| value == "1");
    assert!(!required, "MUSTER_REQUIRE_OPENSSL=1 but there is no openssl program on PATH");
    eprintln!("skipped: no openssl program on PATH");
    None
}

fn openssl(directory: &Path, arguments: &[&str]) -> Output {
    Command::new("openssl").current_dir(directory).args(arguments).output().unwrap()
}

/// Standard output of a call that must succeed.
fn accepted(directory: &Path, arguments: &[&str]) -> String {
    let output = openssl(directory, arguments);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "openssl {arguments:?}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

fn pem(der: &[u8]) -> String {
    let body = STANDARD.encode(der);
    let lines: Vec<&str> =
        body.as_bytes().chunks(64).map(|line| str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"))
}

fn authority(tiers: Tiers) -> Authority {
    let options = AuthorityOptions { tiers, ..AuthorityOptions::default() };
    Authority::new(&Seed::from_u64(41), &options).unwrap()
}

/// Writes root, intermediates, server chain and key where openssl can read them.
fn write_files(directory: &Path, authority: &Authority) {
    let identity = authority.server_identity(&NAMES.map(str::to_owned)).unwrap();
    let intermediates: String = authority.intermediates_der().iter().map(|der| pem(der)).collect();
    let files = [
        ("root.pem", authority.root_pem()),
        ("intermediates.pem", intermediates),
        ("chain.pem", identity.chain_pem()),
        ("leaf.pem", pem(&identity.chain[0])),
        ("key.pem", identity.key_pem()),
        ("signing.pem", pem(authority.signing_certificate_der())),
    ];
    for (name, text) in files {
        fs::write(directory.join(name), text).unwrap();
    }
}

fn verify<'a>(more: &[&'a str], certificate: &'a str) -> Vec<&'a str> {
    let mut arguments = vec!["verify", "-x509_strict", "-attime", AT_TIME_S];
    arguments.extend(["-CAfile", "root.pem", "-untrusted", "intermediates.pem"]);
    arguments.extend(more);
    arguments.push(certificate);
    arguments
}

#[test]
fn both_depths_verify_as_a_tls_server_for_each_name() {
    let Some(place) = workplace() else { return };
    for tiers in [Tiers::Three, Tiers::Four] {
        write_files(place.path(), &authority(tiers));
        for name in NAMES {
            let kind = if name.parse::<std::net::IpAddr>().is_ok() {
                "-verify_ip"
            } else {
                "-verify_hostname"
            };
            let more = ["-purpose", "sslserver", kind, name];
            accepted(place.path(), &verify(&more, "leaf.pem"));
        }
        accepted(place.path(), &verify(&[], "signing.pem"));
        let foreign = ["-verify_hostname", "elsewhere.test"];
        assert!(!openssl(place.path(), &verify(&foreign, "leaf.pem")).status.success());
    }
}

#[test]
fn a_chain_under_another_root_is_refused() {
    let Some(place) = workplace() else { return };
    write_files(place.path(), &authority(Tiers::Four));
    let other = Authority::new(&Seed::from_u64(42), &AuthorityOptions::default()).unwrap();
    fs::write(place.path().join("root.pem"), other.root_pem()).unwrap();
    assert!(!openssl(place.path(), &verify(&[], "leaf.pem")).status.success());
}

#[test]
fn an_instance_certificate_verifies_as_a_client() {
    let Some(place) = workplace() else { return };
    let authority = authority(Tiers::Four);
    write_files(place.path(), &authority);
    let key = InstanceKey::derive(&Seed::from_u64(41), 3, 0).public_key().to_spki_der();
    let der = authority.instance_certificate("P:C9300-24T,S:TST0000A003", &key, 3).unwrap();
    fs::write(place.path().join("instance.pem"), pem(&der)).unwrap();
    accepted(place.path(), &verify(&["-purpose", "sslclient"], "instance.pem"));
    assert!(
        !openssl(place.path(), &verify(&["-purpose", "sslserver"], "instance.pem"))
            .status
            .success()
    );
}

#[test]
fn text_shows_names_and_the_test_marking() {
    let Some(place) = workplace() else { return };
    write_files(place.path(), &authority(Tiers::Four));
    let text = accepted(place.path(), &["x509", "-in", "leaf.pem", "-noout", "-text"]);
    for part in [
        "DNS:licensing.muster.test, DNS:localhost",
        "IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1",
        "Muster TEST server",
        "Muster TEST, not for production",
        "Not Before: Jan  1 00:00:00 2026 GMT",
        "Not After : Jan  1 00:00:00 2027 GMT",
    ] {
        assert!(text.contains(part), "no {part:?} in:\n{text}");
    }
}

#[test]
fn the_private_key_belongs_to_the_leaf() {
    let Some(place) = workplace() else { return };
    write_files(place.path(), &authority(Tiers::Three));
    let from_key = accepted(place.path(), &["pkey", "-in", "key.pem", "-pubout"]);
    let from_leaf = accepted(place.path(), &["x509", "-in", "chain.pem", "-noout", "-pubkey"]);
    assert_eq!(from_key, from_leaf);
}

#[test]
fn openssl_verifies_instance_and_server_signatures() {
    let Some(place) = workplace() else { return };
    let authority = authority(Tiers::Four);
    let instance = InstanceKey::derive(&Seed::from_u64(41), 0, 0);
    let message = b"one usage report";
    let cases = [
        (instance.public_key(), instance.sign(message)),
        (authority.signing_public_key(), authority.sign(message)),
    ];
    for (key, signature) in cases {
        fs::write(place.path().join("message"), message).unwrap();
        fs::write(place.path().join("signature"), signature).unwrap();
        fs::write(place.path().join("public.der"), key.to_spki_der()).unwrap();
        let arguments = ["dgst", "-sha256", "-verify", "public.der", "-keyform", "DER"];
        let arguments = [&arguments[..], &["-signature", "signature", "message"]].concat();
        assert!(accepted(place.path(), &arguments).contains("Verified OK"));
        fs::write(place.path().join("message"), b"two usage reports").unwrap();
        assert!(!openssl(place.path(), &arguments).status.success());
    }
}

#[test]
fn an_rsa_agent_key_is_certified_too() {
    let Some(place) = workplace() else { return };
    let authority = authority(Tiers::Three);
    write_files(place.path(), &authority);
    accepted(place.path(), &["genrsa", "-out", "rsa.pem", "2048"]);
    accepted(
        place.path(),
        &["rsa", "-in", "rsa.pem", "-pubout", "-outform", "DER", "-out", "rsa.der"],
    );
    let spki = fs::read(place.path().join("rsa.der")).unwrap();
    let der = authority.instance_certificate("P:C9800-L-F-K9,S:TST0000B001", &spki, 5).unwrap();
    fs::write(place.path().join("rsa-instance.pem"), pem(&der)).unwrap();
    accepted(place.path(), &verify(&["-purpose", "sslclient"], "rsa-instance.pem"));
}
