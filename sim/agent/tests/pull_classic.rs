//! RESTCONF of an instance of the classic era: its state in the words of the model, and the
//! operations that era has.

use muster_agent::ClassicCommand;
use muster_agent::pull::{ClassicInterface, InstanceAnswer, InstanceRequest};
use muster_wire::xml::Element;
use serde_json::{Value, json};

use crate::classic_server::{ClassicBench, DAY_MS, register};

const INFO: &str = "/restconf/data/cisco-smart-license:licensing/state/state-info";

fn ask(bench: &mut ClassicBench, method: &str, target: &str, body: &str) -> InstanceAnswer {
    let headers = [("accept".to_owned(), "application/yang-data+json".to_owned())];
    ask_with(bench, method, target, body, &headers)
}

fn ask_with(
    bench: &mut ClassicBench,
    method: &str,
    target: &str,
    body: &str,
    headers: &[(String, String)],
) -> InstanceAnswer {
    let server_url = Some("https://licensing.example.test/SmartTransport".to_owned());
    let interface = ClassicInterface { server_url, ..ClassicInterface::default() };
    let request = InstanceRequest { method, target, headers, body: body.as_bytes() };
    let mut effects = Vec::new();
    let now_ms = bench.now_ms;
    let answer =
        interface.serve(&mut bench.agent, now_ms, &request, &mut effects, &mut bench.common);
    let sent = bench.take(effects);
    bench.exchange(sent);
    answer
}

fn body(answer: &InstanceAnswer) -> Value {
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    serde_json::from_slice(&answer.body).unwrap()
}

fn node(bench: &mut ClassicBench, name: &str) -> Value {
    let all = body(&ask(bench, "GET", &format!("{INFO}/{name}"), ""));
    all[format!("cisco-smart-license:{name}")].clone()
}

fn operate(bench: &mut ClassicBench, operation: &str, input: &Value) -> String {
    let target = format!("/restconf/operations/cisco-smart-license:{operation}");
    let input = json!({ "cisco-smart-license:input": input }).to_string();
    let output = body(&ask(bench, "POST", &target, &input));
    output["cisco-smart-license:output"]["return-code"].as_str().unwrap().to_owned()
}

#[test]
fn a_registration_goes_through_the_words_of_the_model() {
    let mut bench = ClassicBench::new("csr1000v");
    bench.use_some();
    let state = |bench: &mut ClassicBench| {
        let (registration, authorization) =
            (node(bench, "registration"), node(bench, "authorization"));
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        (text(&registration["registration-state"]), text(&authorization["authorization-state"]))
    };
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    assert_eq!(state(&mut bench), pair("reg-state-not-registered", "auth-state-eval"));
    bench.up = false;
    bench.command(register(false));
    assert_eq!(state(&mut bench), pair("reg-state-retry", "auth-state-eval"));
    bench.up = true;
    bench.advance(DAY_MS);
    assert_eq!(state(&mut bench), pair("reg-state-complete", "auth-state-authorized"));
    let complete = node(&mut bench, "registration")["registration-complete"].clone();
    assert_eq!(complete["smart-account"], "Muster Test SA");
    assert!(complete["expire-time"].is_string());
    let usage = node(&mut bench, "usage");
    assert_eq!(usage[0]["enforcement-mode"], "enforcement-in-compliance");
    let tag = bench.tag(0);
    bench.server.purchased.insert(tag, 0);
    bench.command(ClassicCommand::RenewAuthorization);
    let authorization = node(&mut bench, "authorization");
    assert!(authorization["authorization-out-of-compliance"]["ooc-time"].is_string());
    insta::assert_snapshot!(
        serde_json::to_string_pretty(&body(&ask(&mut bench, "GET", "/restconf/data", ""))).unwrap()
    );
}

#[test]
fn the_operations_of_the_era_are_commands() {
    let mut bench = ClassicBench::new("csr1000v");
    let none = json!({});
    assert_eq!(operate(&mut bench, "renew-id", &none), "notregistered");
    assert_eq!(operate(&mut bench, "register-id-token", &none), "nullccoidtoken");
    let token = json!({"id-token": "dGVzdC10b2tlbg"});
    assert_eq!(operate(&mut bench, "register-id-token", &token), "registrationinprogress");
    assert!(bench.view().registration.registered);
    assert_eq!(operate(&mut bench, "register-id-token", &token), "alreadyregistered");
    assert_eq!(operate(&mut bench, "renew-id", &none), "success");
    assert_eq!(operate(&mut bench, "renew-auth", &none), "success");
    let trust = json!({"id-token": "x"});
    assert_eq!(operate(&mut bench, "id-token-trust", &trust), "notsupported");
    assert_eq!(operate(&mut bench, "de-register", &none), "success");
    assert!(!bench.view().registration.registered);
}

#[test]
fn what_is_of_the_policy_era_is_not_there() {
    let mut bench = ClassicBench::registered("csr1000v");
    assert_eq!(ask(&mut bench, "GET", "/smartlic-service/list", "").status, 404);
    assert_eq!(ask(&mut bench, "GET", &format!("{INFO}/trust-code"), "").status, 404);
}

#[test]
fn xml_is_spoken_as_well() {
    let mut bench = ClassicBench::new("csr1000v");
    let xml = "application/yang-data+xml".to_owned();
    let headers = [("accept".to_owned(), xml.clone()), ("content-type".to_owned(), xml)];
    let target = "/restconf/operations/cisco-smart-license:register-id-token";
    let input = "<input xmlns=\"http://cisco.com/ns/yang/cisco-smart-license\">\
                 <id-token>dGVzdC10b2tlbg</id-token><force>true</force></input>";
    let answer = ask_with(&mut bench, "POST", target, input, &headers);
    let output = Element::parse("an answer", std::str::from_utf8(&answer.body).unwrap()).unwrap();
    assert_eq!(output.child_text("return-code"), Some("registrationinprogress"));
    let answer = ask_with(&mut bench, "GET", &format!("{INFO}/registration"), "", &headers[..1]);
    let found = Element::parse("an answer", std::str::from_utf8(&answer.body).unwrap()).unwrap();
    assert_eq!(found.child_text("registration-state"), Some("reg-state-complete"));
}
