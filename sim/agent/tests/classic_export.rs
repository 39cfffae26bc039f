//! Export-controlled licences and keys of other vendors' services.

use muster_agent::classic::KeyWanted;
use muster_agent::{ClassicCommand, ClassicEffect, ClassicInput};
use muster_wire::classic::MessageType::{
    Deregistration, ExportAuthorization, Poll, Registration, ThirdPartyKey,
};
use muster_wire::classic::proposed::export_authorization::ExportStatus;

use crate::classic_server::{ClassicBench, HOUR_MS, register};

const HSEC: &str = "hseck9";

fn request(count: u32) -> ClassicCommand {
    ClassicCommand::RequestExport { feature: HSEC.into(), count }
}

fn give_back() -> ClassicCommand {
    ClassicCommand::ReturnExport { feature: HSEC.into() }
}

fn use_hsec(count: u32) -> ClassicCommand {
    ClassicCommand::Use { feature: HSEC.into(), count }
}

fn state(bench: &ClassicBench) -> &'static str {
    bench.view().exports.first().map_or("none", |export| export.state)
}

#[test]
fn a_request_is_polled_for_every_hour_until_it_is_granted() {
    let mut bench = ClassicBench::registered("csr1000v");
    bench.command(use_hsec(1));
    assert_eq!(bench.refusals(), ["the export-controlled licence is not authorized"]);
    bench.server.ready = false;
    bench.command(request(1));
    assert_eq!((bench.requests.clone(), state(&bench)), (vec![ExportAuthorization], "pending"));
    assert_eq!(bench.view().exports[0].poll_due_ms, Some(bench.now_ms + HOUR_MS));
    bench.advance(5 * HOUR_MS);
    assert_eq!(bench.asked(&Poll), 5);
    bench.server.ready = true;
    bench.advance(HOUR_MS);
    assert_eq!((bench.asked(&Poll), state(&bench)), (6, "authorized"));
    assert_eq!(bench.logged("EXPORT_REQUEST_SUCCESS"), 1);
    bench.command(use_hsec(1));
    assert_eq!(bench.view().licenses[1].export_status, "RESTRICTED - ALLOWED");
    bench.command(request(1));
    assert_eq!(bench.refusals().len(), 2);
}

#[test]
fn a_licence_the_account_lacks_is_asked_for_until_it_is_there() {
    let mut bench = ClassicBench::registered("csr1000v");
    bench.server.export_status = ExportStatus::Other("NOT_AVAILABLE".to_owned());
    bench.command(request(2));
    bench.advance(3 * HOUR_MS);
    assert_eq!((state(&bench), bench.asked(&Poll)), ("not_available", 3));
    bench.server.forget_deferred();
    bench.server.export_status = ExportStatus::Success;
    bench.command(request(2));
    bench.advance(HOUR_MS);
    assert_eq!((state(&bench), bench.view().exports[0].count), ("authorized", 2));
}

#[test]
fn a_refusal_ends_the_request_with_its_reason() {
    let mut bench = ClassicBench::registered("csr1000v");
    bench.server.export_status = ExportStatus::Failed;
    bench.command(request(1));
    bench.command(ClassicCommand::PollNow);
    assert_eq!(state(&bench), "failed");
    assert_eq!(bench.logged("EXPORT_REQUEST_FAILED"), 1);
    bench.advance(10 * HOUR_MS);
    assert_eq!(bench.asked(&Poll), 1);
    for (feature, count) in [("prem_250M", 1), (HSEC, 0)] {
        bench.command(ClassicCommand::RequestExport { feature: feature.into(), count });
    }
    assert_eq!(
        bench.refusals(),
        ["the licence is not export controlled", "at least one licence is requested"]
    );
}

#[test]
fn a_return_follows_the_same_pattern_and_needs_the_licence_out_of_use() {
    let mut bench = ClassicBench::registered("csr1000v");
    bench.command(give_back());
    bench.command(request(1));
    bench.command(ClassicCommand::PollNow);
    bench.command(use_hsec(1));
    bench.command(give_back());
    bench.command(use_hsec(0));
    bench.command(give_back());
    assert_eq!(state(&bench), "return_pending");
    bench.command(give_back());
    assert_eq!(
        bench.refusals(),
        ["there is nothing to return", "the licence is in use", "the licence is being returned"]
    );
    bench.advance(HOUR_MS);
    assert_eq!(state(&bench), "none");
    bench.command(use_hsec(1));
    assert_eq!(bench.refusals().len(), 4);
}

#[test]
fn a_deregistration_returns_and_cancels() {
    let mut bench = ClassicBench::registered("csr1000v");
    bench.command(request(1));
    bench.command(ClassicCommand::PollNow);
    bench.requests.clear();
    bench.command(ClassicCommand::Deregister);
    assert_eq!(bench.requests, [ExportAuthorization, Deregistration]);
    assert!(bench.view().exports.is_empty());
    bench.command(request(1));
    assert_eq!(bench.refusals(), ["the agent is not registered"]);
}

#[test]
fn a_goodbye_does_not_wait_for_a_return_that_fails() {
    let mut bench = ClassicBench::registered("csr1000v");
    bench.command(request(1));
    bench.command(ClassicCommand::PollNow);
    bench.requests.clear();
    bench.up = false;
    bench.command(ClassicCommand::Deregister);
    assert_eq!(bench.requests, [ExportAuthorization, Deregistration]);
    assert_eq!(bench.view().registration.state, "not_registered");
    assert!(bench.agent.next_timer().is_some_and(|due_ms| due_ms > bench.now_ms));
}

#[test]
fn a_token_that_allows_export_control_needs_no_request() {
    let mut bench = ClassicBench::new("csr1000v");
    bench.command(use_hsec(1));
    bench.server.export_allowed = true;
    bench.command(register(false));
    assert_eq!(bench.logged("EXPORT_CONTROLLED"), 0);
    bench.command(use_hsec(1));
    assert_eq!((bench.refusals().len(), bench.view().licenses[0].count), (1, 1));
    assert_eq!(bench.view().registration.export_controlled_allowed, Some(true));
}

#[test]
fn a_pending_request_survives_a_restart() {
    let mut bench = ClassicBench::registered("csr1000v");
    bench.server.ready = false;
    bench.command(request(1));
    bench.command(ClassicCommand::Reload);
    bench.advance(2 * HOUR_MS);
    bench.step(ClassicInput::PowerLost);
    bench.step(ClassicInput::Boot);
    bench.server.ready = true;
    bench.advance(2 * HOUR_MS);
    assert_eq!((state(&bench), bench.asked(&ExportAuthorization)), ("authorized", 1));
    assert_eq!(bench.asked(&Registration), 0);
}

fn key_wanted() -> ClassicCommand {
    ClassicCommand::RequestThirdPartyKey(KeyWanted {
        name: "VOUCHER_CODE".into(),
        feature: "prem_250M".into(),
        routing: "NUANCE".into(),
    })
}

#[test]
fn a_key_of_another_vendor_comes_as_an_event_and_not_as_a_secret() {
    let mut bench = ClassicBench::new("csr1000v");
    bench.command(key_wanted());
    bench.use_some();
    bench.command(register(false));
    bench.requests.clear();
    bench.command(key_wanted());
    assert_eq!(bench.requests, [ThirdPartyKey]);
    let (name, key_id) = ("VOUCHER_CODE".into(), 41);
    assert!(bench.log.contains(&ClassicEffect::ThirdPartyKeyReceived { name, key_id }));
    let view = bench.view().third_party_key.unwrap();
    assert_eq!((view.state, view.key_id), ("held", 41));
    assert!(!format!("{:?} {:?}", bench.log, bench.view()).contains("muster-test-voucher"));
    assert_eq!(bench.refusals(), ["the agent is not registered"]);
}

#[test]
fn a_refused_key_shows_the_reason_of_the_server() {
    use muster_wire::classic::ClassicStatus;
    use muster_wire::classic::answer_status::NOT_CONSUMING_THIS_TAG;
    let mut bench = ClassicBench::registered("csr1000v");
    bench.server.tamper = Some(Box::new(|answer| {
        answer.status = ClassicStatus::Failed;
        answer.message = Some(NOT_CONSUMING_THIS_TAG.to_owned());
    }));
    bench.command(key_wanted());
    let view = bench.view().third_party_key.unwrap();
    assert_eq!(view.state, "failed");
    assert_eq!(view.failure_reason.as_deref(), Some(NOT_CONSUMING_THIS_TAG));
}
