//! RESTCONF of an instance: its state in the words of the model, and the operations.

use muster_agent::pull::InstanceAnswer;
use muster_agent::{Command, TransportKind};
use muster_wire::usage_file::UsageFile;
use serde_json::{Value, json};

use crate::fake_server::{Bench, HOUR_MS};
use crate::pull_collector::{Visited, body, header};

const INFO: &str = "/restconf/data/cisco-smart-license:licensing/state/state-info";

fn router() -> Visited {
    let mut bench = Bench::new("c8000v");
    bench.server.codes.stamp_ms = bench.now_ms;
    bench.use_licenses(0, 1);
    let mut visited = Visited::new(bench);
    visited.interface.server_url = Some("https://licensing.example.test/SmartTransport".to_owned());
    visited
}

fn call(visited: &mut Visited, operation: &str, input: Value) -> InstanceAnswer {
    let target = format!("/restconf/operations/cisco-smart-license:{operation}");
    let body = json!({ "cisco-smart-license:input": input }).to_string();
    visited.post(&target, &body)
}

/// The return code of an operation that is taken.
fn code(visited: &mut Visited, operation: &str, input: Value) -> String {
    let answer = call(visited, operation, input);
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    assert_eq!(header(&answer, "content-type"), Some("application/yang-data+json"));
    let code = &body(&answer)["cisco-smart-license:output"]["return-code"];
    code.as_str().unwrap().to_owned()
}

/// Type, tag and path of the error of an answer.
fn error(answer: &InstanceAnswer) -> (u16, String, String) {
    let body = body(answer);
    let errors = &body["ietf-restconf:errors"]["error"];
    assert_eq!(errors.as_array().map(Vec::len), Some(1), "{body}");
    let text = |name: &str| errors[0][name].as_str().unwrap_or_default().to_owned();
    assert!(["transport", "rpc", "protocol", "application"].contains(&&*text("error-type")));
    assert!(!text("error-message").is_empty());
    (answer.status, text("error-tag"), text("error-path"))
}

fn node(visited: &mut Visited, path: &str) -> Value {
    let answer = visited.get(&format!("{INFO}/{path}"));
    assert_eq!(answer.status, 200, "{path}");
    let Value::Object(members) = body(&answer) else { panic!("{path}") };
    assert_eq!(members.len(), 1);
    let (name, value) = members.into_iter().next().unwrap();
    assert!(name.starts_with("cisco-smart-license:"), "{name}");
    value
}

#[test]
fn a_fresh_instance_as_data() {
    let mut visited = Visited::new(Bench::new("c8000v"));
    let answer = visited.get("/restconf/data");
    insta::assert_snapshot!(pretty(&answer));
}

#[test]
fn an_instance_with_everything_as_data() {
    let mut visited = router();
    let bench = &mut visited.bench;
    bench.command(crate::fake_server::trust(false));
    bench.command(Command::RequestAuthorization {
        feature: "hseck9".into(),
        count: 1,
        add: true,
        carrier: muster_agent::Carrier::Message,
    });
    bench.command(Command::PollNow { poll_id: None });
    bench.command(Command::SetThroughput { mbps: 1000 });
    bench.now_ms += HOUR_MS;
    bench.command(Command::Sync);
    bench.command(Command::PollNow { poll_id: None });
    bench.command(Command::Import(crate::pull_collector::policy().encode().into_bytes()));
    bench.now_ms += HOUR_MS;
    visited.collect();
    visited.bench.now_ms += HOUR_MS;
    visited.post("/smartlic-service/close-reports", "");
    let answer = visited.get("/restconf/data/cisco-smart-license:licensing");
    insta::assert_snapshot!(pretty(&answer));
}

fn pretty(answer: &InstanceAnswer) -> String {
    assert_eq!(answer.status, 200);
    serde_json::to_string_pretty(&body(answer)).unwrap()
}

#[test]
fn nodes_are_given_by_their_path() {
    let mut visited = router();
    let udi = visited.bench.agent.identity().udi;
    assert_eq!(node(&mut visited, "registration/registration-state"), "reg-state-not-registered");
    assert_eq!(node(&mut visited, "udi"), json!({"pid": "C8000V", "sn": udi.serial_number}));
    assert_eq!(node(&mut visited, "transport/transport-type"), "transport-type-smart");
    assert_eq!(node(&mut visited, "policy/policy-type"), "policy-type-cisco-default");
    let tag = visited.bench.agent.platform().licenses[0].tag.to_string();
    let key = tag.replace(',', "%2C");
    for key in [&tag, &key] {
        let entry = node(&mut visited, &format!("usage={key}"));
        assert_eq!(entry[0]["enforcement-mode"], "enforcement-in-compliance");
        assert_eq!(node(&mut visited, &format!("usage={key}/count")), 1);
    }
    let trust = node(&mut visited, &format!("trust-code={udi}"));
    assert_eq!(trust[0]["is-installed"], false);
    visited.command(Command::SetTransport(TransportKind::Cslu));
    let url = "/restconf/data/cisco-smart-license:licensing/config/transport/transport-cslu";
    assert_eq!(
        body(&visited.get(url))["cisco-smart-license:transport-cslu"]["url-cslu"],
        "https://licensing.example.test/SmartTransport"
    );
}

#[test]
fn closed_reports_show_whether_they_were_requested() {
    let mut visited = Visited::controller();
    visited.bench.now_ms += HOUR_MS;
    visited.post("/smartlic-service/close-reports", "");
    let states = |visited: &mut Visited| {
        let keys = node(visited, "rum-reports-closed-keys");
        let keys = keys.as_array().unwrap().clone();
        keys.iter().map(|key| key["report-state"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(states(&mut visited), ["rum-report-state-closed"; 2]);
    visited.get("/smartlic-service/all-reports");
    assert_eq!(states(&mut visited), ["rum-report-state-unacknowledged"; 2]);
    let reports = visited.collect();
    let ack = visited.acknowledgement(&reports).encode();
    visited.post("/smartlic-service/import", &ack);
    let answer = visited.get(&format!("{INFO}/rum-reports-closed-keys"));
    assert_eq!((answer.status, answer.body.len()), (204, 0), "a list without entries");
}

#[test]
fn queries_choose_depth_and_content() {
    let mut visited = router();
    let licensing = "/restconf/data/cisco-smart-license:licensing";
    let of = |visited: &mut Visited, query: &str| {
        body(&visited.get(&format!("{licensing}?{query}")))["cisco-smart-license:licensing"].clone()
    };
    assert_eq!(of(&mut visited, "depth=1"), json!({}));
    assert_eq!(of(&mut visited, "depth=2"), json!({"config": {}, "state": {}}));
    assert!(of(&mut visited, "content=config").get("state").is_none());
    assert!(of(&mut visited, "content=nonconfig&depth=3")["state"]["version"].is_string());
    let state = visited.get(&format!("{licensing}/state?content=config"));
    assert_eq!(state.status, 404);
    for query in ["fields=state", "depth=0", "content=none", "with-defaults=report-all"] {
        let answer = visited.get(&format!("{licensing}?{query}"));
        assert_eq!(error(&answer).1, "invalid-value", "{query}");
    }
    let root = body(&visited.get("/restconf/data?depth=1"));
    assert_eq!(root, json!({"ietf-restconf:data": {"cisco-smart-license:licensing": {}}}));
}

#[test]
fn the_root_and_its_resources_are_there() {
    let mut visited = router();
    let meta = visited.get("/.well-known/host-meta");
    assert!(String::from_utf8(meta.body).unwrap().contains("href='/restconf'"));
    let root = body(&visited.get("/restconf/"));
    assert!(root["ietf-restconf:restconf"]["operations"].is_object());
    let library = body(&visited.get("/restconf/yang-library-version"));
    assert_eq!(library["ietf-restconf:yang-library-version"], "2016-06-21");
    let operations = body(&visited.get("/restconf/operations"));
    let operations = operations["ietf-restconf:operations"].as_object().unwrap().clone();
    let names: Vec<_> = operations.keys().map(String::as_str).collect();
    assert_eq!(names.len(), 13);
    assert!(names.contains(&"cisco-smart-license:import-file"));
    let head = visited.ask("HEAD", "/restconf/data", b"");
    assert_eq!((head.status, head.body.len()), (200, 0));
    let options = visited.ask("OPTIONS", "/restconf/data", b"");
    assert_eq!((options.status, header(&options, "allow")), (200, Some("GET, HEAD, OPTIONS")));
}

#[test]
fn wrong_requests_get_an_error_of_the_standard() {
    let mut visited = router();
    let get = |visited: &mut Visited, path: &str| error(&visited.get(path));
    let invalid = |status: u16| (status, "invalid-value".to_owned(), String::new());
    assert_eq!(get(&mut visited, &format!("{INFO}/none")), invalid(404));
    assert_eq!(get(&mut visited, "/restconf/data/licensing"), invalid(404));
    assert_eq!(get(&mut visited, "/restconf/none"), invalid(404));
    assert_eq!(get(&mut visited, &format!("{INFO}/usage=none")), invalid(404));
    assert_eq!(get(&mut visited, &format!("{INFO}/usage=%f")), invalid(400));
    assert_eq!(get(&mut visited, &format!("{INFO}/usage/count")).1, "missing-attribute");
    assert_eq!(get(&mut visited, &format!("{INFO}/udi=1")).1, "unknown-attribute");
    for method in ["POST", "PUT", "PATCH", "DELETE"] {
        let answer = visited.ask(method, INFO, b"{}");
        assert_eq!((error(&answer).0, &*error(&answer).1), (405, "operation-not-supported"));
        assert_eq!(header(&answer, "allow"), Some("GET, HEAD, OPTIONS"));
    }
    let target = "/restconf/operations/cisco-smart-license:renew-id";
    assert_eq!(error(&visited.get(target)).0, 405);
    let headers = visited.headers.clone();
    visited.headers.push(("accept".to_owned(), "text/html".to_owned()));
    assert_eq!(error(&visited.get(INFO)).0, 406);
    for accept in ["application/yang-data+json", "text/html, */*;q=0.1", "application/json"] {
        visited.headers.clone_from(&headers);
        visited.headers.push(("accept".to_owned(), accept.to_owned()));
        assert_eq!(visited.get(INFO).status, 200, "{accept}");
    }
    visited.headers.clone_from(&headers);
    visited.headers.push(("content-type".to_owned(), "text/csv".to_owned()));
    assert_eq!(error(&visited.post(target, "a,b")).0, 415);
}

#[test]
fn input_is_checked_as_the_model_says() {
    let mut visited = router();
    let long = "x".repeat(256);
    let path =
        |operation: &str, leaf: &str| format!("/cisco-smart-license:{operation}/input/{leaf}");
    for (operation, input, tag, leaf) in [
        ("id-token-trust", json!({}), "missing-element", "id-token"),
        ("id-token-trust", json!({"id-token": ""}), "invalid-value", "id-token"),
        ("id-token-trust", json!({"id-token": long}), "invalid-value", "id-token"),
        ("id-token-trust", json!({"id-token": "x", "force": "yes"}), "invalid-value", "force"),
        ("id-token-trust", json!({"id-token": "x", "none": 1}), "unknown-element", "none"),
        ("import-file", json!({}), "missing-element", "file-path"),
        ("import-file", json!({"file-path": &long[..128]}), "invalid-value", "file-path"),
        ("rum-save-usage-days", json!({"file-path": "a", "days": -1}), "invalid-value", "days"),
        ("renew-id", json!({"force": true}), "unknown-element", "force"),
    ] {
        let answer = call(&mut visited, operation, input);
        assert_eq!(error(&answer), (400, tag.to_owned(), path(operation, leaf)), "{operation}");
    }
    for body in ["[]", "nonsense", r#"{"input": 7}"#, r#"{"x": {}}"#] {
        let target = "/restconf/operations/cisco-smart-license:import-file";
        assert_eq!(error(&visited.post(target, body)).1, "malformed-message", "{body}");
    }
    assert!(visited.bench.requests.is_empty(), "none of it reached the agent");
}

#[test]
fn trust_is_asked_for_with_an_id_token() {
    let mut visited = router();
    let token = json!({"id-token": "dGVzdC10b2tlbg", "force": false});
    assert_eq!(code(&mut visited, "id-token-trust", token.clone()), "registrationinprogress");
    assert!(visited.bench.view().trusted);
    assert_eq!(code(&mut visited, "id-token-trust", token), "alreadyregistered");
    let force = json!({"id-token": "dGVzdC10b2tlbg", "force": true});
    assert_eq!(code(&mut visited, "id-token-trust", force), "registrationinprogress");
    assert_eq!(visited.bench.view().trust_id, 2);
    // The older resource, as public clients use it.
    let target = "/restconf/data/cisco-smart-license:id-token-trust";
    let answer = visited.post(target, r#"{"input": {"id-token": "dGVzdC10b2tlbg"}}"#);
    assert_eq!(body(&answer)["cisco-smart-license:output"]["return-code"], "alreadyregistered");
}

#[test]
fn operations_of_the_classic_era_are_not_supported() {
    let mut visited = router();
    for operation in ["register-id-token", "de-register", "renew-id", "renew-auth"] {
        assert_eq!(code(&mut visited, operation, json!({})), "notsupported");
    }
}

#[test]
fn usage_is_saved_to_a_file_that_can_be_fetched() {
    let mut visited = router();
    visited.bench.now_ms += HOUR_MS;
    let path = json!({"file-path": "bootflash:usage.txt"});
    assert_eq!(code(&mut visited, "rum-save-usage-unreported", path), "success");
    let file = visited.get("/flash/usage.txt");
    assert_eq!(file.status, 200);
    let file = UsageFile::decode(&file.body).unwrap();
    assert_eq!(file.reports.len(), 1);
    let ack = visited.acknowledgement(&file.reports).encode();
    assert_eq!(visited.ask("PUT", "/flash/bootflash:ack.txt", ack.as_bytes()).status, 204);
    let path = json!({"file-path": "flash:/ack.txt"});
    assert_eq!(code(&mut visited, "import-file", path), "success");
    assert_eq!(visited.bench.view().acknowledged, 1);
    let all = json!({"file-path": "all.txt"});
    assert_eq!(code(&mut visited, "rum-save-usage-all", all), "success");
    let days = json!({"file-path": "days.txt", "days": 3});
    assert_eq!(code(&mut visited, "rum-save-usage-days", days), "success");
    let days = json!({"file-path": "days.txt", "days": 366});
    assert_eq!(code(&mut visited, "rum-save-usage-days", days), "BadInputParams");
    let elsewhere = json!({"file-path": "tftp://192.0.2.1/usage.txt"});
    assert_eq!(code(&mut visited, "rum-save-usage-all", elsewhere), "platformpathinvalid");
    let missing = json!({"file-path": "missing.txt"});
    assert_eq!(code(&mut visited, "import-file", missing), "storageobjdoesnotexist");
    assert_eq!(visited.ask("PUT", "/flash/bad.txt", b"%%").status, 204);
    let bad = json!({"file-path": "bad.txt"});
    assert_eq!(code(&mut visited, "import-file", bad), "msgparse");
}

#[test]
fn the_flash_tells_what_is_wrong() {
    let mut visited = router();
    assert_eq!(visited.get("/flash/none").status, 404);
    assert_eq!(visited.get("/flash/%zz").status, 400);
    assert_eq!(visited.ask("PUT", "/flash/../x", b"").status, 400);
    let answer = visited.ask("DELETE", "/flash/x", b"");
    assert_eq!((answer.status, header(&answer, "allow")), (405, Some("GET, PUT")));
    for number in 0..16 {
        assert_eq!(visited.ask("PUT", &format!("/flash/{number}"), b"x").status, 204);
    }
    assert_eq!(visited.ask("PUT", "/flash/16", b"x").status, 507);
    let path = json!({"file-path": "16"});
    visited.bench.now_ms += HOUR_MS;
    assert_eq!(code(&mut visited, "rum-save-usage-all", path), "storagefailtostore");
}

#[test]
fn an_authorization_code_is_asked_for_and_returned_online() {
    let mut visited = router();
    visited.bench.command(crate::fake_server::trust(false));
    let hsec = json!({"feature-name": "hseck9", "local": true, "add": false});
    assert_eq!(code(&mut visited, "authorization-request-online", hsec), "msgexecinprogress");
    visited.bench.command(Command::PollNow { poll_id: None });
    let list = node(&mut visited, "imported-authorizations/authorization-list");
    assert_eq!(list[0]["license-enforcement-type"], "license-enforcement-type-export");
    let none = json!({"feature-name": "none"});
    assert_eq!(code(&mut visited, "authorization-request-online", none), "notfound");
    visited.bench.command(Command::Use { feature: "hseck9".into(), count: 1 });
    let back = "authorization-code-return-online";
    assert_eq!(code(&mut visited, back, json!({})), "smpostnotallow");
    visited.bench.command(Command::Use { feature: "hseck9".into(), count: 0 });
    let answer = call(&mut visited, back, json!({"local": true}));
    let output = &body(&answer)["cisco-smart-license:output"];
    assert_eq!(output["return-code"], "msgexecinprogress");
    let returned = visited.bench.server.codes.returned.clone();
    assert_eq!([output["authorization-return-string"].as_str().unwrap()], returned[..]);
    assert_eq!(code(&mut visited, back, json!({})), "authrenewinprogress");
    visited.bench.command(Command::PollNow { poll_id: None });
    assert_eq!(code(&mut visited, back, json!({})), "noauthorizationinstalled");
}

#[test]
fn an_authorization_code_is_returned_into_a_file() {
    let mut visited = router();
    visited.bench.command(crate::fake_server::trust(false));
    let hsec = json!({"feature-name": "hseck9"});
    code(&mut visited, "authorization-request-online", hsec);
    visited.bench.command(Command::PollNow { poll_id: None });
    let answer =
        call(&mut visited, "authorization-code-return-offline", json!({"file-path": "return.txt"}));
    let output = body(&answer)["cisco-smart-license:output"].clone();
    assert_eq!(output["return-code"], "msgexecinprogress");
    let text = String::from_utf8(visited.get("/flash/return.txt").body).unwrap();
    assert!(text.contains(output["authorization-return-string"].as_str().unwrap()), "{text}");
}

#[test]
fn an_import_over_an_older_code_gives_its_confirmation_code() {
    let mut visited = router();
    let mut import = |count| {
        visited.command(Command::RequestAuthorization {
            feature: "hseck9".into(),
            count,
            add: false,
            carrier: muster_agent::Carrier::File,
        });
        let request = visited.bench.log.iter().rev().find_map(|effect| match effect {
            muster_agent::Effect::FileWritten(file) => match &**file {
                muster_wire::Artefact::AuthorizationRequest(request) => Some(request.clone()),
                _ => None,
            },
            _ => None,
        });
        let answer = visited.bench.server.codes.answer(&request.unwrap()).encode();
        assert_eq!(visited.ask("PUT", "/flash/code.txt", answer.as_bytes()).status, 204);
        let answer = call(&mut visited, "import-file", json!({"file-path": "code.txt"}));
        body(&answer)["cisco-smart-license:output"].clone()
    };
    assert_eq!(import(1), json!({"return-code": "success"}));
    let second = import(2);
    assert_eq!(second["return-code"], "success");
    let code = second["confirmation-codes"].as_str().unwrap();
    assert_eq!(visited.bench.view().authorization.last_confirmation_code.as_deref(), Some(code));
}

#[test]
fn a_trust_request_is_saved_to_a_file() {
    let mut visited = router();
    let path = json!({"file-path": "trust.txt"});
    assert_eq!(code(&mut visited, "trust-request-save", path), "success");
    let file = visited.get("/flash/trust.txt").body;
    let request =
        muster_wire::proposed::trust_request::TrustRequest::decode(&file).expect("a trust request");
    let now_ms = visited.bench.now_ms;
    let answer = visited.bench.server.trust_answer(now_ms, &request).encode();
    visited.ask("PUT", "/flash/answer.txt", answer.as_bytes());
    let path = json!({"file-path": "answer.txt"});
    assert_eq!(code(&mut visited, "import-file", path), "success");
    let udi = visited.bench.agent.identity().udi;
    assert_eq!(node(&mut visited, &format!("trust-code={udi}/is-installed")), true);
}
