//! Strict certificate checking over real TLS: what a profile says a server is decides what its
//! certificate must be, and both clients say the same of one that is not.

use std::path::Path;
use std::sync::Arc;

use muster_certs::{Authority, AuthorityOptions, Seed};
use muster_fleet::{HostPolicy, Target};
use muster_journal::FailureCause;
use rustls::ServerConfig;

use crate::proxy::ask;
use crate::socket_server::{Manner, SocketServer, authority, ok};

/// TLS with a common name and alternative names.
fn named(authority: &Authority, common: &str, names: &[&str]) -> Arc<ServerConfig> {
    let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
    let identity = authority.server_identity_named(common, &names).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(identity.chain, identity.key)
        .unwrap();
    Arc::new(config)
}

fn server(config: Arc<ServerConfig>) -> SocketServer {
    SocketServer::secure(config, Manner::Bytes(ok("hello")))
}

/// The endpoint `cslu` as an inline table with `more`, and lists of what is trusted.
fn profile(url: &str, more: &str, roots: &[&Authority], imported: &[&Authority]) -> Target {
    let pem = |list: &[&Authority]| list.iter().map(|one| one.root_pem()).collect::<String>();
    let list = |name: &str, list: &[&Authority]| match list {
        [] => String::new(),
        some => format!("{name}_pem = '''{}'''\n", pem(some)),
    };
    let text = format!(
        "name = \"lab\"\n[endpoints]\ncslu = {{ url = \"{url}\"{more} }}\n[trust]\n{}{}",
        list("roots", roots),
        list("imported", imported)
    );
    Target::from_toml(Path::new("lab.toml"), &text, &HostPolicy::default()).unwrap()
}

fn is_taken(target: &Target) -> bool {
    ask(target).is_ok_and(|received| received.body == b"hello")
}

/// Why the certificate was not taken, the port left out.
fn words(target: &Target) -> String {
    let lost = ask(target).unwrap_err();
    assert_eq!(lost.cause, FailureCause::Tls, "{}", lost.detail);
    lost.detail
}

#[test]
fn a_satellite_over_https_needs_the_import_of_its_authority() {
    let (licensing, private) = (authority(1), authority(2));
    let server = server(named(&private, "127.0.0.1", &["127.0.0.1"]));
    let (url, kind) = (server.url("https", "127.0.0.1"), ", kind = \"satellite\"");
    assert!(is_taken(&profile(&url, kind, &[&licensing], &[&private])));
    let missing = words(&profile(&url, kind, &[&private], &[]));
    assert!(missing.contains("a satellite over https needs the import"), "{missing}");
    let wrong = words(&profile(&url, kind, &[&private], &[&licensing]));
    assert!(wrong.contains("name the authority of this satellite in trust.imported"), "{wrong}");
    // Over http there is nothing to check.
    let plain = SocketServer::plain(Manner::Bytes(ok("hello")));
    assert!(is_taken(&profile(&plain.url("http", "127.0.0.1"), kind, &[], &[])));
}

#[test]
fn gateway_and_cssm_lead_to_what_is_built_in_and_an_import_does_not_count() {
    let (licensing, private) = (authority(1), authority(2));
    for kind in ["direct", "transport_gateway"] {
        let more = format!(", kind = \"{kind}\"");
        let built_in = server(named(&licensing, "127.0.0.1", &["127.0.0.1"]));
        let url = built_in.url("https", "127.0.0.1");
        assert!(is_taken(&profile(&url, &more, &[&licensing], &[])), "{kind}");
        let imported = server(named(&private, "127.0.0.1", &["127.0.0.1"]));
        let url = imported.url("https", "127.0.0.1");
        let refused = words(&profile(&url, &more, &[&licensing], &[&private]));
        assert!(refused.contains("what is imported does not count here"), "{kind}: {refused}");
    }
}

#[test]
fn the_common_name_is_the_host_of_the_url_where_checking_is_strict() {
    let ours = authority(1);
    let server = server(named(&ours, "127.0.0.1", &["localhost"]));
    let by = |host: &str, more: &str| profile(&server.url("https", host), more, &[&ours], &[]);
    assert!(is_taken(&by("127.0.0.1", ", kind = \"transport_gateway\"")));
    let refused = words(&by("localhost", ", kind = \"transport_gateway\""));
    let expected =
        "the URL says `localhost`, but the common name of the certificate is `127.0.0.1`";
    assert!(refused.starts_with(expected), "{refused}");
    assert!(is_taken(&by("localhost", ", kind = \"transport_gateway\", strict = false")));
    // Where nobody asks for strictness the alternative names decide.
    assert!(is_taken(&by("localhost", "")) && is_taken(&by("localhost", ", kind = \"direct\"")));
    let refused = words(&by("127.0.0.1", ""));
    assert!(
        refused.starts_with("the URL says `127.0.0.1`, but the certificate is for `localhost`"),
        "{refused}"
    );
    assert!(is_taken(&by("127.0.0.1", ", strict = true")));
}

#[test]
fn a_certificate_that_is_over_says_since_when() {
    let day_ms = 86_400_000;
    let (begun, days) = (1_577_836_800_000, 30);
    let options =
        AuthorityOptions { not_before_ms: begun, validity_days: days, ..Default::default() };
    let over = Authority::new(&Seed::from_u64(1), &options).unwrap();
    let options = AuthorityOptions {
        not_before_ms: 4_102_444_800_000 + day_ms,
        validity_days: days,
        ..Default::default()
    };
    let coming = Authority::new(&Seed::from_u64(1), &options).unwrap();
    let told = |authority: &Authority| {
        let server = server(named(authority, "127.0.0.1", &["127.0.0.1"]));
        words(&profile(&server.url("https", "127.0.0.1"), "", &[authority], &[]))
    };
    let words = told(&over);
    let expected = "the certificate of `127.0.0.1` expired at 2020-01-31T00:00:00Z; it is 20";
    assert!(words.starts_with(expected), "{words}");
    let words = told(&coming);
    assert!(words.contains("is valid from 2100-01-02T00:00:00Z on; it is 20"), "{words}");
}

#[test]
fn each_kind_of_server_is_found_where_its_url_says_and_not_over_ipv6_where_that_is_not_spoken() {
    let server = SocketServer::plain(Manner::Bytes(ok("hello")));
    let by = |more: &str| profile(&server.url("http", "localhost"), more, &[], &[]);
    // `localhost` has addresses of both kinds on most machines; the server listens on one.
    assert!(is_taken(&by(", ipv6 = false")) && is_taken(&by("")));
    let other = by(", ipv6 = false").endpoints["cslu"].with_path("/other");
    assert!(other.way.is_ipv4_only, "another path is the same way");
}
