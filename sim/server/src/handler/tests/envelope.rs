//! The envelope: echo, capabilities, failures that still name the exchange, injected faults.

use muster_wire::transport::smart::SmartRequest;
use muster_wire::{AnswerStatus, LineStatus};
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::message::Then;

fn hello(instance: &mut Instance) -> Vec<u8> {
    instance.body(json!([{ "request_type": "HELLO", "request_line_id": 7 }]))
}

#[test]
fn the_answer_repeats_who_asked_and_names_who_answers() {
    let server = good_server();
    let mut instance = Instance::new(1);
    for (path, name, version, capabilities) in [
        (RECEIVER, "SSM", "1.3", 6),
        (CSLU, "CSLU_V1", "v1", 10),
        ("/SmartTransport", "CSLU_V1", "v1", 10),
    ] {
        let body = hello(&mut instance);
        let asked = SmartRequest::decode(&body).unwrap().sender_info;
        let answer = decoded(&post(&server, path, &body));
        assert_eq!(answer.status, AnswerStatus::Complete);
        assert_eq!(answer.license_data[0].request_line_id, Some(7));
        let sender = answer.sender_info.unwrap();
        assert_eq!((sender.timestamp, &sender.nonce), (START_MS, &asked.nonce));
        assert_eq!(sender.sudi, asked.sudi);
        assert_eq!(sender.software_tag_identifier, asked.software_tag_identifier);
        let connect = sender.connect_info;
        assert_eq!((connect.name.as_str(), connect.version.as_str()), (name, version));
        assert_eq!(connect.capabilities.len(), capabilities);
    }
}

#[test]
fn what_is_no_request_fails_with_the_nonce_it_shows() {
    let server = good_server();
    let whole = hello(&mut Instance::new(1));
    let cut = &whole[..whole.len() - 9];
    for (body, nonce) in [
        (cut, "1000001"),
        (br#"{"sender_info":{"nonce":"12"}}"#.as_slice(), "12"),
        (br#"{"nonce":"34"}"#, "34"),
        (b"", ""),
        (b"\xff\xfe", ""),
        (b"<xml/>", ""),
        (br#"{"nonce": 5}"#, ""),
    ] {
        let answer = post(&server, RECEIVER, body);
        assert_eq!((answer.status, code(&answer).as_str()), (200, "INVALID_REQUEST"));
        assert_eq!(decoded(&answer).nonce().unwrap().as_str(), nonce);
    }
}

#[test]
fn requests_that_break_a_limit_or_lack_a_part_are_refused() {
    let server = good_server();
    let mut instance = Instance::new(1);
    let line = json!({ "request_type": "HELLO", "request_line_id": 1 });
    let bodies = [
        instance.body(json!([])),
        instance.body(Value::Array(vec![line.clone(); 65])),
        instance.body_with_nonce("", json!([line])),
        instance.body_with_nonce(&"9".repeat(129), json!([line])),
        instance.body(json!([{ "request_line_id": 1 }])),
        instance.body(json!([{ "request_type": "POLL", "request_line_id": 1 }])),
        instance.body(json!([{ "request_type": "LICENSE_USAGE", "request_line_id": 1 }])),
        instance.artefact_body("LICENSE_USAGE", "<smartLicense/>"),
        instance.artefact_body("TRUST_SYNC", "<smartLicense><unclosed></smartLicense>"),
    ];
    for body in bodies {
        assert_eq!(code(&post(&server, CSLU, &body)), "INVALID_REQUEST");
    }
    for udi in [Udi::new("", "S"), Udi::new("P,1", "S"), Udi::new("P", &"S".repeat(54))] {
        instance.udi = udi;
        let body = hello(&mut instance);
        assert_eq!(code(&post(&server, CSLU, &body)), "INVALID_REQUEST");
    }
}

#[test]
fn an_unknown_request_type_fails_its_line() {
    let server = good_server();
    let mut instance = Instance::new(1);
    for (kind, code) in
        [("NO_SUCH", "UNKNOWN_REQUEST_TYPE"), ("TELEMETRY", "UNSUPPORTED_REQUEST_TYPE")]
    {
        let body = instance.body(json!([{ "request_type": kind, "request_line_id": 1 }]));
        let answer = post(&server, CSLU, &body);
        assert_eq!(decoded(&answer).status, AnswerStatus::Complete);
        let line = line(&answer);
        assert_eq!((line.status, line.message_code.as_deref()), (LineStatus::Failed, Some(code)));
    }
}

#[test]
fn injected_faults_come_once_and_change_nothing() {
    let server = good_server();
    put_settings(&server, &json!({"bad_gateway_next": 1, "close_next": 1, "garbage_next": 1}));
    let mut instance = Instance::new(1);
    let body = instance.trust_body(1, token("valid"));
    let answers = [(); 3].map(|()| post(&server, RECEIVER, &body));
    assert_eq!((answers[0].status, answers[0].then), (502, Then::Answer));
    assert_eq!((answers[1].then, answers[2].then), (Then::Close, Then::Garbage));
    put_settings(&server, &json!({"try_again_next": 1}));
    let again = line(&post(&server, RECEIVER, &body));
    assert_eq!(again.status, LineStatus::OkTryAgain);
    assert!(again.poll_interval.unwrap() > 0 && again.message.is_some());
    assert!(trust_code(&line(&post(&server, RECEIVER, &body))).status.success);
}

#[test]
fn call_home_carries_the_same_answer() {
    let server = good_server();
    let body = hello(&mut Instance::new(1));
    let data = String::from_utf8(body).unwrap();
    let envelope = format!(
        "<e:Envelope xmlns:e='http://www.w3.org/2003/05/soap-envelope'><e:Body>\
         <b:Block xmlns:b='http://www.cisco.com/2004/01/aml-block'><b:Attachments>\
         <b:Attachment type='inline'><b:Name>smart_licensing_data</b:Name>\
         <b:Data encoding='plain'><![CDATA[{data}]]></b:Data></b:Attachment>\
         </b:Attachments></b:Block></e:Body></e:Envelope>"
    );
    let path = "/Transportgateway/services/DeviceRequestHandler";
    let answer = post(&server, path, envelope.as_bytes());
    assert_eq!((answer.status, answer.headers[0].1.as_str()), (200, "text/xml; charset=utf-8"));
    let text = String::from_utf8(answer.body).unwrap();
    let (_, rest) = text.split_once("<![CDATA[").unwrap();
    let (inner, _) = rest.split_once("]]>").unwrap();
    let inner = SmartAnswer::decode(inner.as_bytes()).unwrap();
    assert_eq!(inner.sender_info.unwrap().connect_info.name, "CSLU_V1");
    assert_eq!(post(&server, path, b"not SOAP").status, 400);
}

#[test]
fn answers_to_usage_and_poll_read_as_documented() {
    let server = good_server();
    let mut instance = Instance::new(1);
    instance.trust(&server, 1, "valid");
    let body = instance.simple_usage(1, 500);
    let deferred = post(&server, CSLU, &body);
    let pretty = |answer: &ServerAnswer| {
        let value: Value = serde_json::from_slice(&answer.body).unwrap();
        serde_json::to_string_pretty(&value).unwrap()
    };
    insta::assert_snapshot!("usage_deferred", pretty(&deferred));
    server.advance_clock(60_000);
    let acknowledged = instance.poll(&server, CSLU, line(&deferred).poll_id.unwrap());
    let artefact = STANDARD.decode(acknowledged.smart_license.unwrap()).unwrap();
    insta::assert_snapshot!("usage_acknowledged", String::from_utf8(artefact).unwrap());
}

#[test]
fn the_same_requests_get_the_same_bytes() {
    let run = || {
        let server = good_server();
        let mut instance = Instance::new(1);
        let mut answers = Vec::new();
        let bodies = [instance.trust_body(1, token("valid")), instance.simple_usage(1, 500)];
        answers.extend(bodies.iter().map(|body| post(&server, RECEIVER, body)));
        let poll_id = line(&answers[1]).poll_id.unwrap();
        let body = instance.poll_body(poll_id);
        answers.push(post(&server, RECEIVER, &body));
        answers
    };
    assert_eq!(run(), run());
}

fn any_listener() -> impl Strategy<Value = Listener> {
    prop_oneof![Just(Listener::ProductHttps), Just(Listener::ProductHttp), Just(Listener::Admin)]
}

fn any_path() -> impl Strategy<Value = String> {
    let known = [
        RECEIVER,
        CSLU,
        CSLU_OTHER,
        "/SmartTransport",
        "/",
        "/Transportgateway/services/DeviceRequestHandler",
        "/muster/control/clock",
        "/muster/control/settings",
        "/muster/control/product-instances",
        "/muster/control/collect",
    ];
    prop_oneof![prop::sample::select(known.to_vec()).prop_map(str::to_owned), ".{0,40}"]
}

proptest! {
    #[test]
    fn any_bytes_anywhere_get_an_answer(
        listener in any_listener(),
        method in prop::sample::select(vec!["GET", "POST", "PUT", "DELETE", "X"]),
        path in any_path(),
        body in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let request =
            ServerRequest { method, path_and_query: &path, headers: &[], body: &body };
        let answer = good_server().answer(listener, request);
        prop_assert!((200..600).contains(&answer.status));
    }

    #[test]
    fn no_change_of_a_good_request_panics(
        kind in 0..3_usize,
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
        keep in any::<prop::sample::Index>(),
        cut in any::<bool>(),
    ) {
        let server = good_server();
        let mut instance = Instance::new(1);
        instance.trust(&server, 1, "valid");
        let mut body = match kind {
            0 => instance.trust_body(2, None),
            1 => instance.simple_usage(1, 500),
            _ => instance.poll_body(PollId(1)),
        };
        let at = at.index(body.len());
        body[at] = byte;
        if cut {
            body.truncate(keep.index(body.len()));
        }
        let answer = post(&server, CSLU, &body);
        prop_assert!([200, 404].contains(&answer.status));
        prop_assert!(SmartAnswer::decode(&answer.body).is_ok());
    }

    #[test]
    fn no_smart_license_panics(xml in "[<>/a-zA-Z&;\\[\\]{}\":, ]{0,300}", kind in 0..3_usize) {
        let kind = ["TRUST_SYNC", "LICENSE_USAGE", "ID_TOKEN_TRUST"][kind];
        let body = Instance::new(1).artefact_body(kind, &xml);
        prop_assert_eq!(code(&post(&good_server(), RECEIVER, &body)), "INVALID_REQUEST");
    }
}
