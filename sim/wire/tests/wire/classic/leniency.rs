//! What the classic decoders accept beyond their own output, what they keep, and what they refuse.

use muster_wire::classic::proposed::agent_action::AgentAction;
use muster_wire::classic::{
    AgentErrorCode, AnswerData, AnswerEnvelope, ClassicAnswer, ClassicRequest, ClassicStatus,
    MessageType, RequestData, RequestEnvelope,
};
use muster_wire::limits::{JSON_DEPTH_MAX, MESSAGE_BYTES_MAX};
use muster_wire::{Error, PollId};
use serde_json::{Value, json};

use super::read;

fn value(name: &str) -> Value {
    serde_json::from_str(&read(name)).unwrap()
}

/// The text inside a vector's envelope, as JSON.
fn inner(name: &str) -> Value {
    let envelope = value(name);
    let text = envelope.get("request").or_else(|| envelope.get("response")).unwrap();
    serde_json::from_str(text.as_str().unwrap()).unwrap()
}

#[test]
fn the_signed_text_is_kept_to_the_byte_however_it_is_written() {
    let pretty = serde_json::to_string_pretty(&inner("request_heartbeat.json")).unwrap();
    let spaced = format!(" \t{pretty}\n");
    let body = json!({"credential": null, "request": spaced, "signature": null}).to_string();
    let envelope = RequestEnvelope::decode(body.as_bytes()).unwrap();
    assert_eq!(envelope.request, spaced);
    assert!(envelope.open().is_ok());
    let again = RequestEnvelope::decode(&envelope.encode()).unwrap();
    assert_eq!(again.request, spaced);
}

#[test]
fn null_empty_and_absent_all_read_as_none() {
    let none: [fn(&mut Value, &str); 3] = [
        |object, member| object[member] = Value::Null,
        |object, member| object[member] = json!(""),
        |object, member| drop(object.as_object_mut().unwrap().shift_remove(member)),
    ];
    for set in none {
        let mut request = inner("request_heartbeat.json");
        for member in
            ["product_instance_identifier", "id_cert_serial_number", "signing_cert_serial_number"]
        {
            set(&mut request["header"], member);
        }
        let header = ClassicRequest::decode(&request.to_string()).unwrap().header;
        assert_eq!(header.product_instance_identifier, None);
        assert_eq!(header.id_cert_serial_number, None);
        assert_eq!(header.signing_cert_serial_number, None);
        // None is written as the public sample writes it.
        let again = serde_json::to_value(&header).unwrap();
        assert_eq!(again["id_cert_serial_number"], Value::Null);
    }
}

#[test]
fn an_envelope_without_signature_and_credential_is_unsigned() {
    let envelope = RequestEnvelope::decode(br#"{"request":"{}"}"#).unwrap();
    assert_eq!((envelope.signature, envelope.credential), (None, None));
    let envelope = AnswerEnvelope::decode(br#"{"response":"{}"}"#).unwrap();
    assert_eq!(envelope.signature, None);
}

#[test]
fn unknown_members_are_kept_at_every_level() {
    let add = |value: &mut Value, pointers: &[&str]| {
        for pointer in pointers {
            let object = value.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer}"));
            object["x_novelty"] = json!({"deep": [1, null, "a"]});
        }
    };
    let mut envelope = value("request_registration.json");
    add(&mut envelope, &["", "/credential"]);
    let decoded = RequestEnvelope::decode(envelope.to_string().as_bytes()).unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&decoded.encode()).unwrap(), envelope);

    let mut request = inner("request_registration.json");
    add(&mut request, &["", "/header", "/header/sudi", "/header/connect_info"]);
    let decoded = ClassicRequest::decode(&request.to_string()).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&decoded.encode()).unwrap(), request);

    for (name, pointers) in [
        ("request_registration.json", &["", "/sudi", "/device_list/0"][..]),
        (
            "request_entitlement.json",
            &["", "/entitlements/0", "/entitlements/1/application/peers/0"],
        ),
        ("request_conversion.json", &["", "/conversion_data/0"]),
        ("request_third_party_key.json", &["", "/data/0"]),
    ] {
        let text = inner(name)["request_data"].as_str().unwrap().to_owned();
        let mut data: Value = serde_json::from_str(&text).unwrap();
        add(&mut data, pointers);
        let kind = MessageType::from(inner(name)["header"]["request_type"].as_str().unwrap());
        let decoded = RequestData::decode(&kind, &data.to_string()).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&decoded.encode()).unwrap(), data, "{name}");
    }
}

#[test]
fn numbers_over_the_signed_range_keep_every_digit() {
    let text = r#"{"poll_id":18446744073709551615,"poll_interval":3600}"#;
    let kind = MessageType::Conversion;
    let data = AnswerData::decode(&kind, &ClassicStatus::OkPoll, text).unwrap();
    assert!(matches!(&data, AnswerData::Deferred(one) if one.poll_id == PollId(u64::MAX)));
    assert_eq!(data.encode(), text);
    for poll_id in ["-1", "1.5", "\"5\"", "1e30", "18446744073709551616"] {
        let text = format!(r#"{{"poll_id":{poll_id},"poll_interval":3600}}"#);
        assert!(AnswerData::decode(&kind, &ClassicStatus::OkPoll, &text).is_err(), "{poll_id}");
    }
}

#[test]
fn a_count_is_read_as_text_and_as_a_number() {
    let text = inner("request_entitlement.json")["request_data"].as_str().unwrap().to_owned();
    for count in ["\"2\"", "2"] {
        let text = text.replace("\"count\":2", &format!("\"count\":{count}"));
        let RequestData::Entitlement(data) =
            RequestData::decode(&MessageType::Entitlement, &text).unwrap()
        else {
            panic!("{text}");
        };
        assert_eq!(data.entitlements[1].count, 2);
    }
}

#[test]
fn a_refused_request_gives_nothing_whatever_its_type() {
    for text in ["", "{}", "null"] {
        let data =
            AnswerData::decode(&MessageType::Registration, &ClassicStatus::Failed, text).unwrap();
        assert_eq!(data, AnswerData::Nothing(Default::default()), "{text:?}");
    }
    let unheard_of = ClassicStatus::from("UNHEARD_OF");
    assert!(AnswerData::decode(&MessageType::Registration, &unheard_of, "{}").is_ok());
}

#[test]
fn what_an_agent_would_say_of_an_answer_can_be_told_from_the_error() {
    let mut answer = inner("answer_heartbeat.json");
    answer["header"].as_object_mut().unwrap().shift_remove("response_type");
    let answer = ClassicAnswer::decode(&answer.to_string()).unwrap();
    let error = answer.data().unwrap_err();
    assert_eq!(error.to_string(), "classic answer text has no header.response_type");
    assert_eq!(AgentErrorCode::of_undecodable(&error), AgentErrorCode::MISSING_FIELD);

    let incomplete =
        AnswerData::decode(&MessageType::Registration, &ClassicStatus::Complete, "{}").unwrap_err();
    assert_eq!(AgentErrorCode::of_undecodable(&incomplete), AgentErrorCode::MISSING_FIELD);

    for kind in [MessageType::Poll, MessageType::from("UNHEARD_OF")] {
        let error = AnswerData::decode(&kind, &ClassicStatus::Complete, "{}").unwrap_err();
        insta::allow_duplicates! {
            assert!(error.to_string().contains("expected a type that can be answered"), "{error}");
        }
    }
}

#[test]
fn agent_actions_are_read_when_they_are_words_and_kept_whatever_they_are() {
    let mut request = inner("answer_heartbeat.json");
    let answer = ClassicAnswer::decode(&request.to_string()).unwrap();
    assert_eq!(answer.header.actions(), [AgentAction::RenewId, AgentAction::RenewAuthorization]);
    for other in [json!({"do": "RENEW_ID"}), json!("RENEW_ID"), json!([7]), Value::Null] {
        request["header"]["agent_actions"] = other.clone();
        let answer = ClassicAnswer::decode(&request.to_string()).unwrap();
        assert_eq!(answer.header.actions(), []);
        assert_eq!(answer.header.agent_actions, other);
    }
    let mut header = answer.header;
    header.set_actions(&[AgentAction::Deregister]);
    assert_eq!(header.agent_actions, json!(["DEREGISTER"]));
    header.set_actions(&[]);
    assert_eq!(header.agent_actions, Value::Null);
}

#[test]
fn a_secret_is_not_in_a_debug_text() {
    let envelope = RequestEnvelope::decode(read("request_registration.json").as_bytes()).unwrap();
    let text = format!("{envelope:?}");
    assert!(text.contains("[id token]") && !text.contains("MUSTER-TEST-ID-TOKEN"), "{text}");
}

#[test]
fn each_level_is_refused_past_its_limits() {
    let blanks = vec![b' '; MESSAGE_BYTES_MAX + 1];
    for error in [
        RequestEnvelope::decode(&blanks).unwrap_err(),
        AnswerEnvelope::decode(&blanks).unwrap_err(),
    ] {
        assert!(matches!(error, Error::TooLong { limit: MESSAGE_BYTES_MAX, .. }), "{error}");
    }
    let deep = "[".repeat(JSON_DEPTH_MAX) + &"]".repeat(JSON_DEPTH_MAX);
    let body = format!("{{\"x\":{deep}}}");
    let kind = MessageType::Heartbeat;
    for error in [
        RequestEnvelope::decode(body.as_bytes()).unwrap_err(),
        AnswerEnvelope::decode(body.as_bytes()).unwrap_err(),
        ClassicRequest::decode(&body).unwrap_err(),
        ClassicAnswer::decode(&body).unwrap_err(),
        RequestData::decode(&kind, &body).unwrap_err(),
        AnswerData::decode(&kind, &ClassicStatus::Complete, &body).unwrap_err(),
    ] {
        assert!(matches!(error, Error::TooDeep { limit: JSON_DEPTH_MAX, .. }), "{error}");
    }
}

#[test]
fn nesting_is_counted_in_each_text_for_itself() {
    let mut request = inner("request_heartbeat.json");
    let deep = "[".repeat(JSON_DEPTH_MAX + 1) + &"]".repeat(JSON_DEPTH_MAX + 1);
    request["request_data"] = json!(deep);
    let body = json!({"request": request.to_string()}).to_string();
    // The outer texts are shallow and open; the innermost alone is refused.
    let opened = RequestEnvelope::decode(body.as_bytes()).unwrap().open().unwrap();
    assert!(matches!(opened.data(), Err(Error::TooDeep { .. })));
}

#[test]
fn a_huge_text_is_no_trouble() {
    let data = format!("{{\"x\":\"{}\"}}", "\\\"".repeat(500_000));
    let body = json!({"request": data}).to_string();
    assert!(body.len() < MESSAGE_BYTES_MAX);
    let envelope = RequestEnvelope::decode(body.as_bytes()).unwrap();
    assert_eq!(envelope.request.len(), data.len());
    assert!(matches!(envelope.open(), Err(Error::Json { .. })));
}

#[test]
fn a_type_outside_the_table_is_named() {
    let mut request = inner("request_heartbeat.json");
    request["header"]["request_type"] = json!("SHUTDOWN");
    let request = ClassicRequest::decode(&request.to_string()).unwrap();
    insta::assert_snapshot!(
        request.data().unwrap_err(),
        @r#"request_data: request_type is "SHUTDOWN", expected a type this crate knows"#
    );
}
