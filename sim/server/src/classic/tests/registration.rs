//! Registration: tokens, clocks, agents, records.

use muster_certs::IssuedCertificate;
use muster_wire::classic::proposed::registration::RegisteringInstance;

use super::*;

fn certificate(text: &str) -> IssuedCertificate {
    IssuedCertificate::from_der(&STANDARD.decode(text).unwrap()).unwrap()
}

#[test]
fn a_token_gives_an_account_an_identifier_and_a_certificate() {
    let server = good_server();
    for mut instance in [Instance::new(1), Instance::direct(2)] {
        let answer = instance.register(&server, "other_account", false);
        let data = registered(&answer);
        assert_eq!((&*data.smart_account, &*data.virtual_account), ("Muster Test SA", "My VA"));
        assert_eq!((data.renew_interval, data.auth_renew_interval), (15_552_000, 2_592_000));
        let (id, signing, sub_ca) = (
            certificate(&data.id_cert),
            certificate(&data.signing_cert),
            certificate(&data.sub_ca_cert),
        );
        assert_eq!(id.public_key(), Some(&instance.key.public_key()));
        assert_eq!(id.not_after_ms() - id.not_before_ms(), 365 * DAY_MS);
        assert_eq!(id.not_before_ms(), START_MS);
        assert_eq!(id.is_issued_by(&sub_ca), Some(true));
        assert_eq!(signing.is_issued_by(&sub_ca), Some(true));
        let header = answer.header;
        assert_eq!(header.product_instance_identifier, Some(data.product_instance_identifier));
        assert_eq!(header.id_cert_serial_number.as_deref(), Some(id.serial()));
        assert_eq!(header.signing_cert_serial_number.as_deref(), Some(signing.serial()));
    }
}

#[test]
fn a_token_registers_many_and_each_udi_once() {
    let server = good_server();
    for number in 0..5 {
        Instance::registered(&server, number);
    }
    let all = control(&server, "GET", "registrations", &json!({}));
    assert_eq!(all["registrations"].as_array().unwrap().len(), 5);
}

#[test]
fn each_bad_token_is_named() {
    let server = good_server();
    for (number, (name, expected)) in (1..).zip([
        ("unknown", "LS_INVALID_TOKEN"),
        ("cssm_only", "LS_INVALID_TOKEN"),
        ("expired", "LS_TOKEN_EXPIRED"),
        ("revoked", "LS_TOKEN_REVOKED"),
    ]) {
        let mut instance = Instance::new(number);
        assert_eq!(code(&instance.register(&server, name, false)), expected);
        assert_eq!(listed(&server, &instance.udi), None);
    }
    assert!(Instance::new(8).register(&server, "onprem_only", false).data().is_ok());
    let of_onprem = Instance::direct(9).register(&server, "onprem_only", false);
    assert_eq!(code(&of_onprem), "LS_INVALID_TOKEN");
}

#[test]
fn a_capped_token_ends_with_its_last_use_and_a_repeated_request_is_one_use() {
    let server = good_server();
    let mut first = Instance::new(1);
    let data = first.registration(false);
    let body = first.registration_body(data, &token("single_use"));
    let answers = [(); 2].map(|()| opened(&server, &post(&server, ONPREM, &body).body));
    assert_eq!(registered(&answers[0]).id_cert, registered(&answers[1]).id_cert);
    let second = Instance::new(2).register(&server, "single_use", false);
    assert_eq!(code(&second), "LS_TOKEN_USED_UP");
}

#[test]
fn a_token_of_the_control_api_ends_after_its_days() {
    let server = good_server();
    let new = json!({ "virtual_account": "My VA", "days": 2, "export_allowed": true });
    let made = control(&server, "POST", "tokens", &new);
    let text = made["token"].as_str().unwrap().to_owned();
    let register = |number, server: &Server| {
        let mut instance = Instance { now_ms: server.now_ms(), ..Instance::new(number) };
        let data = instance.registration(false);
        let body = instance.registration_body(data, &text);
        opened(server, &post(server, ONPREM, &body).body)
    };
    server.advance_clock(2 * DAY_MS - 1);
    let data = registered(&register(1, &server));
    assert_eq!((&*data.virtual_account, data.export_control_allowed), ("My VA", true));
    server.advance_clock(1);
    assert_eq!(code(&register(2, &server)), "LS_TOKEN_EXPIRED");
}

#[test]
fn what_the_token_and_the_account_say_of_export_control_must_agree() {
    let server = good_server();
    let allowed =
        |number, name| Instance::new(number).registers(&server, name).export_control_allowed;
    assert!(allowed(1, "valid"));
    assert!(!allowed(2, "export_not_allowed"));
    let change = json!({ "virtual_account": "Default", "export_allowed": false });
    control(&server, "PUT", "accounts", &change);
    assert!(!allowed(3, "valid"));
}

#[test]
fn clocks_may_differ_by_a_day_in_either_direction() {
    let server = good_server();
    let register = |number, now_ms| {
        Instance { now_ms, ..Instance::new(number) }.register(&server, "valid", false)
    };
    for (number, now_ms) in [(1, START_MS - DAY_MS), (2, START_MS + DAY_MS)] {
        assert_eq!(register(number, now_ms).status, ClassicStatus::Complete);
    }
    for (number, now_ms) in [(3, START_MS - DAY_MS - 1), (4, START_MS + DAY_MS + 1), (5, 0)] {
        assert_eq!(code(&register(number, now_ms)), "LS_TIMESTAMP_MISMATCH");
    }
}

#[test]
fn an_old_agent_waits_for_ten_business_days_and_a_synchronization() {
    let server = good_server();
    let old = |number| Instance {
        capabilities: vec!["DLC"],
        now_ms: server.now_ms(),
        ..Instance::new(number)
    };
    let refused = old(1).register(&server, "valid", false);
    assert_eq!(code(&refused), "LS_COMPATIBILITY_ERROR");
    assert!(refused.message.unwrap().starts_with("Compatibility Error: The On-Prem is not"));
    // CSSM takes it all the same.
    let mut direct = Instance { path: CSSM, ..old(2) };
    direct.registers(&server, "valid");
    control(&server, "POST", "synchronize", &json!({}));
    assert_eq!(code(&old(3).register(&server, "valid", false)), "LS_COMPATIBILITY_ERROR");
    server.advance_clock(14 * DAY_MS);
    assert_eq!(code(&old(4).register(&server, "valid", false)), "LS_COMPATIBILITY_ERROR");
    control(&server, "POST", "synchronize", &json!({}));
    old(5).registers(&server, "valid");
}

#[test]
fn a_known_instance_needs_force_until_its_certificate_has_expired() {
    let server = good_server();
    let mut instance = Instance::registered(&server, 1);
    let t = tag("X");
    instance.authorized(&server, &[(&t, 3)]);
    assert_eq!(code(&instance.register(&server, "valid", false)), "LS_ALREADY_REGISTERED");
    let before = listed(&server, &instance.udi).unwrap();
    let forced = instance.register(&server, "valid", true);
    assert_ne!(
        forced.header.id_cert_serial_number.unwrap(),
        before["id_certificate"]["serial"].as_str().unwrap()
    );
    assert_eq!(held(&server, "Default", &t)["in_use"], Value::Null);
    let all = control(&server, "GET", "registrations", &json!({}));
    assert_eq!(all["registrations"].as_array().unwrap().len(), 1);
    server.advance_clock(365 * DAY_MS);
    instance.now_ms = server.now_ms();
    assert_eq!(code(&instance.register(&server, "valid", false)), "LS_ALREADY_REGISTERED");
    server.advance_clock(1);
    assert_eq!(instance.register(&server, "valid", false).status, ClassicStatus::Complete);
}

#[test]
fn requests_without_a_proof_or_a_key_are_refused() {
    let server = good_server();
    let mut instance = Instance::new(1);
    let data = instance.registration(false);
    let text = ClassicRequest::new(instance.header(), &RequestData::Registration(data)).encode();
    for credential in [
        None,
        Some(Credential::id_token(String::new())),
        Some(Credential::id_token("x".repeat(256))),
        Some(Credential { kind: "CCO_ID".into(), ..Credential::id_token(token("valid")) }),
    ] {
        let body = RequestEnvelope::new(text.clone(), None, credential).encode();
        let answer = opened(&server, &post(&server, ONPREM, &body).body);
        assert_eq!(code(&answer), "LS_MISSING_TOKEN");
    }
    let foreign = Instance::new(2).csr();
    for csr in ["", "?", "AAAA", &"A".repeat(20_000), &foreign[..foreign.len() - 8]] {
        let data = RegistrationRequest { csr: csr.to_owned(), ..instance.registration(false) };
        let body = instance.registration_body(data, &token("valid"));
        let answer = opened(&server, &post(&server, ONPREM, &body).body);
        assert_eq!(code(&answer), "LS_INVALID_CSR", "{csr}");
    }
}

#[test]
fn the_members_of_a_stack_are_listed_and_limited() {
    let server = good_server();
    let mut instance = Instance::new(1);
    let member = |number| RegisteringInstance {
        sudi: ClassicSudi::from(&Instance::new(number).udi),
        role: Some("Member".into()),
        extra: Extra::new(),
    };
    let mut register = |numbers: std::ops::Range<u64>| {
        let mut data = instance.registration(false);
        data.device_list = numbers.map(member).collect();
        let body = instance.registration_body(data, &token("valid"));
        opened(&server, &post(&server, ONPREM, &body).body)
    };
    assert_eq!(code(&register(1..34)), "LS_INVALID_REQUEST");
    assert_eq!(register(1..4).status, ClassicStatus::Complete);
    let members = listed(&server, &instance.udi).unwrap()["members"].clone();
    assert_eq!(members, json!(["P:CSR1000V,S:9MST0000002", "P:CSR1000V,S:9MST0000003"]));
}

#[test]
fn a_member_goes_on_with_the_certificate_of_its_set_and_a_stranger_does_not() {
    let server = good_server();
    let mut active = Instance::new(1);
    let mut data = active.registration(false);
    data.device_list = vec![RegisteringInstance {
        sudi: ClassicSudi::from(&Instance::new(2).udi),
        role: Some("Standby".into()),
        extra: Extra::new(),
    }];
    let body = active.registration_body(data, &token("valid"));
    let answer = opened(&server, &post(&server, ONPREM, &body).body);
    active.identifier = Some(registered(&answer).product_instance_identifier);
    let t = tag("X");
    let mut standby = Instance { udi: Instance::new(2).udi, ..active.clone() };
    assert_eq!(standby.state(&server, &[(&t, 1)]), "AUTHORIZED");
    assert_eq!(listed(&server, &active.udi).unwrap()["uses"][0]["counted"], 1);
    let mut stranger = Instance { udi: Instance::new(3).udi, ..standby.clone() };
    let beat = stranger.heartbeat();
    assert_eq!(code(&stranger.ask(&server, &beat)), "LS_INVALID_PRODUCT_INSTANCE");
    // A registration of its own makes the member an instance of its own.
    let mut own = Instance { identifier: None, ..standby };
    own.registers(&server, "valid");
    assert!(listed(&server, &own.udi).is_some());
}

#[test]
fn a_full_house_lets_nobody_in_and_says_so() {
    let options = crate::ServerOptions { seed: SEED, instances_max: 1, ..Default::default() };
    let clock = crate::ClockSource::Manual { start_ms: START_MS };
    let server = Server::new(options, clock).unwrap();
    let mut first = Instance::registered(&server, 1);
    let answer = Instance::new(2).register(&server, "valid", false);
    assert_eq!(answer.status, ClassicStatus::OkTryAgain);
    assert_eq!(first.register(&server, "valid", true).status, ClassicStatus::Complete);
}

#[test]
fn instances_of_a_local_account_are_counted_in_all_its_virtual_accounts() {
    let server = good_server();
    for (number, name) in [(1, "valid"), (2, "valid"), (3, "other_account")] {
        Instance::new(number).registers(&server, name);
    }
    Instance::direct(4).registers(&server, "valid");
    let counted = || {
        let store = server.0.store();
        let default = store.holdings.named("Default").unwrap();
        store.products_beside(default)
    };
    assert_eq!(counted(), 3);
    let first = Instance::new(1).udi.to_string().replace(',', "%2C");
    control(&server, "DELETE", &format!("registrations?udi={first}"), &json!({}));
    assert_eq!(counted(), 2);
    let udi = Instance::new(2).udi.to_string();
    let transfer =
        json!({ "local_account": "Muster Test SA", "from": "Default", "to": "My VA", "udi": udi });
    control(&server, "POST", "transfers", &transfer);
    assert_eq!(counted(), 2);
}
