//! Authorization codes: asked for, installed, confirmed, returned, online and by file.

use muster_agent::{Carrier, Command, Effect, Input, TransportFailure, TransportKind};
use muster_wire::Artefact;
use muster_wire::proposed::authorization_request::AuthorizationRequest;

use crate::fake_server::{Bench, DAY_MS, HOUR_MS, trust};

const HSEC: &str = "hseck9";

/// A router with a trust code and a licence in use.
fn router() -> Bench {
    let mut bench = Bench::new("c8000v");
    bench.server.codes.stamp_ms = bench.now_ms;
    bench.use_licenses(0, 1);
    bench.command(trust(false));
    assert!(bench.view().trusted);
    bench
}

fn request(count: u32, add: bool, carrier: Carrier) -> Command {
    Command::RequestAuthorization { feature: HSEC.into(), count, add, carrier }
}

fn use_hsec(bench: &mut Bench, count: u32) {
    bench.command(Command::Use { feature: HSEC.into(), count });
}

/// A router with an authorization code, asked for online.
fn authorized(count: u32) -> Bench {
    let mut bench = router();
    bench.command(request(count, true, Carrier::Message));
    assert_eq!(state(&bench), "deferred");
    bench.command(Command::PollNow { poll_id: None });
    assert_eq!(state(&bench), "installed");
    bench
}

fn state(bench: &Bench) -> &'static str {
    bench.view().authorization.state
}

fn last_file(bench: &Bench) -> AuthorizationRequest {
    let file = bench.log.iter().rev().find_map(|effect| match effect {
        Effect::FileWritten(file) => Some(&**file),
        _ => None,
    });
    match file.expect("a file was written") {
        Artefact::AuthorizationRequest(request) => (**request).clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_export_controlled_licence_is_used_only_with_a_code() {
    let mut bench = router();
    use_hsec(&mut bench, 1);
    assert_eq!(bench.refusals(), ["the licence needs an authorization code"]);
    let mut bench = authorized(2);
    assert_eq!(bench.view().authorization.licenses[0].count, 2);
    use_hsec(&mut bench, 2);
    assert_eq!(bench.refusals(), [""; 0]);
    use_hsec(&mut bench, 3);
    assert_eq!(bench.refusals(), ["the licence needs an authorization code"]);
    let used = bench.view().licenses.iter().find(|license| license.feature == HSEC).unwrap().count;
    assert_eq!(used, 2, "a refused change changes nothing");
    assert_eq!(bench.logged("AUTHORIZATION_INSTALL_SUCCESS"), 1);
}

#[test]
fn throughput_above_the_free_level_needs_a_code_and_uses_it() {
    let mut bench = router();
    for mbps in [1000, 300, 250] {
        bench.command(Command::SetThroughput { mbps });
    }
    let refusals =
        ["the throughput needs an authorization code", "the platform has no such throughput level"];
    assert_eq!(bench.refusals(), refusals);
    assert_eq!(bench.view().authorization.throughput_mbps, Some(250));
    let mut bench = authorized(1);
    bench.command(Command::SetThroughput { mbps: 1000 });
    let hsec = |bench: &Bench| {
        let view = bench.view();
        view.licenses.iter().find(|license| license.feature == HSEC).map(|license| license.count)
    };
    assert_eq!((bench.view().authorization.throughput_mbps, hsec(&bench)), (Some(1000), Some(1)));
    bench.command(Command::ReturnAuthorization { carrier: Carrier::Message });
    assert_eq!(bench.refusals(), ["a licence of the authorization code is in use"]);
    bench.command(Command::SetThroughput { mbps: 250 });
    assert_eq!(hsec(&bench), Some(0));
    bench.command(Command::ReturnAuthorization { carrier: Carrier::Message });
    assert_eq!(state(&bench), "returning");
    let mut switch = Bench::new("c9800-l");
    switch.command(Command::SetThroughput { mbps: 1000 });
    assert_eq!(switch.refusals(), ["the platform has no throughput levels"]);
}

#[test]
fn a_request_waits_for_trust() {
    let mut bench = Bench::new("c8000v");
    bench.command(request(1, true, Carrier::Message));
    assert_eq!(state(&bench), "requested");
    assert_eq!(bench.requests.iter().map(|kind| kind.as_str()).collect::<Vec<_>>(), ["TRUST_SYNC"]);
    // The trust code is deferred for a day, and so is the authorization code after it.
    bench.advance(2 * DAY_MS + HOUR_MS);
    assert_eq!(state(&bench), "installed");
}

#[test]
fn trust_that_is_refused_ends_the_request() {
    let mut bench = Bench::new("c8000v");
    bench.server.last_trust_id = 1000;
    bench.command(request(1, true, Carrier::Message));
    bench.command(Command::PollNow { poll_id: None });
    assert_eq!((bench.view().trust_state, state(&bench)), ("old_trust_id", "failed"));
    assert_eq!(bench.logged("AUTHORIZATION_INSTALL_FAILED"), 1);
    assert!(bench.agent.next_timer().is_none(), "nothing is left to do");
}

#[test]
fn a_lost_request_is_repeated_and_a_lost_return_is_not() {
    let mut bench = router();
    bench.step(Input::Command(request(1, true, Carrier::Message))).unwrap();
    assert!(bench.fail(TransportFailure::Timeout).is_none());
    assert_eq!(state(&bench), "requested");
    let again = bench.wake().expect("it is repeated");
    assert_eq!(again.request_type.as_str(), "AUTH_REQUEST");
    bench.serve(Some(again));
    bench.command(Command::PollNow { poll_id: None });
    assert_eq!(state(&bench), "installed");
    let leave = Command::ReturnAuthorization { carrier: Carrier::Message };
    let sent = bench.step(Input::Command(leave.clone())).unwrap();
    assert_eq!(sent.request_type.as_str(), "AUTH_RETURN");
    assert!(!bench.view().authorization.installed, "the code is removed first");
    assert!(bench.fail(TransportFailure::Timeout).is_none());
    assert_eq!(state(&bench), "return_unconfirmed");
    let code = bench.view().authorization.last_return_code.unwrap();
    assert_eq!(code.len(), 27, "{code}");
    let before = bench.requests.len();
    bench.advance(2 * DAY_MS);
    let returns = bench.requests[before..].iter().filter(|kind| kind.as_str() == "AUTH_RETURN");
    assert_eq!(returns.count(), 0, "one message, whatever becomes of it");
    bench.command(leave);
    assert_eq!(bench.refusals(), ["no authorization code is installed"]);
}

#[test]
fn a_return_is_taken_by_the_account() {
    let mut bench = authorized(1);
    bench.command(Command::ReturnAuthorization { carrier: Carrier::Message });
    assert_eq!(state(&bench), "returning");
    bench.command(Command::PollNow { poll_id: None });
    assert_eq!(state(&bench), "returned");
    let code = bench.view().authorization.last_return_code.unwrap();
    assert_eq!(bench.server.codes.returned, [code.as_str()]);
    assert_eq!(bench.logged("AUTHORIZATION_REMOVED"), 1);
    let counted = bench.view().statistics;
    assert_eq!((counted.authorization_request.success, counted.authorization_return.total), (1, 1));
}

#[test]
fn a_new_code_over_an_old_one_is_confirmed() {
    let mut bench = authorized(1);
    bench.command(request(3, false, Carrier::Message));
    assert_eq!(bench.view().authorization.licenses[0].count, 1, "the old code stands meanwhile");
    bench.command(Command::PollNow { poll_id: None });
    assert_eq!((state(&bench), bench.view().authorization.licenses[0].count), ("installed", 3));
    let code = bench.view().authorization.last_confirmation_code.unwrap();
    assert_eq!(bench.server.codes.confirmed, [code.as_str()]);
    assert_eq!(bench.requests.last().unwrap().as_str(), "AUTH_CONFIRM");
}

#[test]
fn a_refusal_keeps_the_code_from_before() {
    let mut bench = router();
    bench.server.codes.is_empty = true;
    bench.command(request(1, true, Carrier::Message));
    bench.command(Command::PollNow { poll_id: None });
    assert_eq!(state(&bench), "failed");
    let reason = bench.view().last_failure_reason.unwrap();
    assert_eq!(reason, "[LICENSE_NOT_AVAILABLE] No licences are left.");
    let mut bench = authorized(1);
    bench.server.codes.is_empty = true;
    bench.command(request(2, true, Carrier::Message));
    bench.command(Command::PollNow { poll_id: None });
    assert_eq!((state(&bench), bench.view().authorization.licenses[0].count), ("installed", 1));
}

#[test]
fn a_code_travels_in_files() {
    let mut bench = Bench::new("c8000v");
    bench.server.codes.stamp_ms = bench.now_ms;
    bench.command(Command::SetTransport(TransportKind::Off));
    bench.command(request(1, true, Carrier::File));
    assert_eq!(state(&bench), "file_awaited");
    let file = last_file(&bench);
    assert_eq!(AuthorizationRequest::decode(file.encode().as_bytes()).as_ref(), Ok(&file));
    let answer = bench.server.codes.answer(&file).encode().into_bytes();
    bench.command(Command::Import(answer.clone()));
    assert_eq!(state(&bench), "installed");
    use_hsec(&mut bench, 1);
    // The same file once more changes nothing.
    bench.command(Command::Import(answer.clone()));
    assert_eq!(bench.view().authorization.last_confirmation_code, None);
    bench.command(Command::ReturnAuthorization { carrier: Carrier::File });
    use_hsec(&mut bench, 0);
    bench.command(Command::ReturnAuthorization { carrier: Carrier::File });
    assert_eq!(bench.refusals(), ["a licence of the authorization code is in use"]);
    assert_eq!(state(&bench), "return_file");
    let code = bench.view().authorization.last_return_code.unwrap();
    let returned = last_file(&bench).entries[0].remove_code.clone().unwrap();
    assert_eq!(returned.as_str(), code);
    // What was returned cannot be installed again.
    bench.command(Command::Import(answer));
    assert_eq!(bench.refusals()[1..], ["the authorization code is not accepted"]);
    assert_eq!(state(&bench), "return_file");
    assert!(bench.requests.is_empty(), "nothing was sent");
}

#[test]
fn a_file_carries_the_confirmation_that_no_message_took() {
    let mut bench = authorized(1);
    bench.command(Command::SetTransport(TransportKind::Off));
    bench.command(request(2, true, Carrier::File));
    let answer = bench.server.codes.answer(&last_file(&bench)).encode().into_bytes();
    bench.command(Command::Import(answer));
    let code = bench.view().authorization.last_confirmation_code.unwrap();
    bench.command(request(3, true, Carrier::File));
    let confirmed = last_file(&bench).entries[0].confirm_code.clone().unwrap();
    assert_eq!(confirmed.as_str(), code);
    let before = bench.requests.len();
    bench.command(Command::SetTransport(TransportKind::Cslu));
    let after = bench.requests[before..].iter().map(|kind| kind.as_str());
    assert!(after.clone().all(|kind| kind != "AUTH_CONFIRM"), "it is handed over already");
}

#[test]
fn a_file_of_another_instance_or_older_than_what_is_installed_is_refused() {
    let mut bench = Bench::new("c8000v");
    bench.server.codes.stamp_ms = 1000;
    bench.command(request(1, true, Carrier::File));
    let request_file = last_file(&bench);
    let mut other = request_file.clone();
    other.entries[0].sudi = muster_wire::Sudi::from(&muster_wire::Udi::new("C8000V", "MSTOTHER"));
    let foreign = bench.server.codes.answer(&other).encode().into_bytes();
    bench.command(Command::Import(foreign));
    assert_eq!(state(&bench), "file_awaited", "the right file may still come");
    let first = bench.server.codes.answer(&request_file).encode().into_bytes();
    let second = bench.server.codes.answer(&request_file).encode().into_bytes();
    bench.command(Command::Import(second));
    bench.command(Command::Import(first));
    assert_eq!(bench.refusals(), ["the authorization code is not accepted"; 2]);
    assert_eq!(bench.logged("UDI mismatch"), 1);
    assert_eq!(bench.logged("the code was replaced or returned"), 1);
    assert_eq!(state(&bench), "installed");
}

#[test]
fn a_code_that_does_not_cover_what_is_in_use_is_refused() {
    let mut bench = authorized(2);
    use_hsec(&mut bench, 2);
    bench.command(request(1, false, Carrier::Message));
    bench.command(Command::PollNow { poll_id: None });
    assert_eq!((state(&bench), bench.view().authorization.licenses[0].count), ("installed", 2));
    assert_eq!(bench.logged("does not cover what is in use"), 1);
}

#[test]
fn what_makes_no_sense_is_refused() {
    let mut bench = router();
    bench.command(Command::ReturnAuthorization { carrier: Carrier::Message });
    for (feature, count) in [("none", 1), ("network-advantage_50M", 1), (HSEC, 0)] {
        bench.command(Command::RequestAuthorization {
            feature: feature.into(),
            count,
            add: true,
            carrier: Carrier::Message,
        });
    }
    bench.command(request(1, true, Carrier::Message));
    bench.command(request(1, true, Carrier::File));
    bench.command(Command::ReturnAuthorization { carrier: Carrier::Message });
    assert_eq!(
        bench.refusals(),
        [
            "no authorization code is installed",
            "the platform has no such feature",
            "the licence needs no authorization code",
            "at least one licence is asked for",
            "an authorization request is under way",
            "an authorization request is under way",
        ]
    );
    bench.command(Command::PollNow { poll_id: None });
    bench.command(Command::SetTransport(TransportKind::Off));
    bench.command(request(1, true, Carrier::Message));
    bench.command(Command::ReturnAuthorization { carrier: Carrier::Message });
    assert_eq!(bench.refusals()[6..], ["the transport is off"; 2]);
    assert!(bench.view().authorization.installed);
}

#[test]
fn power_lost_in_the_middle_asks_again_but_does_not_return_twice() {
    let mut bench = router();
    bench.step(Input::Command(request(1, true, Carrier::Message))).unwrap();
    bench.step(Input::PowerLost);
    bench.step(Input::Boot);
    bench.advance(HOUR_MS);
    assert_eq!(state(&bench), "deferred");
    bench.command(Command::PollNow { poll_id: None });
    bench.step(Input::Command(Command::ReturnAuthorization { carrier: Carrier::Message })).unwrap();
    bench.step(Input::PowerLost);
    bench.step(Input::Boot);
    bench.advance(HOUR_MS);
    assert_eq!(state(&bench), "return_unconfirmed");
    assert!(bench.server.codes.returned.is_empty());
}
