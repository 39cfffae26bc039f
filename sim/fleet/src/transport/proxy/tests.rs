//! What a proxy says, byte by byte and without a socket.

use proptest::prelude::*;
use tokio::io::duplex;

use super::*;
use crate::target::Secret;

fn url(text: &str, proxy: &Proxy) -> EndpointUrl {
    let mut url = EndpointUrl::parse(text).unwrap();
    url.way.proxy = Some(Arc::new(proxy.clone()));
    url
}

fn proxy() -> Proxy {
    Proxy::at(EndpointUrl::parse("http://proxy.lab:3128").unwrap())
}

fn known() -> Proxy {
    let secret = |text: &str| Secret::new(text.to_owned());
    proxy().with_credentials(&secret("muster"), &secret("open sesame")).unwrap()
}

/// What comes of asking `proxy` for a tunnel when it says these bytes and goes; and what it heard.
fn ask(proxy: &Proxy, says: &[u8]) -> (Result<u64, (FailureCause, String)>, String) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let (mut here, mut there) = duplex(64 * 1024);
        there.write_all(says).await.unwrap();
        there.shutdown().await.unwrap();
        let url = url("https://onprem.lab/SmartTransport", proxy);
        let asked = open_tunnel(&mut here, proxy, &url).await;
        drop(here);
        let mut heard = String::new();
        there.read_to_string(&mut heard).await.unwrap();
        let asked = asked.map(|carried| carried.received);
        (asked.map_err(|lost| (lost.cause, lost.detail)), heard)
    })
}

#[test]
fn a_tunnel_is_asked_for_by_host_and_port_with_credentials_where_there_are_some() {
    let yes = b"HTTP/1.0 200 Connection established\r\nvia: 1.1 drill\r\n\r\n";
    let (asked, heard) = ask(&proxy(), yes);
    assert_eq!(asked, Ok(yes.len() as u64));
    assert_eq!(heard, "CONNECT onprem.lab:443 HTTP/1.1\r\nhost: onprem.lab:443\r\n\r\n");
    let (_, heard) = ask(&known(), yes);
    assert!(heard.contains("\r\nproxy-authorization: Basic bXVzdGVyOm9wZW4gc2VzYW1l\r\n"));
    let (asked, _) = ask(&proxy(), &[b"HTTP/1.1 100 Continue\r\n\r\n".as_slice(), yes].concat());
    assert!(asked.is_ok());
}

#[test]
fn each_refusal_has_its_own_words() {
    let answers = [
        "HTTP/1.1 407 No\r\nproxy-authenticate: Basic realm=\"x\"\r\n\r\n",
        "HTTP/1.1 407 No\r\nproxy-authenticate: Negotiate\r\nproxy-authenticate: NTLM abc\r\n\r\n",
        "HTTP/1.1 401 Unauthorized\r\n\r\n",
        "HTTP/1.1 403 Forbidden by the drill\r\n\r\n",
        "HTTP/1.1 502 Bad\r\ncontent-length: 900\r\n\r\nbut fewer",
        "HTTP/1.1 504 Late\r\n\r\n",
        "HTTP/1.1 299 Fine\r\n\r\nSSH-2.0",
        "HTTP/1.1 799 What\r\n\r\n",
        "SSH-2.0-drill\r\n\r\n",
        "HTTP/1.1 200",
        "",
    ];
    let mut out = String::new();
    for proxy in [proxy(), known()] {
        for answer in answers {
            let (asked, _) = ask(&proxy, answer.as_bytes());
            let (cause, detail) = asked.unwrap_err();
            assert!(!detail.contains("sesame"));
            out.push_str(&format!("{answer:?}\n    {cause:?}: {detail}\n"));
        }
    }
    insta::assert_snapshot!(out);
}

#[test]
fn a_head_without_end_is_refused() {
    let endless = format!("HTTP/1.1 200 OK\r\nx: {}", "y".repeat(HEAD_BYTES_MAX));
    let (cause, detail) = ask(&proxy(), endless.as_bytes()).0.unwrap_err();
    assert_eq!(cause, FailureCause::Http);
    assert!(detail.ends_with("a head of over 16384 bytes"), "{detail}");
    let provisional = "HTTP/1.1 100 Continue\r\n\r\n".repeat(20);
    assert_eq!(ask(&proxy(), provisional.as_bytes()).0.unwrap_err().0, FailureCause::Http);
}

#[test]
fn a_relay_is_given_the_whole_url_and_a_tunnel_the_path() {
    let (relayed, tunnelled) = (url("http://h:8080/a?b", &proxy()), url("https://h/a?b", &proxy()));
    assert_eq!(request_target(&relayed), "http://h:8080/a?b");
    assert_eq!(request_target(&url("http://[::1]/a", &proxy())), "http://[::1]/a");
    assert_eq!(request_target(&tunnelled), "/a?b");
    assert_eq!(first_stop(&tunnelled), ("proxy.lab", 3128));
    let direct = EndpointUrl::parse("http://h/a?b").unwrap();
    assert_eq!((request_target(&direct), first_stop(&direct)), ("/a?b".to_owned(), ("h", 80)));
}

#[test]
fn credentials_are_asked_for_by_a_proxy_and_never_by_a_server() {
    let asks =
        |url: &EndpointUrl, status| unless_refused(url, status, || vec![b"Digest realm".to_vec()]);
    let lost = asks(&url("http://h/", &proxy()), 407).unwrap_err();
    assert_eq!(lost.cause, FailureCause::Connect);
    assert!(lost.detail.contains("Digest"), "{}", lost.detail);
    assert!(asks(&url("http://h/", &proxy()), 401).is_ok());
    assert!(asks(&url("https://h/", &proxy()), 407).is_ok());
    assert!(asks(&EndpointUrl::parse("http://h/").unwrap(), 407).is_ok());
}

proptest! {
    #[test]
    fn no_answer_panics(bytes in prop::collection::vec(any::<u8>(), 0..300), head: bool) {
        let start: &[u8] = if head { b"HTTP/1.1 200 OK\r\n" } else { b"" };
        let _ = ask(&proxy(), &[start, &bytes].concat());
    }
}
