//! The states shows are taken in, and an agent whose past is noted on the way there.

use muster_agent::{
    AgentView, Carrier, Command, EventLog, Input, Outbound, Platform, ShowCommand, Shown,
    TransportFailure, TransportKind, UsageSelection,
};
use muster_wire::proposed::policy::{Policy, PolicyTerms, ReportingDays};

use crate::fake_server::{Bench, DAY_MS, HOUR_MS, SECOND_MS, START_MS, trust};
use crate::show::COMMANDS;

pub(crate) type Play = fn(Watched) -> Watched;

/// Every state, in the order an instance meets them.
pub(crate) const STATES: [(&str, Play); 7] = [
    ("fresh", |watched| watched),
    ("trusted", trusted),
    ("pending", pending),
    ("acknowledged", acknowledged),
    ("failed", failed),
    ("refused", refused),
    ("overdue", overdue),
];

/// The states of an authorization code, of products that can have one.
pub(crate) const CODE_STATES: [(&str, Play); 2] =
    [("authorized", authorized), ("returned", returned)];

/// Every state a product can be in.
pub(crate) fn states_of(platform: &Platform) -> impl Iterator<Item = (&'static str, Play)> {
    let codes = platform.export_license().map_or(0, |_| CODE_STATES.len());
    STATES.into_iter().chain(CODE_STATES.into_iter().take(codes))
}

/// Where the instance is told to report to; only printed.
pub(crate) const SERVER_URL: &str = "https://licensing.example.test/licservice/license";

/// An agent, its server, and what was noted.
pub(crate) struct Watched {
    bench: Bench,
    pub(crate) log: EventLog,
}

impl Watched {
    pub(crate) fn new(platform: &str) -> Self {
        Self { bench: Bench::new(platform), log: EventLog::default() }
    }

    pub(crate) fn view(&self) -> AgentView {
        self.bench.view()
    }

    pub(crate) const fn now_ms(&self) -> u64 {
        self.bench.now_ms
    }

    pub(crate) fn command(&mut self, command: Command) -> Option<Box<Outbound>> {
        self.step(Input::Command(command))
    }

    pub(crate) fn answer(&mut self, body: &[u8]) -> Option<Box<Outbound>> {
        self.step(Input::Answer { status: 200, body })
    }

    pub(crate) fn text(&self, command: ShowCommand) -> String {
        let (view, platform) = (self.view(), self.bench.agent.platform());
        let server_url = Some(SERVER_URL);
        let now_ms = self.now_ms();
        command.text(&Shown { view: &view, platform, log: &self.log, server_url, now_ms })
    }

    /// Every command and what it prints; details of the first report, if there is one.
    pub(crate) fn texts(&self) -> Vec<(String, String)> {
        let detail = self.view().reports.first().map(|report| report.report_id);
        let detail = detail.map(|id| format!("show license rum id {id} detail"));
        let commands = COMMANDS.into_iter().map(str::to_owned).chain(detail);
        commands
            .map(|line| {
                let command = ShowCommand::parse(&line).expect("a command of the family");
                (line, self.text(command))
            })
            .collect()
    }

    fn step(&mut self, input: Input<'_>) -> Option<Box<Outbound>> {
        let now_ms = self.now_ms();
        self.log.note_input(now_ms, &input);
        let before = self.bench.log.len();
        let outbound = self.bench.step(input);
        for effect in &self.bench.log[before..] {
            self.log.note(now_ms, effect);
        }
        if let Some(outbound) = &outbound {
            self.log.note_sealed(now_ms, outbound, &self.bench.sealed(outbound));
        }
        outbound
    }

    fn serve(&mut self, mut outbound: Option<Box<Outbound>>) {
        while let Some(request) = outbound {
            let answer = self.bench.answer(&request).encode();
            outbound = self.answer(&answer);
        }
    }

    fn obey(&mut self, command: Command) {
        let outbound = self.command(command);
        self.serve(outbound);
    }

    fn advance(&mut self, by_ms: u64) {
        let end_ms = self.now_ms() + by_ms;
        while let Some(due_ms) = self.bench.agent.next_timer().filter(|due_ms| *due_ms <= end_ms) {
            self.bench.now_ms = self.now_ms().max(due_ms);
            let outbound = self.step(Input::TimerDue);
            self.serve(outbound);
        }
        self.bench.now_ms = end_ms;
    }

    /// Uses one of the licences that need no authorization code.
    fn use_licenses(&mut self, nth: usize, count: u32) {
        let mut free = self.bench.agent.platform().licenses.iter();
        let license = free.by_ref().filter(|license| !license.is_export_controlled()).nth(nth);
        let feature = license.expect("every product has two").feature.clone();
        self.obey(Command::Use { feature, count });
    }
}

pub(crate) fn trusted(mut watched: Watched) -> Watched {
    assert!(watched.step(Input::Boot).is_none());
    watched.advance(30 * SECOND_MS);
    watched.use_licenses(0, 2);
    watched.use_licenses(1, 1);
    watched.obey(trust(false));
    assert!(watched.view().trusted);
    watched
}

pub(crate) fn pending(watched: Watched) -> Watched {
    let mut watched = trusted(watched);
    watched.advance(HOUR_MS);
    watched.obey(Command::Sync);
    assert_eq!(watched.view().unacknowledged, 2);
    watched
}

pub(crate) fn acknowledged(watched: Watched) -> Watched {
    let mut watched = trusted(watched);
    watched.bench.server.policy = Some(policy());
    watched.advance(HOUR_MS);
    watched.obey(Command::Sync);
    watched.advance(HOUR_MS);
    watched.obey(Command::PollNow { poll_id: None });
    watched.use_licenses(1, 0);
    watched.obey(Command::SaveUsage(UsageSelection::Unreported));
    assert_eq!(watched.view().acknowledged, 2);
    watched
}

fn failed(watched: Watched) -> Watched {
    let mut watched = trusted(watched);
    watched.advance(HOUR_MS);
    assert!(watched.command(Command::Sync).is_some());
    watched.step(Input::Answer { status: 502, body: b"<html>Bad Gateway</html>" });
    watched.bench.now_ms += 10 * SECOND_MS;
    assert!(watched.step(Input::TimerDue).is_some());
    watched.step(Input::Failure(TransportFailure::Dns));
    assert_eq!(watched.view().reporting_state, "backoff");
    watched
}

fn refused(mut watched: Watched) -> Watched {
    watched.use_licenses(0, 1);
    watched.command(Command::SetTransport(TransportKind::Cslu));
    assert!(watched.command(trust(false)).is_some());
    watched.step(Input::Answer { status: 404, body: b"" });
    assert_eq!(watched.view().communication_level, "INDIRECT");
    watched
}

pub(crate) fn overdue(watched: Watched) -> Watched {
    let mut watched = trusted(watched);
    watched.command(Command::SetTransport(TransportKind::Off));
    watched.command(Command::StepClock { by_ms: 5000 });
    watched.advance(400 * DAY_MS);
    let deadline_ms = watched.view().ack_deadline_ms.expect("a licence is in use");
    assert!(deadline_ms < watched.now_ms());
    watched
}

fn authorized(watched: Watched) -> Watched {
    let mut watched = trusted(watched);
    watched.bench.server.codes.stamp_ms = watched.now_ms();
    let license = watched.bench.agent.platform().export_license().expect("it has one");
    let feature = license.feature.clone();
    for count in [1, 2] {
        let carrier = Carrier::Message;
        let feature = feature.clone();
        watched.obey(Command::RequestAuthorization { feature, count, add: count == 1, carrier });
        watched.obey(Command::PollNow { poll_id: None });
        watched.bench.server.codes.stamp_ms += 1;
    }
    watched.obey(Command::Use { feature, count: 1 });
    assert!(watched.view().authorization.installed);
    watched
}

fn returned(watched: Watched) -> Watched {
    let mut watched = authorized(watched);
    let license = watched.bench.agent.platform().export_license().expect("it has one");
    watched.obey(Command::Use { feature: license.feature.clone(), count: 0 });
    watched.obey(Command::ReturnAuthorization { carrier: Carrier::Message });
    watched.obey(Command::PollNow { poll_id: None });
    assert_eq!(watched.view().authorization.state, "returned");
    watched
}

fn policy() -> Policy {
    let days = |first_report_days, report_interval_days, on_change_days| ReportingDays {
        first_report_days,
        report_interval_days,
        on_change_days,
    };
    let terms = PolicyTerms {
        name: "Weekly".to_owned(),
        id: 9,
        timestamp: START_MS,
        acknowledgement_required: true,
        perpetual: days(30, 60, 61),
        subscription: days(120, 111, 112),
        enforced: days(31, 90, 63),
        export: days(32, 33, 34),
    };
    Policy::new(terms, |_| String::new())
}
