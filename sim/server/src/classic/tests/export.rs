//! Export-controlled licences: request, poll, refusal, return.

use muster_wire::artefact::Artefact;
use muster_wire::classic::proposed::export_authorization::ExportAnswer;

use super::*;

fn decided(answer: &ClassicAnswer) -> ExportAnswer {
    match answer.data() {
        Ok(AnswerData::ExportAuthorization(data)) => data,
        other => panic!("{other:?}: {answer:?}"),
    }
}

fn polled(server: &Server, instance: &mut Instance, poll_id: PollId) -> ClassicAnswer {
    let data = instance.poll(poll_id, MessageType::ExportAuthorization);
    instance.ask(server, &data)
}

fn requested(server: &Server, instance: &mut Instance, tag: &EntitlementTag, n: u32) -> PollId {
    let data = instance.export(ExportAction::Request, &[(tag, n)]);
    poll_id(&instance.ask(server, &data))
}

#[test]
fn a_request_is_polled_for_every_hour_until_the_synchronization() {
    let server = good_server();
    let mut instance = Instance::new(1);
    instance.registers(&server, "export_not_allowed");
    let t = tag("X_HSEC");
    let data = instance.export(ExportAction::Request, &[(&t, 2)]);
    let answer = instance.ask(&server, &data);
    assert_eq!(answer.status, ClassicStatus::OkPoll);
    let Ok(AnswerData::Deferred(deferred)) = answer.data() else { panic!("{answer:?}") };
    assert_eq!(deferred.poll_interval, 3600);
    let early = polled(&server, &mut instance, deferred.poll_id);
    assert_eq!((early.status.as_str(), poll_id(&early)), ("OK_POLL", deferred.poll_id));
    server.advance_clock(HOUR_MS);
    for _ in 0..2 {
        let answer = polled(&server, &mut instance, deferred.poll_id);
        assert_eq!(answer.message_type().unwrap(), &MessageType::ExportAuthorization);
        let authorization = &decided(&answer).authorizations[0];
        assert_eq!((authorization.status.as_str(), authorization.count), ("SUCCESS", 2));
        let Some(Ok(Artefact::Authorization(code))) = authorization.artefact() else { panic!() };
        assert_eq!(code.udi, instance.udi.to_string());
        assert_eq!(code.code.product_instance_identifier, instance.identifier);
        assert_eq!((&code.code.licenses[0].tag, code.code.licenses[0].count), (&t, 2));
        let signature = STANDARD.decode(&code.signature).unwrap();
        let key = server.0.authority.signing_public_key();
        assert!(key.verify(code.signed.as_bytes(), &signature));
    }
    assert_eq!(held(&server, "Default", &t)["reserved"], 2);
    let mode = instance.authorized(&server, &[(&t, 2)]).entitlements[0].enforce_mode.to_string();
    assert_eq!(mode, "IN_COMPLIANCE");
}

#[test]
fn cssm_decides_at_once_unless_its_results_are_delayed() {
    let server = good_server();
    let t = tag("X_HSEC");
    let mut instance = Instance::direct(1);
    instance.registers(&server, "valid");
    let data = instance.export(ExportAction::Request, &[(&t, 1)]);
    assert_eq!(decided(&instance.ask(&server, &data)).authorizations[0].count, 1);
    control(&server, "PUT", "settings", &json!({ "acknowledge_after_ms": 1000 }));
    let data = instance.export(ExportAction::Request, &[(&t, 2)]);
    let poll_id = poll_id(&instance.ask(&server, &data));
    server.advance_clock(1000);
    assert_eq!(decided(&polled(&server, &mut instance, poll_id)).authorizations[0].count, 2);
    assert_eq!(held(&server, "Default", &t)["reserved"], 2);
}

#[test]
fn what_no_account_has_is_not_available() {
    let server = good_server();
    let mut instance = Instance::registered(&server, 1);
    let t = tag("X_HSEC");
    hold(&server, "Default", &t, 3);
    let poll_id = requested(&server, &mut instance, &t, 4);
    server.advance_clock(HOUR_MS);
    let answer = decided(&polled(&server, &mut instance, poll_id));
    let refused = &answer.authorizations[0];
    assert_eq!((refused.status.as_str(), &refused.smart_license), ("FAILED", &None));
    assert!(refused.message.as_ref().unwrap().contains("not available"));
    assert_eq!(held(&server, "Default", &t)["reserved"], 0);
}

#[test]
fn while_the_default_account_has_it_the_instance_goes_on_polling() {
    let server = good_server();
    let t = tag("X_HSEC");
    let mut instance = Instance::new(1);
    instance.registers(&server, "other_account");
    let poll_id = requested(&server, &mut instance, &t, 1);
    for _ in 0..3 {
        server.advance_clock(HOUR_MS);
        let answer = polled(&server, &mut instance, poll_id);
        assert_eq!(answer.status, ClassicStatus::OkPoll);
    }
    hold(&server, "My VA", &t, 1);
    let answer = polled(&server, &mut instance, poll_id);
    assert_eq!(decided(&answer).authorizations[0].status.as_str(), "SUCCESS");
    assert_eq!(held(&server, "My VA", &t)["available"], 0);
}

#[test]
fn a_synchronization_decides_what_waits() {
    let server = good_server();
    let mut instance = Instance::registered(&server, 1);
    let t = tag("X_HSEC");
    let poll_id = requested(&server, &mut instance, &t, 1);
    control(&server, "POST", "synchronize", &json!({}));
    let answer = polled(&server, &mut instance, poll_id);
    assert_eq!(answer.status, ClassicStatus::Complete);
}

#[test]
fn malformed_requests_fail_at_once_and_leave_no_trace() {
    let server = good_server();
    let mut instance = Instance::registered(&server, 1);
    let (t, normal) = (tag("X_HSEC"), tag("X"));
    let long = EntitlementTag::new(&"x".repeat(300));
    let many: Vec<_> = (0..17).map(|number| tag(&format!("HSEC{number}"))).collect();
    let many: Vec<_> = many.iter().map(|tag| (tag, 1)).collect();
    for (wanted, expected) in [
        (vec![], "LS_INVALID_REQUEST"),
        (vec![(&t, 0)], "LS_INVALID_REQUEST"),
        (vec![(&t, 1), (&t, 1)], "LS_INVALID_REQUEST"),
        (vec![(&long, 1)], "LS_INVALID_REQUEST"),
        (many, "LS_INVALID_REQUEST"),
        (vec![(&normal, 1)], "LS_INVALID_EXPORT_TAG"),
        (vec![(&tag("UNKNOWN_HSEC"), 1)], "LS_INVALID_EXPORT_TAG"),
    ] {
        let data = instance.export(ExportAction::Request, &wanted);
        assert_eq!(code(&instance.ask(&server, &data)), expected, "{wanted:?}");
    }
    let data = instance.export(ExportAction::from("KEEP"), &[(&t, 1)]);
    assert_eq!(code(&instance.ask(&server, &data)), "LS_INVALID_REQUEST");
    assert_eq!(listed(&server, &instance.udi).unwrap()["pending"], json!([]));
}

#[test]
fn a_return_is_polled_for_too_and_only_what_is_held_goes_back() {
    let server = good_server();
    let mut instance = Instance::registered(&server, 1);
    let t = tag("X_HSEC");
    let data = instance.export(ExportAction::Return, &[(&t, 1)]);
    let refused = instance.ask(&server, &data);
    assert_eq!(code(&refused), "LS_NOT_CONSUMING");
    let words = refused.message.unwrap();
    assert!(words.starts_with("Product Instance is not consuming this tag :"), "{words}");
    requested(&server, &mut instance, &t, 3);
    control(&server, "POST", "synchronize", &json!({}));
    let data = instance.export(ExportAction::Return, &[(&t, 2)]);
    let body = instance.body(&data);
    let poll_ids = [(); 2].map(|()| poll_id(&opened(&server, &post(&server, ONPREM, &body).body)));
    assert_eq!(poll_ids[0], poll_ids[1]);
    assert_eq!(held(&server, "Default", &t)["reserved"], 3);
    server.advance_clock(HOUR_MS);
    let answer = decided(&polled(&server, &mut instance, poll_ids[0]));
    let returned = &answer.authorizations[0];
    assert_eq!((returned.status.as_str(), &returned.smart_license), ("SUCCESS", &None));
    assert_eq!(held(&server, "Default", &t)["reserved"], 1);
}

#[test]
fn a_poll_finds_only_what_was_promised_to_the_instance() {
    let server = good_server();
    let [mut one, mut other] = [1, 2].map(|number| Instance::registered(&server, number));
    let poll_id = requested(&server, &mut one, &tag("X_HSEC"), 1);
    let foreign = polled(&server, &mut other, poll_id);
    assert_eq!(code(&foreign), "LS_UNKNOWN_POLL_ID");
    assert_eq!(foreign.message_type().unwrap(), &MessageType::ExportAuthorization);
    let data = one.poll(poll_id, MessageType::Heartbeat);
    assert_eq!(code(&one.ask(&server, &data)), "LS_INVALID_POLL_TYPE");
}

#[test]
fn promises_of_one_instance_are_limited() {
    let server = good_server();
    let mut instance = Instance::registered(&server, 1);
    let t = tag("X_HSEC");
    for _ in 0..100 {
        requested(&server, &mut instance, &t, 1);
    }
    let pending = listed(&server, &instance.udi).unwrap()["pending"].as_array().unwrap().len();
    assert_eq!(pending, 24);
    assert_eq!(server.0.store().classic.due.len(), 24);
}
