//! A server that collects from instances: over HTTP and TLS on loopback, and in the same process.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use muster_agent::pull::InstanceAnswer;
use muster_fleet::instance_api::InstanceCall;
use muster_fleet::log::Log;
use muster_fleet::real_run::Lines;
use muster_fleet::transport::{Call, ClientOptions, Reply};
use muster_fleet::virtual_run::Peer;
use muster_fleet::{Hook, HostPolicy, Plan, Target, real_run, virtual_run};
use muster_journal::{Event, JourneyOutcome, Recorder};
use muster_wire::proposed::acknowledgement::{
    AcknowledgedReport, Acknowledgement, AcknowledgementData,
};
use muster_wire::rum_report::RumReport;
use muster_wire::transport::instance_service::{CollectedReports, import_body};
use muster_wire::{Extra, Nonce};
use serde_json::Value;

use crate::bench::{PROFILE, Played, START_MS, plan};
use crate::scripted_peer::ScriptedPeer;
use crate::socket_server::{Manner, SocketServer, http, ok};

const STEPS: &str = "
  - collect
  - assert: agent.acknowledged >= 1
";

/// What a collector was told of the instance it is to visit.
#[derive(Clone, Debug, Default)]
struct Told(BTreeMap<String, String>);

impl Told {
    fn of(body: &str) -> Self {
        let Ok(Value::Object(members)) = serde_json::from_str(body) else { panic!("{body}") };
        let text = |value: Value| value.as_str().unwrap_or_default().to_owned();
        Self(members.into_iter().map(|(name, value)| (name, text(value))).collect())
    }

    fn ask(&self, method: &str, target: &str, body: &[u8]) -> (u16, Vec<u8>) {
        let basic = self.0.get("user").map(|user| {
            let credentials = STANDARD.encode(format!("{user}:{}", self.0["password"]));
            format!("authorization: Basic {credentials}\r\n")
        });
        self.send(method, target, &basic.unwrap_or_default(), body)
    }

    fn send(&self, method: &str, target: &str, headers: &str, body: &[u8]) -> (u16, Vec<u8>) {
        let length = body.len();
        let head = format!(
            "{method} {target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{headers}\
             content-length: {length}\r\n\r\n"
        );
        let request = [head.as_bytes(), body].concat();
        let (scheme, address) = self.0["url"].split_once("://").unwrap();
        let stream = TcpStream::connect(address).unwrap();
        let bytes = match scheme {
            "https" => exchange(tls_client(&self.0["ca"], stream), &request),
            _ => exchange(stream, &request),
        };
        let text = String::from_utf8_lossy(&bytes);
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        (status.unwrap_or(0), body.as_bytes().to_vec())
    }
}

fn exchange(mut stream: impl Read + Write, request: &[u8]) -> Vec<u8> {
    // A listener that has had enough answers before it has read everything.
    let _ = stream.write_all(request).and_then(|()| stream.flush());
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    bytes
}

fn tls_client(ca: &str, stream: TcpStream) -> impl Read + Write {
    let mut roots = rustls::RootCertStore::empty();
    for root in muster_certs::trust_roots_from_pem(ca).unwrap() {
        roots.add(root).unwrap();
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = rustls::pki_types::ServerName::try_from("127.0.0.1").unwrap();
    let session = rustls::ClientConnection::new(Arc::new(config), name).unwrap();
    rustls::StreamOwned::new(session, stream)
}

fn acknowledgement(reports: &[RumReport]) -> Vec<u8> {
    let acks = reports.iter().map(|report| {
        let payload = report.payload().unwrap();
        AcknowledgedReport {
            report_id: payload.report_id().unwrap(),
            entitlement_tag: payload.meta.entitlement_tag.unwrap(),
            status: AcknowledgedReport::ACKED.to_owned(),
            message: String::new(),
        }
    });
    let data = AcknowledgementData {
        version: "2.0".to_owned(),
        timestamp: START_MS,
        nonce: Nonce::new("1"),
        sudi: reports[0].signature.sudi.clone(),
        product_instance_identifier: None,
        acks: acks.collect(),
        next_report_due: 0,
        extra: Extra::new(),
    };
    Acknowledgement::new(data, Vec::new(), |_| String::new()).encode().into_bytes()
}

/// What a collector does: read, and push what the account says.
fn collect(mut ask: impl FnMut(&str, &str, &[u8]) -> (u16, Vec<u8>)) {
    assert_eq!(ask("POST", "/smartlic-service/close-reports", b"{}").0, 200);
    let (status, body) = ask("GET", "/smartlic-service/all-reports", b"");
    assert_eq!(status, 200);
    let reports = CollectedReports::decode(&body).unwrap().usage;
    assert!(!reports.is_empty());
    let ack = import_body(&acknowledgement(&reports));
    assert_eq!(ask("POST", "/smartlic-service/import", ack.as_bytes()).0, 200);
}

/// Plays the steps against a server that collects as `visit` says.
fn played(
    instance: &str,
    visit: impl Fn(&Told) + Send + Sync + 'static,
) -> (Played, Arc<Mutex<Vec<Told>>>) {
    let visits = Arc::new(Mutex::new(Vec::new()));
    let noted = visits.clone();
    let server = SocketServer::with_bodies(move |head, body| {
        if !head.starts_with("POST /collect ") {
            return Manner::Bytes(ok(""));
        }
        let told = Told::of(body);
        let visited = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| visit(&told)));
        noted.lock().unwrap().push(told);
        Manner::Bytes(if visited.is_ok() { ok("") } else { http("500 No", "not collected") })
    });
    let names = ["url", "ca", "user", "password"].map(|name| format!("\"{name}\":\"{{{name}}}\""));
    let profile = format!(
        "name = \"socket\"\n[endpoints]\ncslu = \"http://{0}/cslu\"\n[hooks.collect]\n\
         url = \"http://{0}/collect\"\nbody = '{{{1}}}'\n{instance}",
        server.address,
        names.join(","),
    );
    // What is not given stays a placeholder, which is no credential.
    (run(&plan(STEPS, &profile, 1)), visits)
}

fn run(plan: &Plan) -> Played {
    let options =
        ClientOptions { connect_ms_max: 5_000, answer_ms_max: 20_000, answer_bytes_max: 1_000_000 };
    let lines = Lines::single(real_run::client(plan, options).unwrap());
    let mut recorder = Recorder::new();
    let mut log = Log::new(vec![&mut recorder]);
    let clock = muster_fleet::clock::Clock::wall();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let run = real_run::run(plan, &lines, clock, &mut log, &|| false);
    let summary = runtime.block_on(run).unwrap();
    Played { entries: recorder.into_entries(), summary }
}

/// Without the placeholders that stand for what was not given.
fn given(told: &Told) -> Told {
    let is_given = |(name, value): &(&String, &String)| **value != format!("{{{name}}}");
    Told(
        told.0.iter().filter(is_given).map(|(name, value)| (name.clone(), value.clone())).collect(),
    )
}

#[test]
fn a_server_pulls_reports_and_pushes_their_acknowledgement() {
    let (played, visits) = played("", |told| {
        let told = given(told);
        collect(|method, target, body| told.ask(method, target, body));
        let (status, body) = told.ask("GET", "/restconf/data", b"");
        assert!(status == 200 && String::from_utf8_lossy(&body).contains("auth-state-authorized"));
        assert_eq!(told.ask("GET", "/nowhere", b"").0, 404);
    });
    played.assert_sound();
    assert_eq!(played.outcomes(), [JourneyOutcome::Completed], "{}", played.outline());
    let told = visits.lock().unwrap()[0].clone();
    assert!(told.0["url"].starts_with("http://127.0.0.1:"), "{told:?}");
    let endpoints: Vec<_> = played.exchanges().iter().map(|one| one.endpoint.clone()).collect();
    assert_eq!(endpoints, ["instance", "instance", "collect", "instance", "instance"]);
    let pulled = played.exchanges()[1];
    assert_eq!((pulled.method.as_str(), pulled.step), ("GET", Some(1)));
    let address = told.0["url"].split_once("://").unwrap().1;
    assert!(TcpStream::connect(address).is_err(), "the listener is gone with the collection");
}

#[test]
fn credentials_of_the_profile_are_asked_for() {
    let instance = "[instance]\nuser = \"collector\"\npassword = { value = \"test-password\" }\n";
    let (played, visits) = played(instance, |told| {
        let none = Told(BTreeMap::from([("url".to_owned(), told.0["url"].clone())]));
        assert_eq!(none.ask("GET", "/smartlic-service/list", b"").0, 401);
        collect(|method, target, body| told.ask(method, target, body));
    });
    assert_eq!(played.outcomes(), [JourneyOutcome::Completed], "{}", played.outline());
    assert_eq!(visits.lock().unwrap()[0].0["password"], "test-password");
    let called = played.entries.iter().find_map(|entry| match &entry.event {
        Event::HookCalled { arguments, .. } => Some(arguments.to_string()),
        _ => None,
    });
    assert!(!called.unwrap().contains("test-password"), "a secret stays out of the journal");
}

#[test]
fn an_instance_serves_over_tls_where_the_profile_says_so() {
    let (played, visits) = played("[instance]\ntls = true\n", |told| {
        let told = given(told);
        collect(|method, target, body| told.ask(method, target, body));
    });
    assert_eq!(played.outcomes(), [JourneyOutcome::Completed], "{}", played.outline());
    let told = visits.lock().unwrap()[0].clone();
    assert!(told.0["url"].starts_with("https://127.0.0.1:"), "{told:?}");
    assert!(told.0["ca"].starts_with("-----BEGIN CERTIFICATE-----"));
}

#[test]
fn a_body_over_the_limit_never_reaches_the_agent() {
    let (played, _) = played("", |told| {
        let told = given(told);
        let long = vec![b'<'; muster_wire::limits::MESSAGE_BYTES_MAX + 1];
        let (status, _) = told.ask("POST", "/smartlic-service/import", &long);
        // It may break off before all of it is sent.
        assert!([0, 413].contains(&status), "{status}");
        collect(|method, target, body| told.ask(method, target, body));
    });
    assert_eq!(played.outcomes(), [JourneyOutcome::Completed], "{}", played.outline());
    assert_eq!(played.exchanges().len(), 3, "what is too long is not written down");
}

#[test]
fn a_collection_that_fails_breaks_the_journey() {
    let (played, _) = played("", |_| panic!("the collector stumbles"));
    played.assert_sound();
    let reason = "hook `collect`: HTTP 500: not collected".to_owned();
    assert_eq!(played.outcomes(), [JourneyOutcome::Broken { reason }]);
}

/// A server in the same process, which collects when the hook says so.
#[derive(Default)]
struct CollectingPeer {
    scripted: ScriptedPeer,
    answers: Vec<u16>,
}

impl Peer for CollectingPeer {
    fn exchange(&mut self, call: &Call) -> Reply {
        self.scripted.exchange(call)
    }

    fn set_clock(&mut self, now_ms: u64) {
        self.scripted.set_clock(now_ms);
    }

    fn collect(
        &mut self,
        hook: &Hook,
        arguments: &BTreeMap<String, String>,
        ask: &mut dyn FnMut(InstanceCall) -> Option<InstanceAnswer>,
    ) -> Result<String, String> {
        assert!(matches!(hook, Hook::Http { .. }));
        let origin = arguments["url"].clone();
        collect(|method, target, body| {
            let (method, target) = (method.to_owned(), target.to_owned());
            let (origin, body) = (origin.clone(), body.to_vec());
            let call = InstanceCall { method, origin, target, headers: Vec::new(), body };
            let answer = ask(call).unwrap();
            self.answers.push(answer.status);
            (answer.status, answer.body)
        });
        Ok(String::new())
    }
}

#[test]
fn a_peer_in_the_same_process_collects_in_virtual_time() {
    let profile = format!("{PROFILE}[hooks.collect]\nurl = \"http://127.0.0.1:9/collect\"\n");
    let steps = "
  - trust: { id_token: valid }
    via: smart_receiver
  - advance: 1h
  - collect
  - assert: agent.acknowledged >= 1
  - advance: 1h
  - collect
  - assert: agent.acknowledged >= 2
";
    let play = || {
        let mut peer = CollectingPeer::default();
        let mut recorder = Recorder::new();
        let mut log = Log::new(vec![&mut recorder]);
        let plan = plan(steps, &profile, 1);
        let summary = virtual_run::run(&plan, START_MS, &mut peer, &mut log, &|| false).unwrap();
        (Played { entries: recorder.into_entries(), summary }, peer.answers)
    };
    let (played, answers) = play();
    played.assert_sound();
    assert_eq!(played.outcomes(), [JourneyOutcome::Completed], "{}", played.outline());
    assert_eq!(answers, [200; 6]);
    assert_eq!(play().0.entries, played.entries, "the same seed gives the same journal");
}

#[test]
fn a_profile_says_how_instances_are_reached() {
    let target = |instance: &str| {
        let profile = format!("{PROFILE}{instance}");
        Target::from_toml(Path::new("bench.toml"), &profile, &HostPolicy::default())
    };
    let plain = target("").unwrap().instance;
    assert!(!plain.tls && plain.credentials.is_none());
    let full = "[instance]\ntls = true\nuser = \"u\"\npassword = { value = \"p-word-7\" }\n";
    let full = target(full).unwrap();
    assert!(full.instance.tls && full.secrets().contains(&"p-word-7".to_owned()));
    assert!(!format!("{full:?}").contains("p-word-7"));
    for (instance, problem) in [
        ("user = \"u\"", "instance: give both `user` and `password`, or neither"),
        ("password = { value = \"p\" }", "instance: give both `user` and `password`, or neither"),
        (
            "user = \"a:b\"\npassword = { value = \"p\" }",
            "instance.user: a user name is not empty and holds no colon",
        ),
        (
            "user = \"u\"\npassword = \"p\"",
            "instance.password: write { env = \"NAME\" }, { file = \"path\" } or \
             { value = \"text\" }",
        ),
        ("tls = 1", "invalid type"),
        ("other = 1", "unknown field"),
    ] {
        let error = target(&format!("[instance]\n{instance}\n")).unwrap_err().to_string();
        assert!(error.contains(problem), "{error}");
    }
}
