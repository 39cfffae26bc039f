//! Device-led conversion: every outcome, once only, and after a restore.

use super::*;
use crate::classic::tests::life::goodbye;

/// Status and detail of a decided conversion.
fn outcome(answer: &ClassicAnswer) -> (String, String) {
    match answer.data() {
        Ok(AnswerData::Conversion(data)) => (data.conversion_status.to_string(), data.detail),
        other => panic!("{other:?}: {answer:?}"),
    }
}

fn status(answer: &ClassicAnswer) -> String {
    outcome(answer).0
}

fn polled(server: &Server, instance: &mut Instance, poll_id: PollId) -> ClassicAnswer {
    let data = instance.poll(poll_id, MessageType::Conversion);
    instance.ask(server, &data)
}

fn requested(server: &Server, instance: &mut Instance) -> PollId {
    let t = tag("X");
    let data = instance.conversion(&[(&t, 3)]);
    poll_id(&instance.ask(server, &data))
}

#[test]
fn a_conversion_is_polled_for_and_deposits_once() {
    let server = good_server();
    let t = tag("X");
    hold(&server, "Default", &t, 0);
    let mut instance = Instance::registered(&server, 1);
    let poll_id = requested(&server, &mut instance);
    let early = polled(&server, &mut instance, poll_id);
    let Ok(AnswerData::Deferred(deferred)) = early.data() else { panic!("{early:?}") };
    assert_eq!(deferred.poll_interval, 3600);
    assert_eq!(deferred.extra["conversion_status"], "POLL_ME_LATER");
    server.advance_clock(HOUR_MS);
    for _ in 0..2 {
        assert_eq!(status(&polled(&server, &mut instance, poll_id)), "MIGRATE_SUCCESS");
    }
    let row = held(&server, "Default", &t);
    assert_eq!(row["purchased"], 3);
    assert_eq!(row["lots"][1]["source"], "conversion");
    // Neither another request nor a new registration converts again.
    let data = instance.conversion(&[(&t, 3)]);
    let (again, detail) = outcome(&instance.ask(&server, &data));
    assert_eq!((&*again, &*detail), ("ALREADY_CONVERTED", "License Already Converted"));
    let data = goodbye(&mut instance);
    instance.ask(&server, &data);
    instance.registers(&server, "valid");
    let data = instance.conversion(&[(&t, 3)]);
    assert_eq!(status(&instance.ask(&server, &data)), "ALREADY_CONVERTED");
    assert_eq!(held(&server, "Default", &t)["purchased"], 3);
}

#[test]
fn cssm_converts_at_once_and_knows_the_same() {
    let server = good_server();
    let t = tag("X");
    let mut instance = Instance::direct(1);
    instance.registers(&server, "valid");
    let mut convert = || {
        let data = instance.conversion(&[(&t, 1)]);
        status(&instance.ask(&server, &data))
    };
    assert_eq!([convert(), convert()], ["MIGRATE_SUCCESS", "ALREADY_CONVERTED"]);
    // The licences are used up whoever shows them.
    let mut other = Instance::direct(2);
    other.registers(&server, "valid");
    let RequestData::Conversion(mut data) = other.conversion(&[(&t, 1)]) else { panic!() };
    data.conversion_string = STANDARD.encode(format!("proof {}", instance.udi));
    let answer = other.ask(&server, &RequestData::Conversion(data));
    assert_eq!(status(&answer), "ALREADY_CONVERTED");
}

#[test]
fn an_account_must_allow_conversion() {
    let server = good_server();
    let t = tag("X");
    let mut instance = Instance::new(1);
    instance.registers(&server, "other_account");
    let data = instance.conversion(&[(&t, 1)]);
    assert_eq!(status(&instance.ask(&server, &data)), "MIGRATE_FAILED");
    let change = json!({ "virtual_account": "My VA", "conversion_enabled": true });
    control(&server, "PUT", "accounts", &change);
    requested(&server, &mut instance);
}

#[test]
fn whoever_is_not_registered_is_told_so_also_when_polling() {
    let server = good_server();
    let t = tag("X");
    let mut instance = Instance::new(1);
    let data = instance.conversion(&[(&t, 1)]);
    let answer = instance.ask(&server, &data);
    assert_eq!(answer.status, ClassicStatus::Complete);
    assert_eq!(status(&answer), "AGENT_NOT_REGISTERED");
    let answer = polled(&server, &mut instance, PollId(1));
    assert_eq!(status(&answer), "AGENT_NOT_REGISTERED");
    let data = instance.poll(PollId(1), MessageType::ExportAuthorization);
    assert_eq!(code(&instance.ask(&server, &data)), "LS_INVALID_PRODUCT_INSTANCE");
}

#[test]
fn what_cannot_be_converted_fails_with_a_reason_and_may_be_tried_again() {
    let server = good_server();
    let (t, unknown) = (tag("X"), tag("UNKNOWN_X"));
    let mut instance = Instance::direct(1);
    instance.registers(&server, "valid");
    for licences in [vec![], vec![(&unknown, 1)], vec![(&t, 0)], vec![(&t, 1), (&unknown, 1)]] {
        let data = instance.conversion(&licences);
        let (status, detail) = outcome(&instance.ask(&server, &data));
        assert!(status == "MIGRATE_FAILED" && !detail.is_empty(), "{status} {detail}");
    }
    let data = instance.conversion(&[(&t, 1)]);
    assert_eq!(status(&instance.ask(&server, &data)), "MIGRATE_SUCCESS");
}

#[test]
fn another_message_is_an_invalid_message_type() {
    let server = good_server();
    let mut instance = Instance::registered(&server, 1);
    let hsec = tag("X_HSEC");
    let data = instance.export(ExportAction::Request, &[(&hsec, 1)]);
    let poll_id = poll_id(&instance.ask(&server, &data));
    assert_eq!(status(&polled(&server, &mut instance, poll_id)), "INVALID_MESSAGE_TYPE");
    let data = instance.conversion(&[]);
    let mut request = ClassicRequest::new(instance.header(), &data);
    request.request_data = "{}".to_owned();
    let text = request.encode();
    let body = RequestEnvelope::new(text.clone(), Some(instance.sign(&text)), None).encode();
    let answer = opened(&server, &post(&server, ONPREM, &body).body);
    assert_eq!(status(&answer), "INVALID_MESSAGE_TYPE");
}

#[test]
fn a_second_request_while_one_waits_gets_the_same_poll_id() {
    let server = good_server();
    let mut instance = Instance::registered(&server, 1);
    let [first, second] = [(); 2].map(|()| requested(&server, &mut instance));
    assert_eq!(first, second);
}

fn back_up(server: &Server) {
    control(server, "POST", "backups", &json!({ "name": "before" }));
}

fn restore(server: &Server) {
    control(server, "POST", "restore", &json!({ "name": "before" }));
}

#[test]
fn restored_to_before_the_request_a_poll_is_an_error_and_the_request_is_repeated() {
    let server = good_server();
    let mut instance = Instance::registered(&server, 1);
    back_up(&server);
    let poll_id = requested(&server, &mut instance);
    restore(&server);
    server.advance_clock(HOUR_MS);
    assert_eq!(code(&polled(&server, &mut instance, poll_id)), "LS_UNKNOWN_POLL_ID");
    let again = requested(&server, &mut instance);
    assert_ne!(again, poll_id);
    server.advance_clock(HOUR_MS);
    assert_eq!(status(&polled(&server, &mut instance, again)), "MIGRATE_SUCCESS");
}

#[test]
fn restored_to_before_the_registration_nobody_is_known() {
    let server = good_server();
    back_up(&server);
    let mut instance = Instance::registered(&server, 1);
    let poll_id = requested(&server, &mut instance);
    restore(&server);
    assert_eq!(listed(&server, &instance.udi), None);
    assert_eq!(status(&polled(&server, &mut instance, poll_id)), "AGENT_NOT_REGISTERED");
    instance.registers(&server, "valid");
    requested(&server, &mut instance);
}

#[test]
fn restored_between_receipt_and_synchronization_nothing_is_deposited_twice() {
    let server = good_server();
    let t = tag("X");
    hold(&server, "Default", &t, 0);
    let mut instance = Instance::registered(&server, 1);
    let poll_id = requested(&server, &mut instance);
    back_up(&server);
    control(&server, "POST", "synchronize", &json!({}));
    assert_eq!(status(&polled(&server, &mut instance, poll_id)), "MIGRATE_SUCCESS");
    restore(&server);
    assert_eq!(listed(&server, &instance.udi).unwrap()["pending"][0]["is_decided"], false);
    control(&server, "POST", "synchronize", &json!({}));
    assert_eq!(status(&polled(&server, &mut instance, poll_id)), "MIGRATE_SUCCESS");
    assert_eq!(held(&server, "Default", &t)["purchased"], 3);
}

#[test]
fn restored_before_a_request_that_cssm_has_answered_the_licences_are_already_converted() {
    let server = good_server();
    let mut instance = Instance::registered(&server, 1);
    back_up(&server);
    requested(&server, &mut instance);
    control(&server, "POST", "synchronize", &json!({}));
    restore(&server);
    let again = requested(&server, &mut instance);
    server.advance_clock(HOUR_MS);
    assert_eq!(status(&polled(&server, &mut instance, again)), "ALREADY_CONVERTED");
}
