//! RESTCONF of an instance in XML: the same state, operations and errors as in JSON.

use muster_agent::pull::InstanceAnswer;
use muster_wire::xml::Element;

use crate::fake_server::Bench;
use crate::pull_collector::{Visited, header};

const INFO: &str = "/restconf/data/cisco-smart-license:licensing/state/state-info";
const MODEL: &str = "http://cisco.com/ns/yang/cisco-smart-license";
const RESTCONF: &str = "urn:ietf:params:xml:ns:yang:ietf-restconf";

/// A router, and a client that speaks XML.
fn router() -> Visited {
    let mut bench = Bench::new("c8000v");
    bench.use_licenses(0, 1);
    let mut visited = Visited::new(bench);
    for name in ["accept", "content-type"] {
        visited.headers.push((name.to_owned(), "application/yang-data+xml".to_owned()));
    }
    visited
}

fn read(answer: &InstanceAnswer) -> Element {
    assert_eq!(header(answer, "content-type"), Some("application/yang-data+xml"));
    Element::parse("an answer", std::str::from_utf8(&answer.body).unwrap()).unwrap()
}

#[test]
fn the_state_is_the_same_in_xml() {
    let mut visited = router();
    let answer = visited.get("/restconf/data");
    assert_eq!(answer.status, 200);
    let data = read(&answer);
    assert_eq!((&*data.name, &*data.namespace), ("data", RESTCONF));
    let licensing = data.child("licensing").unwrap();
    assert_eq!(licensing.namespace, MODEL);
    let info = licensing.child("state").unwrap().child("state-info").unwrap();
    let usage = info.child("usage").unwrap();
    assert_eq!(usage.child_text("count"), Some("1"));
    let udi = read(&visited.get(&format!("{INFO}/udi")));
    assert_eq!(udi.child_text("pid"), Some("C8000V"));
}

#[test]
fn of_a_list_only_one_entry_can_be_given() {
    let mut visited = router();
    assert_eq!(read(&visited.get(&format!("{INFO}/usage"))).name, "usage");
    visited.bench.use_licenses(2, 1);
    let answer = visited.get(&format!("{INFO}/usage"));
    let errors = read(&answer);
    assert_eq!((answer.status, &*errors.namespace), (400, RESTCONF));
    let error = errors.child("error").unwrap();
    assert_eq!(error.child_text("error-tag"), Some("invalid-value"));
}

#[test]
fn operations_take_and_give_xml() {
    let mut visited = router();
    let target = "/restconf/operations/cisco-smart-license:id-token-trust";
    let input = format!(
        "<input xmlns=\"{MODEL}\"><id-token>dGVzdC10b2tlbg</id-token><force>false</force></input>"
    );
    let answer = visited.post(target, &input);
    assert_eq!(answer.status, 200);
    let output = read(&answer);
    assert_eq!((&*output.name, &*output.namespace), ("output", MODEL));
    assert_eq!(output.child_text("return-code"), Some("registrationinprogress"));
    assert!(visited.bench.agent.is_trusted());
    for (input, tag, path) in [
        ("<input/>", "missing-element", "/cisco-smart-license:id-token-trust/input/id-token"),
        (
            "<input><id-token>x</id-token><force>yes</force></input>",
            "invalid-value",
            "/cisco-smart-license:id-token-trust/input/force",
        ),
        ("{}", "malformed-message", ""),
    ] {
        let answer = visited.post(target, input);
        assert_eq!(answer.status, 400, "{input}");
        let errors = read(&answer);
        let error = errors.child("error").unwrap();
        assert_eq!(error.child_text("error-tag"), Some(tag), "{input}");
        assert_eq!(error.child_text("error-path").unwrap_or_default(), path, "{input}");
    }
}
