//! Both clients through a proxy: tunnels and relays, in the clear and over TLS, credentials, and
//! every way in which a proxy can be in the way.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use muster_certs::Authority;
use muster_fleet::transport::{
    Call, Client, ClientOptions, ConnectionUse, LoadClient, LoadOptions, LoadRequest, Received,
    Undelivered,
};
use muster_fleet::{EndpointUrl, HostPolicy, Target};
use muster_journal::FailureCause;

use crate::load_client::{options, run};
use crate::load_client_server::{Deed, LoadServer};
use crate::proxy_server::{Conduct, ProxyServer, Setup};
use crate::socket_server::{Manner, SocketServer, authority, ok, tls};

pub(crate) const CREDENTIALS: &str = "Basic bXVzdGVyOm9wZW4gc2VzYW1l";
const KNOWN: &str = "user = { value = \"muster\" }\npassword = { value = \"open sesame\" }";

/// A target with one endpoint, everything that leads to `authority` trusted.
pub(crate) fn target(url: &str, proxy: &str, authority: &Authority) -> Target {
    let profile = format!(
        "name = \"lab\"\n[endpoints]\ncslu = \"{url}\"\n[trust]\nroots_pem = '''{}'''\n{proxy}\n",
        authority.root_pem()
    );
    let hosts = ["onprem.test", "nowhere.test", "proxy.test"].map(str::to_owned);
    let hosts = HostPolicy { allowed: hosts.to_vec() };
    Target::from_toml(Path::new("lab.toml"), &profile, &hosts).unwrap()
}

fn table(scheme: &str, proxy: &ProxyServer, more: &str) -> String {
    format!("[proxy]\nurl = \"{scheme}://127.0.0.1:{}\"\n{more}", proxy.address.port())
}

/// What the two clients make of the same request; they must agree on all but how it travelled.
pub(crate) fn ask(target: &Target) -> Result<Received, Undelivered> {
    let url = Arc::clone(&target.endpoints["cslu"]);
    let call = call(url);
    let limits =
        ClientOptions { connect_ms_max: 2_000, answer_ms_max: 2_000, answer_bytes_max: 100_000 };
    let single = Client::for_target(target, limits).unwrap();
    let single = run(single.exchange(&call));
    let load = LoadClient::for_target(
        target,
        LoadOptions { keep_alive: false, answer_bytes_max: 100_000, ..options() },
    )
    .unwrap();
    let load = run(load.exchange(1, &LoadRequest::of(&call)));
    assert_eq!(single.tls, load.tls.as_deref().cloned());
    match (&single.result, &load.result) {
        (Ok(one), Ok(other)) => {
            let shown = |one: &Received| (one.status, one.headers.clone(), one.body.clone());
            assert_eq!(shown(one), shown(other));
        }
        (Err(one), Err(other)) => {
            assert_eq!(one.cause, other.cause);
            // hyper has words of its own for a connection that ends within an answer.
            if one.cause != FailureCause::Closed || one.detail.starts_with("proxy ") {
                assert_eq!(one.detail, other.detail);
            }
        }
        (one, other) => panic!("they differ: {one:?} {other:?}"),
    }
    single.result
}

fn call(url: Arc<EndpointUrl>) -> Call {
    Call {
        endpoint: "cslu".into(),
        url,
        method: "POST".into(),
        headers: vec![("content-type".to_owned(), "application/json".to_owned())].into(),
        body: b"{\"drill\":true}".to_vec(),
    }
}

fn secure_server(authority: &Authority, names: &[&str]) -> SocketServer {
    SocketServer::secure(tls(authority, names), Manner::Bytes(ok("hello")))
}

fn lost(target: &Target) -> (FailureCause, String) {
    let lost = ask(target).unwrap_err();
    (lost.cause, lost.detail)
}

#[test]
fn a_server_with_tls_is_reached_through_a_tunnel_to_a_name_only_the_proxy_knows() {
    let ours = authority(1);
    let (server, proxy) = (secure_server(&ours, &["onprem.test"]), ProxyServer::plain());
    let target = target(&server.url("https", "onprem.test"), &table("http", &proxy, ""), &ours);
    assert_eq!(ask(&target).unwrap().body, b"hello");
    let asked = format!("CONNECT onprem.test:{} HTTP/1.1", server.address.port());
    assert_eq!(proxy.first_lines(), [asked.clone(), asked]);
    assert_eq!(server.first_lines(), ["POST /drill?round=1 HTTP/1.1"; 2]);
}

#[test]
fn a_server_without_tls_is_asked_by_its_whole_url() {
    let ours = authority(1);
    let server = SocketServer::plain(Manner::Bytes(ok("hello")));
    let proxy = ProxyServer::plain();
    let url = server.url("http", "onprem.test");
    let target = target(&url, &table("http", &proxy, ""), &ours);
    assert_eq!(ask(&target).unwrap().body, b"hello");
    let asked = format!("POST {url} HTTP/1.1");
    assert_eq!(proxy.first_lines(), [asked.clone(), asked]);
    for head in proxy.heads() {
        let host = format!("host: onprem.test:{}", server.address.port());
        assert!(head.lines().any(|line| line == host), "{head}");
    }
    let sent = server.requests.lock().unwrap().clone();
    let expected = ("POST /drill?round=1 HTTP/1.1".to_owned(), "{\"drill\":true}".to_owned());
    assert_eq!(sent, [expected.clone(), expected]);
}

#[test]
fn the_proxy_itself_may_speak_tls_under_either_kind_of_server() {
    let ours = authority(1);
    let setup = Setup { tls: Some(tls(&ours, &["127.0.0.1"])), ..Setup::default() };
    let proxy = ProxyServer::start(setup);
    let (secure, plain) =
        (secure_server(&ours, &["onprem.test"]), SocketServer::plain(Manner::Bytes(ok("hello"))));
    for url in [secure.url("https", "onprem.test"), plain.url("http", "onprem.test")] {
        let target = target(&url, &table("https", &proxy, ""), &ours);
        assert_eq!(ask(&target).unwrap().body, b"hello", "{url}");
    }
}

#[test]
fn the_certificate_of_a_proxy_is_checked_like_any_other() {
    let (ours, theirs) = (authority(1), authority(2));
    let server = SocketServer::plain(Manner::Bytes(ok("hello")));
    let url = server.url("http", "onprem.test");
    let with = |authority: &Authority, name: &str| {
        ProxyServer::start(Setup { tls: Some(tls(authority, &[name])), ..Setup::default() })
    };
    let named = with(&ours, "proxy.test");
    let (cause, detail) = lost(&target(&url, &table("https", &named, ""), &ours));
    assert_eq!(cause, FailureCause::Tls);
    assert!(detail.starts_with(&format!("proxy https://{}: the URL says", named.address)));
    let foreign = with(&theirs, "127.0.0.1");
    let (cause, detail) = lost(&target(&url, &table("https", &foreign, ""), &ours));
    assert_eq!(cause, FailureCause::Tls);
    assert!(detail.contains("has another key"), "{detail}");
    assert!(named.heads().is_empty() && foreign.heads().is_empty());
    // A proxy that does not speak TLS where it was said to.
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let plain = format!("[proxy]\nurl = \"https://{}\"\n", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let _ = stream.unwrap().write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
        }
    });
    let (cause, detail) = lost(&target(&url, &plain, &ours));
    assert_eq!(cause, FailureCause::Tls);
    assert!(detail.starts_with("proxy https://127.0.0.1:"), "{detail}");
}

#[test]
fn credentials_are_for_the_proxy_and_for_nobody_behind_it() {
    let ours = authority(1);
    let proxy = || ProxyServer::start(Setup { credentials: Some(CREDENTIALS), ..Setup::default() });
    let seen = Arc::new(std::sync::Mutex::new(Vec::new()));
    let heads = Arc::clone(&seen);
    let hears = move |head: &str| {
        heads.lock().unwrap().push(head.to_owned());
        Manner::Bytes(ok("hello"))
    };
    let plain = SocketServer::start(None, hears.clone());
    let secure = SocketServer::start(Some(tls(&ours, &["onprem.test"])), hears);
    for url in [plain.url("http", "onprem.test"), secure.url("https", "onprem.test")] {
        let proxy = proxy();
        let known = target(&url, &table("http", &proxy, KNOWN), &ours);
        assert_eq!(ask(&known).unwrap().body, b"hello", "{url}");
        let (cause, detail) = lost(&target(&url, &table("http", &proxy, ""), &ours));
        assert_eq!(cause, FailureCause::Connect);
        assert!(detail.contains("wants credentials; give user and password"), "{detail}");
        let wrong = KNOWN.replace("sesame", "barley");
        let (cause, detail) = lost(&target(&url, &table("http", &proxy, &wrong), &ours));
        assert_eq!(cause, FailureCause::Connect);
        assert!(detail.contains("refused user or password of [proxy]"), "{detail}");
    }
    let heads = seen.lock().unwrap().clone();
    assert_eq!(heads.len(), 4);
    assert!(heads.iter().all(|head| !head.contains("proxy-authorization")), "{heads:?}");
}

#[test]
fn whatever_is_wrong_with_the_proxy_is_told_apart_and_blamed_on_it() {
    let ours = authority(1);
    let server = secure_server(&ours, &["onprem.test"]);
    let url = server.url("https", "onprem.test");
    let says = |bytes: &[u8]| {
        ProxyServer::start(Setup { conduct: Conduct::Say(bytes.to_vec()), ..Setup::default() })
    };
    let frozen = ProxyServer::start(Setup { conduct: Conduct::Freeze, ..Setup::default() });
    let free = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
    let closed = format!("[proxy]\nurl = \"http://{free}\"\n");
    let unknown = format!("[proxy]\nurl = \"http://proxy.test:{}\"\n", free.port());
    let proxies = [
        says(b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n"),
        says(b"HTTP/1.1 504 Gateway Timeout\r\n\r\n"),
        says(b"HTTP/1.1 403 Forbidden\r\n\r\n"),
        says(b"\x16\x03\x01 this is no HTTP\r\n\r\n"),
        says(b""),
        says(b"HTTP/1.1 200 OK\r\n\r\nand more"),
        says(b"HTTP/1.1 200 OK\r\n\r\n"),
        frozen,
    ];
    let mut out = String::new();
    let mut tell = |what: &str, table: &str| {
        let (cause, detail) = lost(&target(&url, table, &ours));
        let ports = [free.port(), server.address.port()].map(|port| port.to_string());
        let detail = ports.iter().fold(detail, |text, port| text.replace(port, "PORT"));
        out.push_str(&format!("{what}: {cause:?}: {detail}\n"));
    };
    tell("a closed port", &closed);
    for proxy in &proxies {
        let port = proxy.address.port().to_string();
        tell(&port, &table("http", proxy, ""));
    }
    for proxy in &proxies {
        out = out.replace(&proxy.address.port().to_string(), "PORT");
    }
    insta::assert_snapshot!(out);
    let (cause, detail) = lost(&target(&url, &unknown, &ours));
    assert_eq!(cause, FailureCause::Dns);
    assert!(detail.starts_with(&format!("proxy http://proxy.test:{}: ", free.port())), "{detail}");
    assert!(server.first_lines().is_empty());
}

#[test]
fn a_server_that_is_down_behind_a_proxy_is_not_the_proxy_being_down() {
    let ours = authority(1);
    let proxy = ProxyServer::plain();
    let free = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
    let url = format!("https://127.0.0.1:{}/", free.port());
    let (cause, detail) = lost(&target(&url, &table("http", &proxy, ""), &ours));
    assert_eq!(cause, FailureCause::Connect);
    assert!(detail.contains("CONNECT 127.0.0.1:"), "{detail}");
    assert!(detail.ends_with("was answered 502 Bad Gateway"), "{detail}");
    // Without a tunnel the proxy answers in the server's place, and nobody can tell.
    let url = url.replace("https", "http");
    assert_eq!(ask(&target(&url, &table("http", &proxy, ""), &ours)).unwrap().status, 502);
}

#[test]
fn a_lane_keeps_its_tunnel() {
    let ours = authority(1);
    for scheme in ["http", "https"] {
        let setup = match scheme {
            "https" => Setup { tls: Some(tls(&ours, &["127.0.0.1"])), ..Setup::default() },
            _ => Setup::default(),
        };
        let proxy = ProxyServer::start(setup);
        let config = tls(&ours, &["127.0.0.1"]);
        let server = LoadServer::start(Some(config), |_, request| match request {
            2 => Deed::AnswerAndEnd,
            _ => Deed::Answer,
        });
        let target = target(&server.url("https"), &table(scheme, &proxy, ""), &ours);
        let client = LoadClient::for_target(&target, options()).unwrap();
        let call = call(Arc::clone(&target.endpoints["cslu"]));
        run(async {
            use ConnectionUse::{FullHandshake, Reused};
            for expected in [FullHandshake, Reused, Reused, FullHandshake] {
                let reply = client.exchange(5, &LoadRequest::of(&call)).await;
                assert_eq!(reply.used, expected, "{scheme}");
                assert!(reply.bytes_sent > 100 && reply.bytes_received > 50);
                assert_eq!(reply.result.unwrap().body, b"hello");
                crate::load_client::settle().await;
            }
        });
        assert_eq!((proxy.heads().len(), server.connections()), (2, 2), "{scheme}");
        assert_eq!(client.counters().connections_open, 1);
    }
}

#[test]
fn what_is_excepted_goes_past_the_proxy_and_so_does_the_administrator() {
    let ours = authority(1);
    let profile = |no_proxy: &str, more: &str| {
        format!(
            "name = \"lab\"\n[endpoints]\nadmin = \"https://127.0.0.1:8443\"\n{more}\n\
             [proxy]\nurl = \"http://127.0.0.1:3128\"\nno_proxy = [{no_proxy}]\n"
        )
    };
    let read = |profile: &str| {
        Target::from_toml(Path::new("lab.toml"), profile, &HostPolicy::default()).unwrap()
    };
    let goes = |target: &Target, name: &str| target.endpoints[name].way.proxy.is_some();
    let cslu = "cslu = \"https://127.0.0.1/cslu/v1/pi/Default-1\"";
    let through = read(&profile("", cslu));
    assert_eq!((goes(&through, "cslu"), goes(&through, "admin")), (true, false));
    assert!(!goes(&read(&profile("\"127.0.0.0/8\"", cslu)), "cslu"));
    assert!(!goes(&read(&profile("\"127.0.0.1:443\"", cslu)), "cslu"));
    assert!(goes(&read(&profile("\"127.0.0.1:8443\"", cslu)), "cslu"));
    let own = "cslu = { url = \"https://127.0.0.1/\", proxy = false }";
    assert!(!goes(&read(&profile("", own)), "cslu"));
    let admin = profile("", "").replace(
        "\"https://127.0.0.1:8443\"",
        "{ url = \"https://127.0.0.1:8443\", proxy = true }",
    );
    assert!(goes(&read(&admin), "admin"));
    // And on sockets: the proxy is not even there.
    let server = secure_server(&ours, &["127.0.0.1"]);
    let free = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
    let table = format!("[proxy]\nurl = \"http://{free}\"\nno_proxy = [\"127.0.0.1\"]\n");
    let past = target(&server.url("https", "127.0.0.1"), &table, &ours);
    assert_eq!(ask(&past).unwrap().body, b"hello");
}
