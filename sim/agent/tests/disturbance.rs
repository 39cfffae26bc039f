//! Random lives: whatever comes, the agent keeps its promises.

use std::collections::BTreeMap;

use muster_agent::{Command, Effect, Input, Outbound, TransportFailure, TransportKind};
use muster_wire::RequestType;
use proptest::prelude::*;

use crate::fake_server::{Bench, trust};

/// One thing that may happen.
#[derive(Clone, Debug)]
enum Happening {
    Command(Command),
    Boot,
    Wait(u64),
    Fail(TransportFailure),
    Status(u16),
    Garbage(Vec<u8>),
    /// The server's own answer with one byte changed.
    Changed(usize, u8),
    Served,
    /// The trust answer of an older request.
    Forget(u64),
}

fn command() -> impl Strategy<Value = Command> {
    prop_oneof![
        any::<bool>().prop_map(trust),
        any::<bool>().prop_map(|force| Command::TrustSync { force }),
        Just(Command::Sync),
        Just(Command::PollNow { poll_id: None }),
        any::<u64>().prop_map(|id| Command::PollNow { poll_id: Some(muster_wire::PollId(id)) }),
        (
            prop::sample::select(vec!["air-network-advantage", "air-dna-advantage", "none"]),
            0..4_u32
        )
            .prop_map(|(feature, count)| Command::Use { feature: feature.into(), count }),
        Just(Command::Reload),
        prop::sample::select(vec![TransportKind::Smart, TransportKind::Cslu, TransportKind::Off])
            .prop_map(Command::SetTransport),
        (0..400_u32).prop_map(|days| Command::SetReportInterval { days }),
        prop::collection::vec(any::<u8>(), 0..60).prop_map(Command::Import),
        (-90_000_000..90_000_000_i64).prop_map(|by_ms| Command::StepClock { by_ms }),
    ]
}

fn happening() -> impl Strategy<Value = Happening> {
    let failures = vec![TransportFailure::Dns, TransportFailure::Timeout, TransportFailure::Tls];
    prop_oneof![
        6 => command().prop_map(Happening::Command),
        1 => Just(Happening::Boot),
        3 => (0..4_000_000_000_u64).prop_map(Happening::Wait),
        1 => prop::sample::select(failures).prop_map(Happening::Fail),
        1 => any::<u16>().prop_map(Happening::Status),
        1 => prop::collection::vec(any::<u8>(), 0..80).prop_map(Happening::Garbage),
        1 => (any::<usize>(), any::<u8>()).prop_map(|(at, to)| Happening::Changed(at, to)),
        8 => Just(Happening::Served),
        1 => (0..5_u64).prop_map(Happening::Forget),
    ]
}

/// What must hold at every moment.
fn check(bench: &Bench, trusted_before: bool) -> Result<(), TestCaseError> {
    let view = bench.view();
    if let Some(RequestType::LicenseUsage) = bench.requests.last() {
        prop_assert!(trusted_before || view.trusted, "usage without trust");
    }
    prop_assert_eq!(view.in_flight, bench.agent.in_flight());
    let acknowledged = view.reports.iter().filter(|report| report.state == "acknowledged");
    for report in acknowledged {
        prop_assert!(bench.server.received.contains_key(&report.report_id), "{report:?}");
    }
    for poll in &view.polls {
        prop_assert!(bench.server.issued.contains(&poll.poll_id));
    }
    let mut open = BTreeMap::new();
    for report in &view.reports {
        prop_assert!(report.start <= report.end);
        if report.state == "open" {
            prop_assert_eq!(open.insert(report.tag.clone(), ()), None, "two open reports");
            prop_assert_eq!(report.next, 0);
        }
    }
    let ids: Vec<_> = view.reports.iter().map(|report| report.report_id).collect();
    prop_assert!(ids.windows(2).all(|pair| pair[0] < pair[1]), "a report id occurs twice");
    let level = if view.trusted { "DIRECT" } else { "INDIRECT" };
    prop_assert_eq!(view.communication_level, level);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    // The fake server asserts the rest: polls carry issued ids, payloads never change once sent,
    // measurements are contiguous, every signature is made with the trusted key.
    #[test]
    fn promises_hold_in_every_life(happenings in prop::collection::vec(happening(), 1..60)) {
        let mut bench = Bench::new("c9800-l");
        let mut sent: Option<Box<Outbound>> = None;
        for happening in happenings {
            let trusted = bench.view().trusted;
            let next = match happening {
                Happening::Command(command) => bench.step(Input::Command(command)),
                Happening::Boot => bench.step(Input::Boot),
                Happening::Wait(by_ms) => {
                    let end_ms = bench.now_ms + by_ms;
                    let due_ms = bench.agent.next_timer().unwrap_or(end_ms);
                    bench.now_ms = due_ms.clamp(bench.now_ms, end_ms);
                    bench.step(Input::TimerDue)
                }
                Happening::Fail(failure) => { sent = None; bench.fail(failure) }
                Happening::Status(status) => {
                    sent = None;
                    bench.step(Input::Answer { status, body: b"" })
                }
                Happening::Garbage(body) => {
                    sent = None;
                    bench.step(Input::Answer { status: 200, body: &body })
                }
                Happening::Changed(at, to) => match sent.take() {
                    Some(request) => {
                        let mut body = answer(&mut bench, &request);
                        let at = at % body.len();
                        body[at] = to;
                        // A changed poll id that still reads is one the server must know.
                        let text = String::from_utf8_lossy(&body).into_owned();
                        let intact = bench.server.issued.iter().any(|id| text.contains(&id.to_string()));
                        if !intact || !text.contains("poll_id") {
                            body = b"{}".to_vec();
                        }
                        bench.step(Input::Answer { status: 200, body: &body })
                    }
                    None => None,
                },
                Happening::Served => match sent.take() {
                    Some(request) => {
                        let body = answer(&mut bench, &request);
                        bench.step(Input::Answer { status: 200, body: &body })
                    }
                    None => None,
                },
                Happening::Forget(ahead) => { bench.server.last_trust_id += ahead; None }
            };
            if next.is_some() {
                sent = next;
            }
            check(&bench, trusted)?;
        }
    }

    #[test]
    fn no_answer_bytes_panic_and_the_agent_goes_on(
        bodies in prop::collection::vec((any::<u16>(), prop::collection::vec(any::<u8>(), 0..200)), 1..20),
    ) {
        let mut bench = Bench::trusted("c8000v");
        for (status, body) in bodies {
            bench.step(Input::Command(Command::Sync));
            bench.step(Input::Answer { status, body: &body });
            prop_assert!(!bench.agent.in_flight());
        }
        bench.command(Command::Sync);
        prop_assert_eq!(bench.view().reports.iter().filter(|one| one.state == "closed").count(), 0);
    }

    #[test]
    fn no_changed_answer_is_believed_by_halves(at: usize, to: u8) {
        let mut bench = Bench::trusted("c9800-l");
        bench.command(Command::Sync);
        let request = bench.step(Input::Command(Command::PollNow { poll_id: None })).unwrap();
        let mut body = bench.server.answer(bench.now_ms, &request.request).encode();
        let at = at % body.len();
        body[at] = to;
        bench.step(Input::Answer { status: 200, body: &body });
        let view = bench.view();
        let acknowledged = view.acknowledged;
        prop_assert!(acknowledged <= 2);
        prop_assert_eq!(view.last_ack_ms.is_some(), acknowledged > 0);
    }
}

fn answer(bench: &mut Bench, request: &Outbound) -> Vec<u8> {
    // What is acknowledged and deferred must stay what the fake server knows it issued.
    bench.server.answer(bench.now_ms, &request.request).encode()
}

#[test]
fn the_same_seed_gives_the_same_life() {
    let life = || {
        let mut bench = Bench::trusted("c9800-l");
        bench.advance(3 * crate::fake_server::DAY_MS);
        bench.log
    };
    let (first, second): (Vec<Effect>, Vec<Effect>) = (life(), life());
    assert_eq!(first, second);
}
