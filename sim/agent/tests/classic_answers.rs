//! Wrong answers: the agent says what is wrong with each, in the words of the published agent
//! errors, and its state stays legal.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use muster_agent::{ClassicCommand, ClassicInput};
use muster_certs::{Authority, AuthorityOptions, InstanceKey, Seed, SigningMode, Validity};
use muster_wire::classic::proposed::agent_action::AgentAction;
use muster_wire::classic::proposed::registration::RegistrationAnswer;
use muster_wire::classic::{
    AnswerData, AuthorizationState, ClassicAnswer, ClassicStatus, MessageType,
};
use muster_wire::{Nonce, ProductInstanceId};
use proptest::prelude::*;

use crate::classic_server::{ClassicBench, DAY_MS, HOUR_MS, MINUTE_MS, START_MS, register};

type Change = fn(&mut ClassicAnswer);

fn recode<T: serde::de::DeserializeOwned + serde::Serialize>(
    answer: &mut ClassicAnswer,
    change: impl FnOnce(&mut T),
) {
    let mut data: T = serde_json::from_str(&answer.response_data).unwrap();
    change(&mut data);
    answer.response_data = serde_json::to_string(&data).unwrap();
}

fn registration(answer: &mut ClassicAnswer, change: impl FnOnce(&mut RegistrationAnswer)) {
    if answer.header.response_type == Some(MessageType::Registration) {
        recode(answer, change);
    }
}

/// Why the registration failed, and that nothing came of it.
fn refused(change: Change) -> String {
    let mut bench = ClassicBench::new("apic");
    bench.use_some();
    bench.server.tamper = Some(Box::new(change));
    bench.command(register(false));
    let view = bench.view();
    assert_eq!((view.registration.state, view.id_certificate.state), ("failed", "none"));
    assert_eq!(view.authorization.state, "evaluation");
    assert!(!bench.agent.in_flight());
    bench.server.tamper = None;
    bench.server.known = None;
    bench.command(register(false));
    assert_eq!(bench.view().registration.state, "registered");
    view.registration.last_attempt.unwrap().failure_reason.unwrap()
}

#[test]
fn a_registration_takes_no_answer_that_is_not_its_own() {
    assert_eq!(
        refused(|answer| answer.nonce = Nonce::new("1")),
        "the nonce is not that of the request"
    );
    assert_eq!(
        refused(|answer| answer.header.nonce = Nonce::new("1")),
        "the nonce is not that of the request"
    );
    assert_eq!(
        refused(|answer| answer.header.sudi.udi_serial_number = Some("MST99999999".into())),
        "the product instance identifier is another one"
    );
    assert_eq!(
        refused(|answer| answer.header.response_type = Some(MessageType::Entitlement)),
        "the response is of another type than the request"
    );
    assert_eq!(
        refused(|answer| answer.header.response_type = Some(MessageType::from("COFFEE"))),
        "the response is of an unknown type"
    );
    assert_eq!(
        refused(|answer| answer.header.response_type = None),
        "a field that must be there is not"
    );
    assert_eq!(
        refused(|answer| answer.status = ClassicStatus::from("MAYBE")),
        "the response is of another type than the request"
    );
    assert_eq!(
        refused(|answer| answer.status = ClassicStatus::VersionTooHigh),
        "the server does not speak the message version of the registration"
    );
    assert_eq!(
        refused(|answer| answer.status = ClassicStatus::Failed),
        "the response says that the request failed"
    );
}

#[test]
fn a_registration_needs_every_field_and_certificates_that_fit() {
    assert_eq!(
        refused(|answer| answer.response_data = "{}".to_owned()),
        "a field that must be there is not"
    );
    assert_eq!(refused(|answer| answer.response_data = "{".to_owned()), "a message does not parse");
    let with = |change: fn(&mut RegistrationAnswer)| {
        let mut bench = ClassicBench::new("apic");
        bench.server.tamper = Some(Box::new(move |answer| registration(answer, change)));
        bench.command(register(false));
        bench.view().registration.last_attempt.unwrap().failure_reason.unwrap()
    };
    assert_eq!(
        with(|data| data.product_instance_identifier = ProductInstanceId::new("")),
        "a field that must be there is not"
    );
    assert_eq!(with(|data| data.id_cert = "%".to_owned()), "base64 could not be read");
    assert_eq!(with(|data| data.id_cert = "AAAA".to_owned()), "a certificate does not parse");
    assert_eq!(with(|data| data.id_cert = data.sub_ca_cert.clone()), "a certificate is not valid");
    assert_eq!(
        with(|data| data.id_cert = foreign(365, true)),
        "the ID certificate does not verify"
    );
    assert_eq!(with(|data| data.id_cert = foreign(365, false)), "a certificate is not valid");
    assert_eq!(
        with(|data| data.signing_cert = STANDARD.encode(other().signing_certificate_der())),
        "the signing certificate does not verify"
    );
    assert_eq!(
        with(|data| data.signing_cert = data.id_cert.clone()),
        "the certificate chain does not verify"
    );
}

#[test]
fn an_expired_certificate_is_not_taken() {
    let mut bench = ClassicBench::new("apic");
    let sent = bench.step(ClassicInput::Command(register(false))).unwrap();
    bench.server.now_ms = START_MS;
    let body = bench.answer(&sent);
    bench.now_ms += 366 * DAY_MS;
    bench.step(ClassicInput::Answer { status: 200, body: &body });
    let failed = bench.view().registration.last_attempt.unwrap();
    assert_eq!(failed.failure_reason.as_deref(), Some("a certificate has expired"));
}

fn other() -> Authority {
    Authority::new(&Seed::from_u64(99), &AuthorityOptions::default()).unwrap()
}

/// A certificate of another authority, for the agent's key or for another one.
fn foreign(days: u32, own_key: bool) -> String {
    let index = if own_key { 3 } else { 4 };
    let key = InstanceKey::derive(&Seed::from_u64(7), index, 0).public_key();
    let validity = Validity { not_before_ms: START_MS as i64, days };
    let spki = key.to_spki_der();
    let der = other().instance_certificate_valid("P:X,S:MST0", &spki, 5, validity).unwrap();
    STANDARD.encode(der)
}

#[test]
fn an_unsigned_or_foreign_answer_is_noticed_where_the_server_is_known() {
    let mut bench = ClassicBench::registered("apic");
    bench.server.signs = false;
    bench.command(ClassicCommand::RenewAuthorization);
    let failed = bench.view().authorization.last_communication.unwrap();
    assert_eq!(failed.failure_reason.as_deref(), Some("the signature does not verify"));
    assert_eq!(bench.view().authorization.state, "authorized");
    bench.server.signs = true;
    bench.advance(HOUR_MS + 1);
    assert!(bench.view().authorization.last_communication.unwrap().succeeded);
}

/// Why an authorization failed, and that what was authorized stays so.
fn unauthorized(change: Change) -> String {
    let mut bench = ClassicBench::registered("apic");
    bench.server.tamper = Some(Box::new(change));
    bench.command(ClassicCommand::RenewAuthorization);
    let view = bench.view();
    assert_eq!((view.registration.state, view.authorization.state), ("registered", "authorized"));
    assert!(view.retry_due_ms.is_some_and(|due_ms| due_ms > bench.now_ms));
    assert_eq!(bench.logged("AUTH_RENEW_FAILED"), 1);
    view.authorization.last_communication.unwrap().failure_reason.unwrap()
}

#[test]
fn an_authorization_answers_for_everything_in_use() {
    use muster_wire::classic::proposed::entitlement::EntitlementAnswer;
    type Answer = EntitlementAnswer;
    assert_eq!(
        unauthorized(|answer| recode(answer, |data: &mut Answer| drop(data.entitlements.pop()))),
        "a field that must be there is not"
    );
    assert_eq!(
        unauthorized(|answer| recode(answer, |data: &mut Answer| {
            data.authorization_state = AuthorizationState::from("FINE");
        })),
        "the response is of another type than the request"
    );
    assert_eq!(
        unauthorized(|answer| recode(answer, |data: &mut Answer| {
            data.entitlements[0].enforce_mode = "WHATEVER".into();
        })),
        "the response is of another type than the request"
    );
    assert_eq!(
        unauthorized(|answer| answer.header.product_instance_identifier =
            Some(ProductInstanceId::new("another"))),
        "the product instance identifier is another one"
    );
    assert_eq!(
        unauthorized(|answer| answer.header.version = "1.1".into()),
        "the version changed since the last response; the entitlement request is due again"
    );
    assert_eq!(unauthorized(|answer| answer.response_data.push('}')), "a message does not parse");
}

#[test]
fn a_server_that_asks_for_patience_is_asked_again() {
    let mut bench = ClassicBench::registered("apic");
    bench.server.tamper = Some(Box::new(|answer| {
        answer.status = ClassicStatus::OkTryAgain;
        answer.message = Some("Server error occurred: LS_LICENGINE_FAIL_TO_CONNECT".to_owned());
    }));
    bench.command(ClassicCommand::RenewAuthorization);
    let failed = bench.view().authorization.last_communication.unwrap();
    assert_eq!(
        failed.failure_reason.as_deref(),
        Some("Server error occurred: LS_LICENGINE_FAIL_TO_CONNECT")
    );
    bench.server.tamper = None;
    bench.advance(MINUTE_MS);
    assert!(bench.view().authorization.last_communication.unwrap().succeeded);
}

#[test]
fn the_wishes_of_a_server_are_heard_and_not_obeyed_without_end() {
    let mut bench = ClassicBench::registered("csr1000v");
    bench.server.tamper = Some(Box::new(|answer| {
        answer.header.set_actions(&[AgentAction::RenewId, AgentAction::RenewAuthorization]);
    }));
    bench.command(ClassicCommand::RenewAuthorization);
    assert_eq!(bench.asked(&MessageType::IdCertificateRenewal), 1);
    bench.advance(HOUR_MS);
    bench.command(ClassicCommand::RenewId);
    assert_eq!(bench.asked(&MessageType::Entitlement), 2);
    bench.server.tamper = Some(Box::new(|answer| {
        answer.header.set_actions(&[AgentAction::Deregister]);
    }));
    bench.advance(2 * HOUR_MS);
    bench.command(ClassicCommand::RenewAuthorization);
    assert_eq!(bench.view().registration.state, "not_registered");
}

#[test]
fn a_deferred_answer_where_none_is_expected_is_not_taken() {
    let deferred: Change = |answer| {
        answer.status = ClassicStatus::OkPoll;
        answer.response_data = r#"{"poll_id":1,"poll_interval":3600}"#.to_owned();
    };
    assert_eq!(refused(deferred), "the response is of another type than the request");
    assert_eq!(unauthorized(deferred), "the response is of another type than the request");
}

#[test]
fn answers_of_one_kind_are_not_taken_for_another() {
    // Every type of data, given as the answer to every type of request.
    for kind in MessageType::WORDS {
        let mut bench = ClassicBench::registered("csr1000v");
        let kind = *kind;
        bench.server.tamper = Some(Box::new(move |answer| {
            answer.header.response_type = Some(MessageType::from(kind));
            answer.response_data = AnswerData::Nothing(Default::default()).encode();
        }));
        for command in [
            ClassicCommand::RenewId,
            ClassicCommand::RenewAuthorization,
            ClassicCommand::StartConversion,
            ClassicCommand::RequestExport { feature: "hseck9".into(), count: 1 },
            ClassicCommand::Deregister,
        ] {
            bench.command(command);
        }
        assert_eq!(bench.view().registration.state, "not_registered", "{kind}");
    }
}

/// What an agent that takes a server's word makes of answers with changed bytes.
fn changed(commands: &[ClassicCommand], changes: &[(prop::sample::Index, u8)]) -> ClassicBench {
    let mut bench = ClassicBench::trusting("csr1000v", SigningMode::Fast);
    bench.use_some();
    for command in commands {
        let mut sent = bench.step(ClassicInput::Command(command.clone()));
        while let Some(outbound) = sent {
            let mut body = bench.answer(&outbound);
            for (at, to) in changes {
                let at = at.index(body.len());
                body[at] = *to;
            }
            sent = bench.step(ClassicInput::Answer { status: 200, body: &body });
        }
    }
    bench
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 256,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn no_changed_answer_panics_or_outgrows_the_agent(
        changes in prop::collection::vec((any::<prop::sample::Index>(), b' '..b'~'), 0..4),
    ) {
        let bench = changed(
            &[
                register(false),
                ClassicCommand::RenewId,
                ClassicCommand::RenewAuthorization,
                ClassicCommand::RequestExport { feature: "hseck9".into(), count: 1 },
                ClassicCommand::StartConversion,
                ClassicCommand::PollNow,
                ClassicCommand::Deregister,
            ],
            &changes,
        );
        let view = bench.view();
        prop_assert!(view.registration.state == "not_registered" || !view.registration.registered);
        prop_assert!(bench.agent.heap_bytes() < 16_384);
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 256,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn no_bytes_at_all_panic_or_outgrow_the_agent(
        bodies in prop::collection::vec(
            (any::<u16>(), prop::collection::vec(any::<u8>(), 0..300), 0..6_usize),
            1..12,
        ),
    ) {
        let mut bench = ClassicBench::registered("csr1000v");
        let before = bench.agent.heap_bytes();
        for (status, mut body, kind) in bodies {
            let command = match kind {
                0 => register(true),
                1 => ClassicCommand::RenewId,
                2 => ClassicCommand::RequestExport { feature: "hseck9".into(), count: 1 },
                3 => ClassicCommand::StartConversion,
                _ => ClassicCommand::RenewAuthorization,
            };
            // Half of them begin as an envelope does.
            if kind % 2 == 0 {
                body.splice(0..0, br#"{"signature":null,"response":""#.iter().copied());
            }
            bench.step(ClassicInput::Command(command));
            bench.step(ClassicInput::Answer { status, body: &body });
            bench.now_ms += HOUR_MS;
            bench.step(ClassicInput::TimerDue);
        }
        prop_assert!(bench.agent.heap_bytes() < before + 4_096);
        prop_assert!(bench.view().registration.registered);
    }
}

#[test]
fn an_answer_that_nests_without_end_is_an_answer_that_does_not_parse() {
    for text in ["[".repeat(200_000), r#"{"a":"#.repeat(200_000)] {
        let mut bench = ClassicBench::registered("csr1000v");
        bench.step(ClassicInput::Command(ClassicCommand::RenewAuthorization));
        bench.step(ClassicInput::Answer { status: 200, body: text.as_bytes() });
        let failed = bench.view().authorization.last_communication.unwrap();
        assert_eq!(failed.failure_reason.as_deref(), Some("a message does not parse"));
    }
}

#[test]
fn what_a_server_says_at_length_is_cut() {
    let mut bench = ClassicBench::trusting("csr1000v", SigningMode::Fast);
    bench.server.tamper = Some(Box::new(|answer| {
        registration(answer, |data| data.smart_account = "A".repeat(1_000_000));
        answer.header.version = "9".repeat(1_000_000).into();
    }));
    bench.command(register(false));
    assert_eq!(bench.view().registration.smart_account.unwrap().len(), 128);
    assert!(bench.agent.heap_bytes() < 2048);
    bench.server.tamper = Some(Box::new(|answer| {
        answer.status = ClassicStatus::Failed;
        answer.message = Some("no ".repeat(1_000_000));
    }));
    bench.command(ClassicCommand::RenewAuthorization);
    assert!(bench.agent.heap_bytes() < 4096);
}
