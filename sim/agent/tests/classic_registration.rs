//! Registration, evaluation, ID certificate and deregistration of the classic era.

use muster_agent::classic::{ClassicTransport, FaultKind, Framing, Severity, TransportMode};
use muster_agent::{ClassicCommand, ClassicEffect, ClassicInput};
use muster_wire::classic::MessageType;
use muster_wire::classic::MessageType::{
    Deregistration, Entitlement, IdCertificateRenewal, Registration,
};

use crate::classic_server::{ClassicBench, DAY_MS, HOUR_MS, MINUTE_MS, START_MS, register};

#[test]
fn a_token_registers_the_instance_and_authorizes_its_use() {
    let mut bench = ClassicBench::new("apic");
    bench.use_some();
    assert_eq!(bench.view().authorization.status, "EVAL MODE");
    bench.advance(10 * DAY_MS);
    bench.command(register(false));
    assert_eq!(bench.requests, [Registration, Entitlement]);
    let view = bench.view();
    assert_eq!((view.registration.status, view.authorization.status), ("REGISTERED", "AUTHORIZED"));
    assert_eq!(view.evaluation.left_ms, 80 * DAY_MS);
    assert_eq!(view.id_certificate.not_after_ms, Some(bench.now_ms + 365 * DAY_MS));
    assert_eq!(view.id_certificate.next_renewal_ms, Some(bench.now_ms + 180 * DAY_MS));
    assert_eq!(view.authorization.next_communication_ms, Some(bench.now_ms + 30 * DAY_MS));
    assert_eq!(view.authorization.communication_deadline_ms, Some(bench.now_ms + 90 * DAY_MS));
    assert_eq!(bench.logged("%SMART_LIC-6-AGENT_REG_SUCCESS"), 1);
    insta::assert_json_snapshot!(view);
}

#[test]
fn a_refused_token_is_a_fault_with_the_reason_until_a_registration_succeeds() {
    let mut bench = ClassicBench::new("apic");
    bench.server.refuses = Some("The token has expired.");
    bench.command(register(false));
    assert_eq!(bench.view().registration.state, "failed");
    let fault = bench.fault(FaultKind::RegistrationFailed).unwrap();
    assert_eq!(
        fault.detail,
        "Failed to register APIC Controller product with CSSM: The token has expired."
    );
    assert_eq!(bench.logged("AGENT_REG_FAILED"), 1);
    bench.server.refuses = None;
    bench.command(register(false));
    assert_eq!(bench.fault(FaultKind::RegistrationFailed), None);
    let (kind, tag) = (FaultKind::RegistrationFailed, "".into());
    assert!(bench.log.contains(&ClassicEffect::FaultCleared { kind, tag }));
}

#[test]
fn an_unreachable_server_is_tried_for_minutes_and_then_the_documented_fault_is_raised() {
    let mut bench = ClassicBench::new("apic");
    bench.up = false;
    bench.command(register(false));
    assert_eq!(bench.view().registration.state, "retry");
    bench.command(register(false));
    assert_eq!(bench.refusals(), ["a registration is under way"]);
    bench.advance(MINUTE_MS);
    assert_eq!(bench.view().registration.state, "retry");
    bench.advance(10 * MINUTE_MS);
    assert_eq!((bench.view().registration.state, bench.asked(&Registration)), ("failed", 5));
    let fault = bench.fault(FaultKind::RegistrationFailed).unwrap();
    assert_eq!(
        fault.detail,
        "Failed to register APIC Controller product with CSSM: Fail to send out Call Home HTTP \
         message."
    );
    bench.up = true;
    bench.advance(30 * DAY_MS);
    assert_eq!(bench.view().registration.state, "failed", "the token is not kept");
    bench.command(register(false));
    assert_eq!(bench.view().registration.state, "registered");
    assert_eq!((bench.logged("3-COMM_FAILED"), bench.logged("5-COMM_RESTORED")), (1, 1));
}

#[test]
fn a_retry_that_is_answered_registers() {
    let mut bench = ClassicBench::new("apic");
    bench.up = false;
    bench.command(register(false));
    bench.up = true;
    bench.advance(10_000);
    assert_eq!(bench.view().registration.state, "registered");
}

#[test]
fn a_second_registration_needs_force() {
    let mut bench = ClassicBench::registered("apic");
    bench.command(register(false));
    assert_eq!(bench.refusals(), ["the agent is registered already"]);
    assert!(bench.requests.is_empty());
    bench.command(register(true));
    assert_eq!(bench.requests, [Registration, Entitlement]);
    assert_eq!(bench.view().registration.state, "registered");
}

#[test]
fn a_stale_record_of_the_server_needs_force_too() {
    let mut bench = ClassicBench::registered("apic");
    bench.up = false;
    bench.command(ClassicCommand::Deregister);
    assert_eq!(bench.view().registration.state, "not_registered");
    assert_eq!(bench.logged("AGENT_DEREG_FAILED"), 1);
    bench.up = true;
    bench.command(register(false));
    assert_eq!(bench.view().registration.state, "failed");
    bench.command(register(true));
    assert_eq!(bench.view().registration.state, "registered");
}

#[test]
fn a_registration_stands_through_a_forced_attempt_that_fails() {
    let mut bench = ClassicBench::registered("apic");
    bench.server.refuses = Some("The token was revoked.");
    bench.command(register(true));
    let view = bench.view();
    assert_eq!((view.registration.state, view.registration.registered), ("registered", true));
    assert!(bench.fault(FaultKind::RegistrationFailed).is_some());
    assert_eq!(view.authorization.state, "authorized");
}

#[test]
fn tokens_of_no_length_and_ipv6_are_refused() {
    let mut bench = ClassicBench::new("apic");
    for length in [0, 256] {
        let id_token = "x".repeat(length);
        bench.command(ClassicCommand::Register { id_token, force: false });
    }
    let over = |mode, url| ClassicTransport::over(mode, Framing::CallHome, &[url]);
    let gateway = over(TransportMode::Gateway, "https://gateway.example.test/x");
    bench.command(ClassicCommand::SetTransport(gateway));
    let ipv6 = over(TransportMode::Direct, "https://[2001:db8::1]:443/x");
    bench.command(ClassicCommand::SetTransport(ipv6));
    bench.command(register(false));
    assert_eq!(
        bench.refusals(),
        [
            "an ID token has 1 to 255 characters",
            "an ID token has 1 to 255 characters",
            "the URL of a Transport Gateway names its port",
            "smart licensing does not support IPv6",
        ]
    );
    assert!(bench.requests.is_empty());
}

#[test]
fn deregistration_wipes_the_registration_and_the_countdown_goes_on() {
    let mut bench = ClassicBench::new("apic");
    bench.use_some();
    bench.advance(20 * DAY_MS);
    bench.command(register(false));
    bench.advance(100 * DAY_MS);
    assert_eq!(bench.view().evaluation.left_ms, 70 * DAY_MS);
    bench.command(ClassicCommand::Deregister);
    assert_eq!(bench.requests.last(), Some(&Deregistration));
    let view = bench.view();
    assert_eq!((view.registration.state, view.id_certificate.state), ("not_registered", "none"));
    assert_eq!(view.authorization.state, "evaluation");
    bench.advance(10 * DAY_MS);
    assert_eq!(bench.view().evaluation.left_ms, 60 * DAY_MS);
    assert_eq!(bench.server.known, None);
    bench.command(ClassicCommand::Deregister);
    assert_eq!(bench.refusals(), ["the agent is not registered"]);
}

#[test]
fn only_days_of_use_count_and_a_restart_does_not_bring_them_back() {
    let mut bench = ClassicBench::new("csr1000v");
    bench.advance(50 * DAY_MS);
    assert_eq!(bench.view().evaluation.left_ms, 90 * DAY_MS);
    bench.use_licenses(0, 1);
    bench.advance(5 * DAY_MS);
    bench.use_licenses(0, 0);
    bench.advance(50 * DAY_MS);
    assert_eq!(bench.view().evaluation.left_ms, 85 * DAY_MS);
    bench.use_licenses(0, 1);
    bench.command(ClassicCommand::Reload);
    bench.step(ClassicInput::PowerLost);
    bench.advance(30 * DAY_MS);
    assert_eq!(bench.view().evaluation.left_ms, 85 * DAY_MS, "no power is no use");
    bench.step(ClassicInput::Boot);
    bench.advance(5 * DAY_MS);
    assert_eq!(bench.view().evaluation.left_ms, 80 * DAY_MS);
    bench.command(ClassicCommand::SetRelease { major: 3 });
    bench.command(ClassicCommand::SetRelease { major: 17 });
    assert_eq!(bench.view().evaluation.left_ms, 80 * DAY_MS);
}

#[test]
fn the_end_of_the_evaluation_is_announced_and_never_taken_back() {
    let mut bench = ClassicBench::new("apic");
    bench.use_some();
    assert_eq!(bench.view().faults[0].severity, Severity::Info);
    bench.advance(90 * DAY_MS - 1);
    assert_eq!(bench.logged("EVAL_EXPIRED_WARNING"), 34);
    assert_eq!(bench.view().evaluation.state, "counting");
    bench.advance(1);
    assert_eq!(bench.view().authorization.status, "EVAL EXPIRED");
    let kinds: Vec<_> = bench.view().faults.iter().map(|fault| fault.kind).collect();
    assert_eq!(kinds, [FaultKind::EvaluationExpired]);
    bench.advance(3 * HOUR_MS);
    assert_eq!(bench.logged("3-EVAL_EXPIRED:"), 4);
    bench.command(register(false));
    assert!(bench.view().faults.is_empty());
    bench.advance(DAY_MS);
    assert_eq!(bench.logged("3-EVAL_EXPIRED:"), 4, "no notice while registered");
    bench.command(ClassicCommand::Deregister);
    assert_eq!((bench.view().evaluation.state, bench.view().evaluation.left_ms), ("expired", 0));
    assert!(bench.fault(FaultKind::EvaluationExpired).is_some());
}

#[test]
fn the_id_certificate_is_renewed_after_half_a_year_or_by_hand() {
    let mut bench = ClassicBench::registered("apic");
    bench.advance(180 * DAY_MS);
    assert_eq!(bench.asked(&IdCertificateRenewal), 1);
    let ends_ms = |bench: &ClassicBench| bench.view().id_certificate.not_after_ms.unwrap();
    assert_eq!(ends_ms(&bench), START_MS + (180 + 365) * DAY_MS);
    bench.advance(10 * DAY_MS);
    bench.command(ClassicCommand::RenewId);
    assert_eq!(ends_ms(&bench), START_MS + (190 + 365) * DAY_MS);
    assert_eq!(bench.logged("ID_CERT_RENEW_SUCCESS"), 2);
    assert_eq!(bench.view().id_certificate.renewed_at_ms, Some(bench.now_ms));
}

#[test]
fn a_renewal_that_found_no_server_is_warned_of_until_one_succeeds() {
    let mut bench = ClassicBench::registered("apic");
    bench.advance(179 * DAY_MS);
    bench.up = false;
    bench.advance(2 * DAY_MS);
    assert_eq!(bench.view().id_certificate.state, "warned");
    let fault = bench.fault(FaultKind::IdCertificateWarning).unwrap();
    assert_eq!(
        (fault.severity, &*fault.detail),
        (Severity::Major, "ID Certificate Expired Warning")
    );
    assert!(bench.logged("ID_CERT_EXPIRED_WARNING") > 0);
    bench.up = true;
    bench.command(ClassicCommand::RenewId);
    assert_eq!(bench.view().id_certificate.state, "valid");
    assert!(bench.view().faults.is_empty());
}

#[test]
fn a_renewal_that_shortens_the_certificate_is_not_taken() {
    let mut bench = ClassicBench::registered("apic");
    bench.advance(DAY_MS);
    let before = bench.view().id_certificate.not_after_ms;
    let sent = bench.step(ClassicInput::Command(ClassicCommand::RenewId)).unwrap();
    bench.server.now_ms = START_MS - DAY_MS;
    let body = bench.answer(&sent);
    bench.step(ClassicInput::Answer { status: 200, body: &body });
    let view = bench.view();
    assert_eq!((view.id_certificate.not_after_ms, view.id_certificate.state), (before, "warned"));
    let failed = view.id_certificate.last_renewal.unwrap();
    assert_eq!(failed.failure_reason.as_deref(), Some("a certificate is not valid"));
}

#[test]
fn a_clock_outside_of_the_certificate_has_one_hour_to_come_back() {
    let mut bench = ClassicBench::registered("csr1000v");
    let year = 366 * DAY_MS as i64;
    bench.command(ClassicCommand::StepClock { by_ms: year });
    assert_eq!(bench.view().id_certificate.state, "out_of_range");
    bench.advance(HOUR_MS - 1);
    bench.command(ClassicCommand::RenewId);
    assert_eq!(bench.refusals(), ["a certificate is not valid"]);
    bench.command(ClassicCommand::StepClock { by_ms: -year });
    assert_eq!(bench.view().id_certificate.state, "valid");
    bench.advance(DAY_MS);
    assert_eq!(bench.view().registration.state, "registered");
    bench.command(ClassicCommand::StepClock { by_ms: -(2 * DAY_MS as i64) });
    bench.advance(HOUR_MS);
    let view = bench.view();
    assert_eq!((view.id_certificate.state, view.registration.state), ("none", "not_registered"));
    assert_eq!(bench.logged("ID_CERT_OUT_OF_RANGE"), 2);
    assert_eq!(bench.logged("SYSTEM_CLOCK_CHANGED"), 3);
}

#[test]
fn an_upgrade_from_three_to_four_loses_the_registration_of_an_apic() {
    let mut bench = ClassicBench::registered("apic");
    assert!(bench.view().faults.is_empty());
    bench.command(ClassicCommand::SetRelease { major: 4 });
    bench.advance(MINUTE_MS);
    let view = bench.view();
    assert_eq!((view.release, view.registration.state), (4, "not_registered"));
    assert!(bench.fault(FaultKind::NotRegistered).is_some());
    bench.command(register(true));
    assert!(bench.view().faults.is_empty());
    bench.command(ClassicCommand::SetRelease { major: 5 });
    bench.advance(MINUTE_MS);
    assert_eq!(bench.view().registration.state, "registered");
    let mut router = ClassicBench::registered("csr1000v");
    router.command(ClassicCommand::SetRelease { major: 3 });
    router.command(ClassicCommand::SetRelease { major: 4 });
    router.advance(MINUTE_MS);
    assert_eq!(router.view().registration.state, "registered");
}

#[test]
fn a_token_does_not_survive_a_restart() {
    let mut bench = ClassicBench::new("apic");
    bench.up = false;
    bench.command(register(false));
    bench.command(ClassicCommand::Reload);
    assert_eq!(bench.view().registration.state, "not_registered");
    bench.up = true;
    bench.advance(DAY_MS);
    assert_eq!(bench.asked(&Registration), 1);
}

#[test]
fn an_instance_that_was_removed_registers_again() {
    let mut bench = ClassicBench::registered("apic");
    bench.server.known = None;
    bench.command(ClassicCommand::RenewAuthorization);
    let view = bench.view();
    assert_eq!(
        (view.registration.state, view.authorization.state),
        ("not_registered", "evaluation")
    );
    assert_eq!(bench.logged("AUTH_RENEW_FAILED"), 1);
    bench.command(ClassicCommand::RenewAuthorization);
    assert_eq!(bench.refusals(), ["the agent is not registered"]);
    bench.command(register(false));
    assert_eq!(bench.view().authorization.state, "authorized");
}

#[test]
fn a_booting_agent_waits_for_crypto() {
    let mut bench = ClassicBench::new("csr1000v");
    assert!(bench.step(ClassicInput::Boot).is_none());
    bench.command(register(false));
    assert!(bench.requests.is_empty());
    assert_eq!(bench.agent.next_timer(), Some(START_MS + 30_000));
    bench.advance(30_000);
    assert_eq!(bench.requests, [Registration, Entitlement]);
    for line in ["AGENT_READY", "AGENT_ENABLED", "EXPORT_CONTROLLED", "SAEVT_INIT_CRYPTO"] {
        assert!(bench.logged(line) > 0, "{line}");
    }
}

#[test]
fn a_second_server_is_tried_when_the_first_is_silent() {
    use muster_agent::classic::ServerChoice::{Primary, Secondary};
    let mut bench = ClassicBench::new("csr1000v");
    let urls = ["https://a.example.test", "https://b.example.test"];
    let transport = ClassicTransport::over(TransportMode::Gateway, Framing::SmartTransport, &urls);
    bench.command(ClassicCommand::SetTransport(transport));
    let sent = bench.step(ClassicInput::Command(register(false))).unwrap();
    assert_eq!(sent.server, Primary);
    bench.step(ClassicInput::Answer { status: 503, body: b"" });
    assert!(bench.log.contains(&ClassicEffect::ServerChosen(Secondary)));
    bench.now_ms += 10_000;
    let sent = bench.step(ClassicInput::TimerDue).unwrap();
    assert_eq!((sent.server, &sent.message_type), (Secondary, &MessageType::Registration));
    bench.exchange(Some(sent));
    assert_eq!((bench.view().server, bench.view().registration.registered), (Secondary, true));
    assert_eq!(bench.logged("HTTP Server Error 503: Service Unavailable"), 2);
}
