//! The load client against the one-off client (hyper) with a proxy between them and the server:
//! whatever a relay passes on or a proxy says of a tunnel, both understand the same.

use std::sync::Arc;

use muster_fleet::EndpointUrl;
use muster_fleet::target::Proxy;
use muster_journal::FailureCause;

use crate::load_client_differential::{BODIES, HEADS, LINES, Stage, compare};

/// A server nobody could find, behind a proxy that plays the scripts.
fn behind_a_proxy(url: &'static str) -> Stage {
    Stage::at(move |address| {
        let proxy = Proxy::at(EndpointUrl::parse(&format!("http://{address}")).unwrap());
        let mut url = EndpointUrl::parse(url).unwrap();
        url.way.proxy = Some(Arc::new(proxy));
        url
    })
}

#[test]
fn whatever_a_relay_passes_on_is_understood_the_same() {
    let stage = behind_a_proxy("http://onprem.invalid/SmartTransport");
    for head in HEADS {
        for body in BODIES.iter().take(6) {
            let head = if head.is_empty() { String::new() } else { format!("{head}\r\n") };
            for line in ["HTTP/1.1 200 OK", "HTTP/1.1 407 Who"] {
                let text = format!("{line}\r\n{head}\r\n{body}");
                let (hyper, ours) = stage.one("POST", &text);
                assert_eq!(ours, hyper, "{text:?}");
            }
        }
    }
    let (answered, refused) = compare(&stage, 400);
    assert!(answered > 100 && refused > 80, "{answered} {refused}");
}

#[test]
fn a_relay_that_wants_credentials_is_no_server_that_answers() {
    let stage = behind_a_proxy("http://onprem.invalid/");
    let (hyper, ours) = stage.one("POST", "HTTP/1.1 407 Who\r\ncontent-length: 2\r\n\r\nhi");
    assert_eq!((hyper, ours), (Err(FailureCause::Connect), Err(FailureCause::Connect)));
}

#[test]
fn whatever_a_proxy_says_of_a_tunnel_is_understood_the_same() {
    let stage = behind_a_proxy("https://onprem.invalid/SmartTransport");
    let mut seen = std::collections::BTreeMap::new();
    for line in LINES.iter().chain(&["HTTP/1.1 407 Who", "HTTP/1.1 502 Bad", "HTTP/1.1 504 Late"]) {
        for head in ["", "content-length: 5", "proxy-authenticate: Negotiate", "x: y"] {
            for rest in ["\r\n\r\n", "\n\n", "\r\n", "\r\n\r\nabcde", ""] {
                let head = if head.is_empty() { String::new() } else { format!("\r\n{head}") };
                let text = format!("{line}{head}{rest}");
                let (hyper, ours) = stage.one("POST", &text);
                assert_eq!(ours, hyper, "{text:?}");
                let cause = ours.expect_err("nobody behind the proxy speaks TLS");
                *seen.entry(cause).or_insert(0) += 1;
            }
        }
    }
    // Each way to fail must have been seen, or the comparison says little.
    let causes = [FailureCause::Connect, FailureCause::Tls, FailureCause::Http];
    let causes = causes.iter().chain(&[FailureCause::Timeout, FailureCause::Closed]);
    assert!(
        seen.keys().eq({
            let mut all: Vec<_> = causes.collect();
            all.sort();
            all
        }),
        "{seen:?}"
    );
}
