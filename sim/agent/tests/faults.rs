//! What an agent does when the server refuses, lies, or is not there.

use muster_agent::{Command, Input, TransportFailure};
use muster_wire::RequestType::{IdTokenTrust, LicenseUsage, Poll, TrustSync};
use muster_wire::transport::smart_answer::{AnswerLine, SmartAnswer};
use muster_wire::{LineStatus, Nonce};

use crate::fake_server::{Bench, DAY_MS, HOUR_MS, SECOND_MS, trust};

#[test]
fn an_old_trust_id_is_followed_by_a_higher_one() {
    let mut bench = Bench::new("c9800-l");
    bench.server.last_trust_id = 2;
    bench.use_licenses(0, 1);
    for expected in ["old_trust_id", "old_trust_id", "installed"] {
        bench.command(trust(false));
        assert_eq!(bench.view().trust_state, expected);
    }
    assert_eq!(bench.view().trust_id, 3);
    assert_eq!(bench.logged("[OLD_TRUST_ID]"), 2);
    assert_eq!(bench.requests, [IdTokenTrust, IdTokenTrust, IdTokenTrust]);
}

#[test]
fn after_an_old_trust_id_no_usage_is_sent() {
    let mut bench = Bench::trusted("c9800-l");
    bench.server.last_trust_id = 9;
    bench.command(Command::TrustSync { force: false });
    bench.command(Command::PollNow { poll_id: None });
    assert_eq!((bench.view().trust_state, bench.view().trusted), ("old_trust_id", false));
    bench.requests.clear();
    bench.command(Command::Sync);
    assert_eq!((bench.view().trust_state, bench.view().trusted), ("deferred", false));
    bench.server.last_trust_id = 0;
    bench.command(Command::PollNow { poll_id: None });
    assert_eq!(bench.requests, [TrustSync, Poll]);
    bench.command(Command::TrustSync { force: false });
    bench.command(Command::PollNow { poll_id: None });
    assert!(bench.view().trusted);
}

#[test]
fn communication_is_restored_ten_seconds_after_a_502() {
    let mut bench = Bench::trusted("c9800-l");
    let outbound = bench.step(Input::Command(Command::Sync));
    assert!(outbound.is_some());
    assert!(bench.step(Input::Answer { status: 502, body: b"<html>" }).is_none());
    assert_eq!(bench.view().reporting_state, "backoff");
    assert_eq!(bench.agent.next_timer(), Some(bench.now_ms + 10 * SECOND_MS));
    bench.advance(10 * SECOND_MS);
    assert_eq!(bench.logged("COMM_FAILED: Communications failure"), 1);
    assert_eq!(bench.logged("COMM_RESTORED: Communications with"), 1);
    let statistics = bench.view().statistics.usage_reporting;
    assert_eq!((statistics.total, statistics.success, statistics.fail), (2, 1, 1));
    assert_eq!((statistics.ongoing, bench.view().unacknowledged), (0, 2));
}

#[test]
fn a_report_is_repeated_until_it_is_delivered() {
    let mut bench = Bench::trusted("catalyst-9300");
    let mut outbound = bench.step(Input::Command(Command::Sync));
    let kinds = [TransportFailure::Dns, TransportFailure::Timeout, TransportFailure::Closed];
    for failure in kinds.into_iter().cycle().take(40) {
        assert!(outbound.is_some());
        outbound = bench.fail(failure);
        assert!(outbound.is_none());
        outbound = bench.wake();
    }
    assert_eq!(bench.view().statistics.usage_reporting.ongoing_communication, 40);
    let line = "SAEVT_COMM_FAIL error=\"Unable to resolve server hostname/domain name\"";
    assert_eq!(bench.logged(line), 14);
    assert_eq!(bench.logged("3-COMM_FAILED"), 1);
    bench.serve(outbound);
    bench.command(Command::PollNow { poll_id: None });
    assert_eq!(bench.view().acknowledged, 2);
    assert_eq!(bench.server.deliveries, 1);
    assert!(bench.now_ms < crate::fake_server::START_MS + DAY_MS);
}

#[test]
fn a_lost_answer_does_not_change_what_was_sent() {
    let mut bench = Bench::trusted("c9800-l");
    let outbound = bench.step(Input::Command(Command::Sync)).unwrap();
    bench.answer(&outbound);
    bench.fail(TransportFailure::Timeout);
    bench.now_ms += HOUR_MS;
    bench.use_licenses(0, 9);
    bench.advance(SECOND_MS);
    // The fake server compares the payload with the one it has.
    assert_eq!((bench.server.deliveries, bench.server.received.len()), (2, 2));
}

#[test]
fn trust_requests_never_repeat_an_id() {
    let mut bench = Bench::new("c9800-l");
    let mut outbound = bench.step(Input::Command(trust(false)));
    for _ in 0..5 {
        bench.fail(TransportFailure::Timeout);
        outbound = bench.wake();
    }
    bench.serve(outbound);
    assert_eq!((bench.view().trust_id, bench.server.last_trust_id), (6, 6));
    assert_eq!(bench.view().statistics.trust_establishment.fail, 5);
}

#[test]
fn a_conflicting_record_keeps_the_report_for_later() {
    let mut bench = Bench::trusted("c9800-l");
    let outbound = bench.step(Input::Command(Command::Sync)).unwrap();
    let body = SmartAnswer::failure("ERROR Consuming licenses", "", outbound.nonce()).encode();
    bench.step(Input::Answer { status: 200, body: &body });
    let view = bench.view();
    assert_eq!(view.last_failure_reason.as_deref(), Some("ERROR Consuming licenses"));
    assert_eq!(view.reports.iter().filter(|report| report.state == "closed").count(), 2);
    assert_eq!(bench.logged("SAEVT_UTILITY_RUM_FAIL"), 1);
    bench.command(Command::Sync);
    // The refused reports and the current ones.
    assert_eq!(bench.server.received.len(), 4);
}

#[test]
fn an_unknown_instance_sees_the_documented_error() {
    let mut bench = Bench::new("c9800-l");
    bench.use_licenses(0, 1);
    let outbound = bench.step(Input::Command(Command::Sync)).unwrap();
    let answer =
        SmartAnswer::failure("HOST_NOT_FOUND", "Device Host is not found", outbound.nonce());
    bench.step(Input::Answer { status: 404, body: &answer.encode() });
    let line = "SAEVT_UTILITY_RUM_FAIL error=\"[HOST_NOT_FOUND] Device Host is not found\"";
    assert_eq!(bench.logged(line), 1);
    bench.advance(3 * DAY_MS);
    assert_eq!(bench.view().reporting_state, "poll_wait");
    assert!(bench.server.deliveries > 0, "it is tried again until it works");
}

#[test]
fn a_token_at_a_cslu_url_is_given_up() {
    let mut bench = Bench::new("c9800-l");
    bench.step(Input::Command(trust(false)));
    bench.step(Input::Answer { status: 404, body: b"" });
    assert_eq!((bench.view().trust_state, bench.agent.next_timer()), ("none", None));
    assert_eq!(bench.logged("HTTP Server Error 404: Not Found"), 3);
    assert_eq!(bench.view().last_trust_id, 1);
}

#[test]
fn try_again_is_obeyed() {
    let mut bench = Bench::trusted("c9800-l");
    let outbound = bench.step(Input::Command(Command::Sync)).unwrap();
    let mut answer = bench.answer(&outbound);
    let mut line = AnswerLine::new(LineStatus::OkTryAgain, 1);
    (line.poll_interval, line.message) = (Some(120), Some("LS_LICENGINE_FAIL_TO_CONNECT".into()));
    answer.license_data = vec![line];
    bench.step(Input::Answer { status: 200, body: &answer.encode() });
    assert_eq!(bench.view().last_response, "OK_TRY_AGAIN");
    assert_eq!(bench.agent.next_timer(), Some(bench.now_ms + 120 * SECOND_MS));
    bench.advance(120 * SECOND_MS);
    assert_eq!(bench.view().unacknowledged, 2);
}

#[test]
fn an_answer_with_another_nonce_is_no_reply() {
    let mut bench = Bench::trusted("c9800-l");
    let outbound = bench.step(Input::Command(Command::Sync)).unwrap();
    let mut answer = bench.answer(&outbound);
    answer.sender_info.as_mut().unwrap().nonce = Nonce::new("1");
    bench.step(Input::Answer { status: 200, body: &answer.encode() });
    let view = bench.view();
    assert_eq!((view.last_response, view.unacknowledged), ("NO REPLY", 0));
    assert_eq!(view.last_failure_reason.as_deref(), Some("nonce failed to match"));
}

#[test]
fn an_acknowledgement_of_reports_never_sent_is_not_applied() {
    let mut bench = Bench::trusted("c9800-l");
    // Acknowledgements from another life of the same instance: its ids are known, not sent.
    let mut other = Bench::trusted("c9800-l");
    other.command(Command::Sync);
    let ack = other.server.waiting.values().next_back().unwrap();
    let muster_wire::Artefact::Acknowledgement(ack) = ack else { panic!("{ack:?}") };
    bench.command(Command::Import(ack.encode().into_bytes()));
    assert_eq!(bench.logged("SAEVT_RUM_ACK_IGNORED"), 2);
    bench.command(Command::Reload);
    bench.command(Command::Import(ack.encode().into_bytes()));
    assert_eq!(bench.logged("SAEVT_RUM_ACK_IGNORED"), 4);
    assert_eq!((bench.view().acknowledged, bench.view().last_ack_ms), (0, None));
}

#[test]
fn a_failed_poll_sends_its_reports_again() {
    let mut bench = Bench::trusted("c9800-l");
    bench.command(Command::Sync);
    let outbound = bench.step(Input::Command(Command::PollNow { poll_id: None })).unwrap();
    let body = SmartAnswer::failure("ERROR Consuming licenses", "", outbound.nonce()).encode();
    bench.step(Input::Answer { status: 200, body: &body });
    assert!(bench.view().polls.is_empty());
    bench.advance(HOUR_MS);
    bench.command(Command::PollNow { poll_id: None });
    assert_eq!(bench.view().acknowledged, 2);
    assert_eq!(bench.requests[1..], [LicenseUsage, Poll, LicenseUsage, Poll]);
}

#[test]
fn a_poll_id_nobody_issued_is_refused() {
    let mut bench = Bench::trusted("c9800-l");
    bench.command(Command::PollNow { poll_id: Some(muster_wire::PollId(4)) });
    assert_eq!(bench.refusals(), ["no such poll id is stored"]);
}
