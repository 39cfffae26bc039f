//! Random lives: whatever comes, the agent keeps its promises.

use std::collections::BTreeMap;

use muster_agent::{
    Carrier, Command, Effect, Input, Outbound, TransportFailure, TransportKind, UsageSelection,
};
use muster_wire::RequestType;
use proptest::prelude::*;

use crate::fake_server::{Bench, DAY_MS, trust};

/// One thing that may happen.
#[derive(Clone, Debug)]
pub(crate) enum Happening {
    Command(Command),
    Boot,
    PowerLost,
    Wait(u64),
    Fail(TransportFailure),
    Status(u16),
    Garbage(Vec<u8>),
    /// The server's own answer with one byte changed.
    Changed(usize, u8),
    Served,
    /// The server has processed trust ids the agent never used.
    Forget(u64),
}

fn command() -> impl Strategy<Value = Command> {
    prop_oneof![12 => usual_command(), 6 => rare_command()]
}

fn rare_command() -> impl Strategy<Value = Command> {
    let which = prop_oneof![
        Just(UsageSelection::All),
        Just(UsageSelection::Unreported),
        (0..400_u32).prop_map(UsageSelection::Days),
        any::<u64>().prop_map(UsageSelection::Report),
    ];
    let carrier = || prop::sample::select(vec![Carrier::Message, Carrier::File]);
    let feature = || prop::sample::select(vec!["hseck9", "air-dna-advantage"]);
    prop_oneof![
        1 => which.clone().prop_map(Command::SaveUsage),
        1 => which.prop_map(Command::CollectReports),
        1 => Just(Command::CloseReports),
        1 => Just(Command::SaveTrustRequest),
        3 => (feature(), 0..3_u32, any::<bool>(), carrier()).prop_map(
            |(feature, count, add, carrier)| {
                Command::RequestAuthorization { feature: feature.into(), count, add, carrier }
            }
        ),
        2 => carrier().prop_map(|carrier| Command::ReturnAuthorization { carrier }),
        2 => (feature(), 0..3_u32)
            .prop_map(|(feature, count)| Command::Use { feature: feature.into(), count }),
        1 => prop::sample::select(vec![250, 1000, 3]).prop_map(|mbps| Command::SetThroughput { mbps }),
    ]
}

fn usual_command() -> impl Strategy<Value = Command> {
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

pub(crate) fn happening() -> impl Strategy<Value = Happening> {
    let failures = vec![TransportFailure::Dns, TransportFailure::Timeout, TransportFailure::Tls];
    prop_oneof![
        6 => command().prop_map(Happening::Command),
        2 => Just(Happening::Boot),
        1 => Just(Happening::PowerLost),
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
fn check(bench: &Bench) -> Result<(), TestCaseError> {
    let view = bench.view();
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

/// With an honest server and the right time, everything closed before is acknowledged in days.
fn recovers(mut bench: Bench, stepped_ms: i64) -> Result<(), TestCaseError> {
    bench.server.last_trust_id = 0;
    if bench.agent.in_flight() {
        bench.fail(TransportFailure::Closed);
    }
    // A start that is not needed is only one more reload.
    bench.step(Input::Boot);
    bench.advance(30_000);
    bench.command(Command::StepClock { by_ms: -stepped_ms });
    bench.command(Command::SetTransport(TransportKind::Cslu));
    bench.command(Command::PollNow { poll_id: None });
    let before = bench.view().reports;
    let closed = before.iter().filter(|report| report.state != "open").map(|one| one.report_id);
    let last = closed.max().unwrap_or(0);
    bench.advance(4 * DAY_MS);
    for report in bench.view().reports.iter().filter(|report| report.report_id <= last) {
        let done = ["acknowledged", "open"].contains(&report.state);
        prop_assert!(done, "{report:?} was left behind");
    }
    Ok(())
}

/// One random life: the agent, its server, and what is under way between them.
pub(crate) struct Life {
    pub(crate) bench: Bench,
    /// The request the server has not looked at.
    pub(crate) sent: Option<Box<Outbound>>,
    stepped_ms: i64,
}

impl Life {
    pub(crate) fn new() -> Self {
        Self::on("c9800-l")
    }

    pub(crate) fn on(platform: &str) -> Self {
        Self { bench: Bench::new(platform), sent: None, stepped_ms: 0 }
    }

    /// Lets it happen; the request that goes out next, if any.
    pub(crate) fn happens(&mut self, happening: Happening) -> Option<Box<Outbound>> {
        match happening {
            Happening::Command(command) => {
                if let Command::StepClock { by_ms } = command
                    && self.bench.agent.has_power()
                {
                    self.stepped_ms += by_ms;
                }
                self.bench.step(Input::Command(command))
            }
            Happening::Boot => self.bench.step(Input::Boot),
            Happening::PowerLost => {
                self.sent = None;
                self.bench.step(Input::PowerLost)
            }
            Happening::Wait(by_ms) => self.waits(by_ms),
            Happening::Fail(failure) => {
                self.sent = None;
                self.bench.fail(failure)
            }
            Happening::Status(status) => self.answered(status, b""),
            Happening::Garbage(body) => self.answered(200, &body),
            Happening::Served => {
                let body = self.served()?;
                self.answered(200, &body)
            }
            Happening::Changed(at, to) => {
                let mut body = self.served()?;
                let at = at % body.len();
                body[at] = to;
                // A changed poll id would be one the server issued in error, not the agent.
                let text = String::from_utf8_lossy(&body).into_owned();
                let mut issued = self.bench.server.issued.iter();
                let intact = issued.any(|id| text.contains(&format!("\"poll_id\":{id},")));
                self.answered(200, if intact { &body } else { b"{}" })
            }
            Happening::Forget(ahead) => {
                self.bench.server.last_trust_id += ahead;
                None
            }
        }
    }

    fn waits(&mut self, by_ms: u64) -> Option<Box<Outbound>> {
        let bench = &mut self.bench;
        let end_ms = bench.now_ms + by_ms;
        let due_ms = bench.agent.next_timer().unwrap_or(end_ms);
        bench.now_ms = due_ms.clamp(bench.now_ms, end_ms);
        let next = bench.step(Input::TimerDue);
        let due_ms = bench.agent.next_timer().unwrap_or(u64::MAX);
        assert!(due_ms > bench.now_ms, "a timer stays due");
        next
    }

    fn served(&mut self) -> Option<Vec<u8>> {
        let request = self.sent.take()?;
        Some(self.bench.answer(&request).encode())
    }

    fn answered(&mut self, status: u16, body: &[u8]) -> Option<Box<Outbound>> {
        self.sent = None;
        self.bench.step(Input::Answer { status, body })
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 64,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    // The fake server asserts the rest: polls carry issued ids, payloads never change once sent,
    // measurements are contiguous, every signature is made with the trusted key.
    #[test]
    fn promises_hold_in_every_life(happenings in prop::collection::vec(happening(), 1..60)) {
        let mut life = Life::new();
        for happening in happenings {
            if let Some(next) = life.happens(happening) {
                if next.request_type == RequestType::LicenseUsage {
                    prop_assert!(life.bench.view().trusted, "usage without trust");
                }
                life.sent = Some(next);
            }
            check(&life.bench)?;
        }
        recovers(life.bench, life.stepped_ms)?;
    }

    #[test]
    fn no_answer_bytes_panic_and_the_agent_goes_on(
        answers in prop::collection::vec(
            (any::<u16>(), prop::collection::vec(any::<u8>(), 0..200)),
            1..20,
        ),
    ) {
        let mut bench = Bench::trusted("c8000v");
        for (status, body) in answers {
            bench.step(Input::Command(Command::Sync));
            bench.step(Input::Answer { status, body: &body });
            prop_assert!(!bench.agent.in_flight());
        }
        bench.command(Command::Sync);
        let view = bench.view();
        prop_assert!(view.reports.iter().all(|report| report.state != "closed"));
    }

    #[test]
    fn no_changed_answer_is_believed_by_halves(at: usize, to: u8) {
        let mut bench = Bench::trusted("c9800-l");
        bench.command(Command::Sync);
        let poll = Input::Command(Command::PollNow { poll_id: None });
        let request = bench.step(poll).unwrap();
        let mut body = bench.answer(&request).encode();
        let at = at % body.len();
        body[at] = to;
        bench.step(Input::Answer { status: 200, body: &body });
        let view = bench.view();
        prop_assert!(view.acknowledged <= 2);
        prop_assert_eq!(view.last_ack_ms.is_some(), view.acknowledged > 0);
    }
}

#[test]
fn the_same_seed_gives_the_same_life() {
    let life = || {
        let mut bench = Bench::trusted("c9800-l");
        bench.advance(3 * DAY_MS);
        bench.log
    };
    let (first, second): (Vec<Effect>, Vec<Effect>) = (life(), life());
    assert_eq!(first, second);
}
