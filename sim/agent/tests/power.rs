//! Power is lost without a goodbye, and comes back.

use muster_agent::{Command, Input};
use muster_wire::Artefact;
use muster_wire::RequestType::{IdTokenTrust, LicenseUsage, Poll, TrustSync};

use crate::fake_server::{Bench, HOUR_MS, SECOND_MS, trust};

const MINUTE_MS: u64 = 60 * SECOND_MS;

fn lose_power(bench: &mut Bench) {
    assert!(bench.step(Input::PowerLost).is_none());
    assert!(!bench.agent.in_flight() && !bench.agent.is_crypto_ready());
    assert_eq!(bench.agent.next_timer(), None);
}

fn boot(bench: &mut Bench) {
    assert!(bench.step(Input::Boot).is_none());
    bench.advance(30 * SECOND_MS);
    assert!(bench.agent.is_crypto_ready());
}

#[test]
fn an_instance_without_power_does_nothing() {
    let mut bench = Bench::trusted("c9800-l");
    lose_power(&mut bench);
    let logged = bench.log.len();
    bench.now_ms += 20 * HOUR_MS;
    assert!(bench.step(Input::TimerDue).is_none());
    assert!(bench.step(Input::PowerLost).is_none());
    assert!(bench.step(Input::Answer { status: 200, body: b"{}" }).is_none());
    assert_eq!(bench.log.len(), logged);
    bench.command(Command::Sync);
    assert_eq!(bench.refusals(), ["the product instance has no power"]);
    assert_eq!(bench.view().reporting_state, "off");
    boot(&mut bench);
    // The report that fell due meanwhile goes out at once.
    assert_eq!(bench.requests.last(), Some(&LicenseUsage));
}

#[test]
fn reports_end_with_the_last_sample_and_nothing_is_counted_without_power() {
    let mut bench = Bench::trusted("c9800-l");
    let start_s = bench.now_ms / 1000;
    bench.now_ms += 50 * MINUTE_MS;
    lose_power(&mut bench);
    bench.now_ms += 5 * HOUR_MS;
    boot(&mut bench);
    let view = bench.view();
    let closed: Vec<_> = view.reports.iter().filter(|one| one.state == "closed").collect();
    assert_eq!(closed.len(), 2);
    for report in &closed {
        assert_eq!((report.start, report.end), (start_s, start_s + 45 * 60));
        assert_eq!(report.close_reason, Some("ProductReload"));
    }
    let open: Vec<_> = view.reports.iter().filter(|one| one.state == "open").collect();
    assert_eq!(open.len(), 2);
    assert!(open.iter().all(|report| report.start >= start_s + 5 * 3600));
    assert!(open.iter().all(|report| closed.iter().any(|one| one.report_id == report.previous)));
}

#[test]
fn a_report_in_flight_is_sent_again_and_counted_once() {
    let mut bench = Bench::trusted("c9800-l");
    let sent = bench.step(Input::Command(Command::Sync)).unwrap();
    // The server takes it; its answer meets an instance without power.
    let sealed = bench.sealed(&sent);
    let late = bench.server.answer(bench.now_ms, &sealed.request).encode();
    lose_power(&mut bench);
    assert!(bench.step(Input::Answer { status: 200, body: &late }).is_none());
    assert!(bench.view().reports.iter().all(|report| report.poll_id.is_none()));
    bench.now_ms += HOUR_MS;
    boot(&mut bench);
    assert_eq!(bench.requests.last(), Some(&LicenseUsage));
    let Some(Artefact::Usage(first)) = &sealed.asked else { panic!("usage was asked") };
    for report in &first.reports {
        let id = report.payload().unwrap().report_id().unwrap().0;
        assert_eq!(bench.server.received[&id], report.payload, "a payload never changes");
    }
    bench.command(Command::PollNow { poll_id: None });
    let view = bench.view();
    assert_eq!(view.acknowledged as usize, bench.server.received.len());
    assert!(view.reports.iter().all(|one| ["acknowledged", "open"].contains(&one.state)));
}

#[test]
fn a_poll_in_flight_is_asked_again() {
    let mut bench = Bench::trusted("c9800-l");
    bench.command(Command::Sync);
    assert!(bench.step(Input::Command(Command::PollNow { poll_id: None })).is_some());
    lose_power(&mut bench);
    boot(&mut bench);
    assert_eq!(bench.requests.iter().filter(|kind| **kind == Poll).count(), 2);
    assert!(bench.view().acknowledged >= 2);
}

#[test]
fn a_trust_request_in_flight_is_repeated_without_its_token() {
    let mut bench = Bench::new("c9800-l");
    bench.use_licenses(0, 1);
    assert!(bench.step(Input::Command(trust(false))).is_some());
    lose_power(&mut bench);
    assert_eq!(bench.view().trust_state, "none");
    boot(&mut bench);
    assert_eq!(bench.requests, [IdTokenTrust], "a token is not in trusted storage");
    bench.command(trust(false));
    assert!(bench.agent.is_trusted());

    let sync = Input::Command(Command::TrustSync { force: false });
    assert!(bench.step(sync).is_some());
    lose_power(&mut bench);
    assert!(bench.agent.is_trusted(), "the trust code from before stands");
    boot(&mut bench);
    assert_eq!(bench.requests.last(), Some(&TrustSync));
    assert!(bench.agent.is_trusted());
}
