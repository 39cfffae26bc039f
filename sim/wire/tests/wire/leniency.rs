//! What the decoders accept beyond their own output, what they keep, and what they refuse.

use muster_wire::limits::{
    ARTEFACT_BYTES_MAX, JSON_DEPTH_MAX, MESSAGE_BYTES_MAX, PAYLOAD_BYTES_MAX, XML_ATTRIBUTES_MAX,
    XML_DEPTH_MAX, XML_ELEMENTS_MAX,
};
use muster_wire::rum_report::{MeasuredValue, RumPayload, RumReport};
use muster_wire::transport::smart::SmartRequest;
use muster_wire::transport::smart_answer::SmartAnswer;
use muster_wire::xml::Element;
use muster_wire::{Artefact, Error, PollId, RequestType, decoded_json};
use serde_json::{Value, json};

fn request() -> Value {
    serde_json::from_str(include_str!("../vectors/request_license_usage.json")).unwrap()
}

fn answer() -> Value {
    serde_json::from_str(include_str!("../vectors/answer_ok_poll.json")).unwrap()
}

fn decode(request: &Value) -> SmartRequest {
    SmartRequest::decode(request.to_string().as_bytes()).unwrap()
}

#[test]
fn numbers_over_the_signed_range_keep_every_digit() {
    let mut answer = answer();
    answer["license_data"][0]["poll_id"] = json!(u64::MAX);
    answer["sender_info"]["nonce"] = json!(u64::MAX.to_string());
    let decoded = SmartAnswer::decode(answer.to_string().as_bytes()).unwrap();
    assert_eq!(decoded.license_data[0].poll_id, Some(PollId(u64::MAX)));
    assert_eq!(decoded.nonce().unwrap().as_str(), "18446744073709551615");
    assert_eq!(serde_json::from_slice::<Value>(&decoded.encode()).unwrap(), answer);
}

#[test]
fn a_poll_id_that_is_no_u64_is_refused() {
    for poll_id in [json!(-1), json!(1.5), json!("5"), json!(1e30)] {
        let mut answer = answer();
        answer["license_data"][0]["poll_id"] = poll_id;
        let error = SmartAnswer::decode(answer.to_string().as_bytes()).unwrap_err();
        assert!(matches!(error, Error::Json { .. }), "{error}");
    }
}

#[test]
fn null_empty_and_absent_all_read_as_none() {
    let none: [fn(&mut Value, &str); 3] = [
        |object, member| object[member] = Value::Null,
        |object, member| object[member] = json!(""),
        |object, member| drop(object.as_object_mut().unwrap().shift_remove(member)),
    ];
    for set in none {
        let mut request = request();
        set(&mut request["sender_info"], "product_instance_identifier");
        set(&mut request["device_list"][0], "product_instance_identifier");
        set(&mut request["license_data"][0], "smart_license");
        let decoded = decode(&request);
        assert_eq!(decoded.sender_info.product_instance_identifier, None);
        assert_eq!(decoded.device_list[0].product_instance_identifier, None);
        assert_eq!(decoded.license_data[0].smart_license, None);
    }
}

#[test]
fn absent_and_null_lists_read_as_empty() {
    for value in [Value::Null, json!([])] {
        let mut request = request();
        request["device_list"] = value.clone();
        request["license_data"] = value.clone();
        request["sender_info"]["connect_info"]["capabilities"] = value;
        let decoded = decode(&request);
        assert!(decoded.device_list.is_empty() && decoded.license_data.is_empty());
        assert!(decoded.sender_info.connect_info.capabilities.is_empty());
    }
    let mut answer = answer();
    answer["license_data"] = Value::Null;
    let decoded = SmartAnswer::decode(answer.to_string().as_bytes()).unwrap();
    assert!(decoded.license_data.is_empty());
}

#[test]
fn unknown_members_are_kept_at_every_level() {
    let add = |value: &mut Value, pointers: &[&str]| {
        for pointer in pointers {
            let object = value.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer}"));
            object["x_novelty"] = json!({"deep": [1, null, "a"]});
        }
    };
    let mut request = request();
    add(
        &mut request,
        &[
            "",
            "/sender_info",
            "/sender_info/connect_info",
            "/sender_info/sudi",
            "/device_list/0",
            "/device_list/0/sudi",
            "/license_data/0",
        ],
    );
    let again: Value = serde_json::from_slice(&decode(&request).encode()).unwrap();
    assert_eq!(again, request);

    let mut answer = answer();
    add(&mut answer, &["", "/sender_info", "/license_data/0", "/license_data/0/sudi"]);
    let decoded = SmartAnswer::decode(answer.to_string().as_bytes()).unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&decoded.encode()).unwrap(), answer);

    let text = include_str!("../vectors/payload_v2_open.json");
    let mut payload: Value = serde_json::from_str(text).unwrap();
    add(
        &mut payload,
        &[
            "",
            "/asset_identification",
            "/asset_identification/asset",
            "/asset_identification/instance",
            "/meta",
            "/measurements/0",
            "/measurements/0/meta",
        ],
    );
    let decoded = RumPayload::decode(payload.to_string().as_bytes()).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&decoded.encode()).unwrap(), payload);
}

#[test]
fn a_measured_count_is_read_as_text_and_as_a_number() {
    for (value, count) in
        [(json!("3"), Some(3)), (json!(3), Some(3)), (json!("three"), None), (json!(-3), None)]
    {
        let measured = MeasuredValue { r#type: "COUNT".into(), value };
        assert_eq!(measured.as_count(), count, "{:?}", measured.value);
    }
}

#[test]
fn a_request_type_of_the_envelope_holds_for_lines_without_their_own() {
    let mut request = request();
    request["license_data"][0].as_object_mut().unwrap().shift_remove("request_type");
    request["license_data"].as_array_mut().unwrap().push(
        json!({"request_type": "POLL", "request_line_id": 2, "poll_id": 1, "smart_license": ""}),
    );
    request["request_type"] = json!("TRUST_SYNC");
    let request = decode(&request);
    let types: Vec<_> = request.license_data.iter().map(|line| request.line_type(line)).collect();
    assert_eq!(types, [Some(&RequestType::TrustSync), Some(&RequestType::Poll)]);
}

#[test]
fn each_format_is_refused_past_its_length() {
    let blanks = vec![b' '; MESSAGE_BYTES_MAX + 1];
    let too_long = |error: Error, limit: usize| {
        let Error::TooLong { limit: of, length, .. } = error else { panic!("{error}") };
        assert_eq!((of, length), (limit, limit + 1));
    };
    too_long(SmartRequest::decode(&blanks).unwrap_err(), MESSAGE_BYTES_MAX);
    too_long(SmartAnswer::decode(&blanks).unwrap_err(), MESSAGE_BYTES_MAX);
    too_long(Artefact::decode(&blanks[..=ARTEFACT_BYTES_MAX]).unwrap_err(), ARTEFACT_BYTES_MAX);
    too_long(RumReport::decode(&blanks[..=ARTEFACT_BYTES_MAX]).unwrap_err(), ARTEFACT_BYTES_MAX);
    too_long(RumPayload::decode(&blanks[..=PAYLOAD_BYTES_MAX]).unwrap_err(), PAYLOAD_BYTES_MAX);
    let characters = ARTEFACT_BYTES_MAX / 3 * 4;
    let text = "A".repeat(characters + 1);
    too_long(Artefact::from_smart_license(&text).unwrap_err(), characters);
    // At the limit the length is no reason any more.
    assert!(matches!(SmartRequest::decode(&blanks[1..]), Err(Error::Json { .. })));
    assert_eq!(decoded_json(&blanks)["bytes"], MESSAGE_BYTES_MAX + 1);
}

#[test]
fn nesting_is_refused_past_its_depth_in_every_json_format() {
    let deep = "[".repeat(JSON_DEPTH_MAX) + &"]".repeat(JSON_DEPTH_MAX);
    let body = format!("{{\"x\":{deep}}}");
    for error in [
        SmartRequest::decode(body.as_bytes()).unwrap_err(),
        SmartAnswer::decode(body.as_bytes()).unwrap_err(),
        RumReport::decode(body.as_bytes()).unwrap_err(),
        RumPayload::decode(body.as_bytes()).unwrap_err(),
    ] {
        assert!(matches!(error, Error::TooDeep { limit: JSON_DEPTH_MAX, .. }), "{error}");
    }
}

#[test]
fn elements_are_bounded_in_depth_attributes_and_number() {
    let nested = |depth: usize| "<a>".repeat(depth) + &"</a>".repeat(depth);
    assert!(Element::parse("test", &nested(XML_DEPTH_MAX)).is_ok());
    let error = Element::parse("test", &nested(XML_DEPTH_MAX + 1)).unwrap_err();
    assert_eq!(error, Error::TooDeep { format: "test", limit: XML_DEPTH_MAX });

    let attributed = |count: usize| format!("<a{}/>", " b=\"\"".repeat(count));
    assert!(Element::parse("test", &attributed(XML_ATTRIBUTES_MAX)).is_ok());
    let error = Element::parse("test", &attributed(XML_ATTRIBUTES_MAX + 1)).unwrap_err();
    assert_eq!(error.to_string(), "test: too many attributes at byte 0");

    let wide = |children: usize| format!("<a>{}</a>", "<b/>".repeat(children));
    assert!(Element::parse("test", &wide(XML_ELEMENTS_MAX - 1)).is_ok());
    let error = Element::parse("test", &wide(XML_ELEMENTS_MAX)).unwrap_err();
    assert!(error.to_string().starts_with("test: too many elements at byte"), "{error}");
}

#[test]
fn entities_beyond_the_predefined_ones_are_refused() {
    for text in [
        "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>",
        "<a>&b;</a>",
        "<a b=\"&c;\"/>",
        "<a>&#0;</a>",
        "<a/><b/>",
        "<a>",
        "",
    ] {
        assert!(Element::parse("test", text).is_err(), "{text}");
    }
}

#[test]
fn a_smart_license_that_is_no_base64_is_named() {
    let error = Artefact::from_smart_license("PHNtYXJ0 TGljZW5zZS8+").unwrap_err();
    insta::assert_snapshot!(
        error,
        @r#"smart_license artefact: smart_license is "PHNtYXJ0 TGljZW5zZS8+", expected base64 of an XML artefact"#
    );
}
