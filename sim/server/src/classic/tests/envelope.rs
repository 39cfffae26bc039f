//! The envelope: eras at one URL, echo, bad input, signatures, nonces, versions.

use muster_wire::transport::smart_answer::SmartAnswer;

use super::*;

#[test]
fn both_eras_are_served_at_the_same_urls() {
    let server = good_server();
    for path in [CSSM, ONPREM] {
        let policy = br#"{"sender_info":{"nonce":"12"}}"#;
        assert!(SmartAnswer::decode(&post(&server, path, policy).body).unwrap().is_short());
        let classic = post(&server, path, br#"{"signature":null,"request":"{}"}"#);
        assert_eq!(code(&opened(&server, &classic.body)), "LS_INVALID_REQUEST");
    }
    // A CSLU tenant knows the policy era only.
    let cslu = post(&server, "/cslu/v1/pi/Default-1", br#"{"signature":null,"request":"{}"}"#);
    assert!(SmartAnswer::decode(&cslu.body).unwrap().is_short());
}

#[test]
fn the_answer_repeats_who_asked_and_names_who_answers() {
    let server = good_server();
    let mut instance = Instance::registered(&server, 1);
    let data = instance.heartbeat();
    let answer = instance.ask(&server, &data);
    assert_eq!((&answer.nonce, &answer.header.nonce), (data.nonce(), data.nonce()));
    assert_eq!(answer.header.sudi.udi(), instance.udi);
    assert_eq!(answer.message_type().unwrap(), &MessageType::Heartbeat);
    assert_eq!(answer.header.product_instance_identifier, instance.identifier);
    assert_eq!(answer.header.timestamp, START_MS);
    let server_info = answer.header.connect_info.unwrap();
    assert_eq!((&*server_info.name, &*server_info.version), ("SSM", "1.3"));
    assert!(server_info.capabilities.iter().any(|capability| capability == "AppHA"));
}

#[test]
fn what_is_no_request_fails_with_the_nonce_it_shows() {
    let server = good_server();
    let mut instance = Instance::registered(&server, 1);
    let data = instance.heartbeat();
    let whole = instance.body(&data);
    let nonce = data.nonce().as_str();
    let long = format!(r#"{{"request":"{{\"nonce\":\"{}\"}}"}}"#, "9".repeat(200));
    for (body, expected) in [
        (&whole[..whole.len() - 1], nonce),
        (br#"{"request":"{\"nonce\":\"34\"}"}"#.as_slice(), "34"),
        (br#"{"request":"{"#, ""),
        (b"{\"signature\":\"\xff", ""),
        (long.as_bytes(), ""),
    ] {
        let answer = opened(&server, &post(&server, ONPREM, body).body);
        assert_eq!(code(&answer), "LS_INVALID_REQUEST");
        assert_eq!(answer.nonce.as_str(), expected);
    }
}

/// The answer to a signed heartbeat that was changed.
fn changed(
    server: &Server,
    instance: &mut Instance,
    change: impl FnOnce(&mut ClassicRequest),
) -> ClassicAnswer {
    let mut request = ClassicRequest::new(instance.header(), &instance.clone().heartbeat());
    instance.nonce += 1;
    change(&mut request);
    let text = request.encode();
    let body = RequestEnvelope::new(text.clone(), Some(instance.sign(&text)), None).encode();
    opened(server, &post(server, ONPREM, &body).body)
}

#[test]
fn requests_that_contradict_themselves_are_refused() {
    type Change = fn(&mut ClassicRequest);
    let server = good_server();
    let mut instance = Instance::registered(&server, 1);
    let changes: [Change; 8] = [
        |of| of.nonce = Nonce::new("77"),
        |of| of.header.nonce = Nonce::new("77"),
        |of| of.request_data = Instance::new(2).heartbeat().encode(),
        |of| of.request_data.clear(),
        |of| of.header.request_type = None,
        |of| of.header.nonce = Nonce::new(""),
        |of| of.header.locale = Some("x".repeat(129).into()),
        |of| of.header.sudi = ClassicSudi::default(),
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let answer = changed(&server, &mut instance, change);
        assert_eq!(code(&answer), "LS_INVALID_REQUEST", "{number}");
    }
    let answer = changed(&server, &mut instance, |of| {
        of.header.request_type = Some(MessageType::from("NO_SUCH"));
    });
    assert_eq!(code(&answer), "LS_UNKNOWN_REQUEST_TYPE");
    let answer = changed(&server, &mut instance, |_| {});
    assert_eq!(answer.status, ClassicStatus::Complete);
}

#[test]
fn only_the_key_of_the_certificate_proves_a_sender() {
    let server = good_server();
    let mut instance = Instance::registered(&server, 1);
    let stranger = Instance { key: Instance::new(2).key, ..instance.clone() };
    let data = instance.heartbeat();
    let good = instance.body(&data);
    let text = RequestEnvelope::decode(&good).unwrap().request;
    let unsigned = RequestEnvelope::new(text.clone(), None, None).encode();
    let mut sha_1 = instance.sign(&text);
    sha_1.kind = "SHA-1".into();
    let of_other_kind = RequestEnvelope::new(text, Some(sha_1), None).encode();
    for body in [stranger.body(&data), unsigned, of_other_kind] {
        let answer = opened(&server, &post(&server, ONPREM, &body).body);
        assert_eq!(code(&answer), "LS_INVALID_SIGNATURE");
    }
    let answer = opened(&server, &post(&server, ONPREM, &good).body);
    assert_eq!(answer.status, ClassicStatus::Complete);
}

#[test]
fn whoever_is_not_registered_here_is_told_to_register() {
    let server = good_server();
    let mut instance = Instance::registered(&server, 1);
    let mut elsewhere = Instance { path: CSSM, ..instance.clone() };
    let mut renamed =
        Instance { identifier: Some(ProductInstanceId::new("other")), ..instance.clone() };
    let mut nobody = Instance { identifier: None, ..Instance::new(2) };
    for instance in [&mut elsewhere, &mut renamed, &mut nobody] {
        let data = instance.heartbeat();
        let answer = instance.ask(&server, &data);
        assert_eq!(code(&answer), "LS_INVALID_PRODUCT_INSTANCE");
        let message: Value = serde_json::from_str(answer.message.as_deref().unwrap()).unwrap();
        let words = message["product_instance_identifier"][0].as_str().unwrap();
        assert!(words.ends_with("is not valid.Please re-register the instance."), "{words}");
    }
    let data = instance.heartbeat();
    assert_eq!(instance.ask(&server, &data).status, ClassicStatus::Complete);
}

#[test]
fn a_nonce_is_good_for_one_request() {
    let server = good_server();
    let mut instance = Instance::registered(&server, 1);
    let data = instance.heartbeat();
    let body = instance.body(&data);
    let answers = [(); 2].map(|()| opened(&server, &post(&server, ONPREM, &body).body).status);
    assert_eq!(answers, [ClassicStatus::Complete, ClassicStatus::Complete]);
    instance.nonce -= 1;
    let other = instance.using(&[]);
    assert_eq!(code(&instance.ask(&server, &other)), "LS_NONCE_REPLAYED");
}

#[test]
fn newer_message_versions_are_refused_in_the_newest_known() {
    let server = good_server();
    let mut instance = Instance::registered(&server, 1);
    for (version, status) in [
        ("1.1", ClassicStatus::Complete),
        ("1.4", ClassicStatus::VersionTooHigh),
        ("x", ClassicStatus::Failed),
    ] {
        let data = instance.heartbeat();
        let header = Header { version: version.into(), ..instance.header() };
        let body = instance.body_with(header, &data);
        let answer = opened(&server, &post(&server, ONPREM, &body).body);
        assert_eq!(answer.status, status);
        assert_eq!(answer.header.version, if version == "1.1" { "1.1" } else { "1.3" });
    }
}

#[test]
fn try_again_is_said_to_those_who_know_the_word() {
    let server = good_server();
    let mut instance = Instance::registered(&server, 1);
    for (capabilities, status) in
        [(vec!["OK_TRY_AGAIN"], ClassicStatus::OkTryAgain), (vec![], ClassicStatus::Failed)]
    {
        control(&server, "PUT", "settings", &json!({ "try_again_next": 1 }));
        instance.capabilities = capabilities;
        let data = instance.heartbeat();
        let answer = instance.ask(&server, &data);
        assert_eq!(answer.status, status);
        assert!(answer.message.unwrap().contains("LS_LICENGINE_FAIL_TO_CONNECT"));
        assert_eq!(instance.ask(&server, &data).status, ClassicStatus::Complete);
    }
}

#[test]
fn the_same_requests_get_the_same_bytes() {
    let run = || {
        let server = good_server();
        let mut instance = Instance::new(1);
        let data = instance.registration(false);
        let body = instance.registration_body(data, &token("valid"));
        let first = post(&server, ONPREM, &body);
        instance.identifier =
            Some(registered(&opened(&server, &first.body)).product_instance_identifier);
        let t = tag("X");
        let data = instance.using(&[(&t, 1)]);
        [first, post(&server, ONPREM, &instance.body(&data))]
    };
    assert_eq!(run(), run());
}

#[test]
fn answers_read_as_proposed() {
    let server = good_server();
    let mut instance = Instance::registered(&server, 1);
    let t = tag("ACI_LEAF_ESS_10G");
    let data = instance.using(&[(&t, 2)]);
    let answer = instance.ask(&server, &data);
    let mut value = serde_json::to_value(&answer).unwrap();
    let data: Value = serde_json::from_str(&answer.response_data).unwrap();
    value["response_data"] = data;
    insta::assert_snapshot!("authorized", serde_json::to_string_pretty(&value).unwrap());
}
