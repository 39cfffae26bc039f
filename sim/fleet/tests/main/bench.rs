//! Plays a scenario text against a peer in virtual time and tells what the journal holds.

use std::path::Path;
use std::rc::Rc;

use muster_fleet::log::Log;
use muster_fleet::program::Program;
use muster_fleet::virtual_run::Peer;
use muster_fleet::watch::Watch;
use muster_fleet::{HostPolicy, Plan, RunSummary, Target, virtual_run};
use muster_journal::Recorder;
use muster_journal::{Entry, Event, Exchange, ExchangeOutcome, JourneyOutcome};

/// 2027-01-15T08:00:00Z.
pub(crate) const START_MS: u64 = 1_800_000_000_000;

const CAST: &str = "title: A bench scenario
instances:
  wlc: { platform: c9800-l, via: cslu }
  spare: { platform: c9800-l, via: cslu }
steps:
";

/// Two endpoints, tokens and hooks of a target that only exists here.
pub(crate) const PROFILE: &str = r#"
name = "bench"
[endpoints]
smart_receiver = "http://127.0.0.1:9/licservice/license"
cslu = "http://127.0.0.1:9/cslu/v1/pi/Drill-1"
call_home = "http://127.0.0.1:9/Transportgateway/services/DeviceRequestHandler"
admin = "http://127.0.0.1:9"
[id_tokens]
valid = { value = "bench-token-7f3a" }
[hooks.clock]
url = "http://127.0.0.1:9/clock"
body = '{"advance_ms": {advance_ms}}'
[hooks.remove_product_instance]
url = "http://127.0.0.1:9/instances?udi={udi}"
method = "DELETE"
"#;

pub(crate) struct Played {
    pub(crate) entries: Vec<Entry>,
    pub(crate) summary: RunSummary,
}

pub(crate) fn target(profile: &str) -> Target {
    Target::from_toml(Path::new("bench.toml"), profile, &HostPolicy::default()).unwrap()
}

/// A plan of one scenario; `text` is the steps, or a whole file when it starts with `title`.
pub(crate) fn plan(text: &str, profile: &str, scale: u32) -> Plan {
    let whole = if text.starts_with("title") { text.to_owned() } else { format!("{CAST}{text}") };
    let scenario = muster_scenarios::parse("bench.yaml", &whole)
        .unwrap_or_else(|report| panic!("{report:?}\n{whole}"));
    let scenarios = vec![Rc::new(Program::new(scenario))];
    let plan = Plan::of(Rc::new(target(profile)), scenarios);
    Plan { scale: Some(scale), seed: 7, in_flight_max: 64, ..plan }
}

pub(crate) fn play(text: &str, peer: &mut dyn Peer) -> Played {
    play_plan(&plan(text, PROFILE, 1), peer, &|| false)
}

pub(crate) fn play_plan(plan: &Plan, peer: &mut dyn Peer, stop: &dyn Watch) -> Played {
    let mut recorder = Recorder::new();
    let mut log = Log::new(vec![&mut recorder]);
    let summary = virtual_run::run(plan, START_MS, peer, &mut log, stop).unwrap();
    Played { entries: recorder.into_entries(), summary }
}

impl Played {
    /// What strands and drivers did, one line each; what the agents did of themselves is left out.
    pub(crate) fn outline(&self) -> String {
        let lines: Vec<_> = self.entries.iter().filter_map(line).collect();
        lines.join("\n")
    }

    pub(crate) fn exchanges(&self) -> Vec<&Exchange> {
        let exchanges = self.entries.iter().filter_map(|entry| match &entry.event {
            Event::Exchange(exchange) => Some(exchange.as_ref()),
            _ => None,
        });
        exchanges.collect()
    }

    /// Subject, expected, actual and whether met of every expectation.
    pub(crate) fn looks(&self) -> Vec<(String, String, String, bool)> {
        let looks = self.entries.iter().filter_map(|entry| match &entry.event {
            Event::Expectation { subject, expected, actual, met, .. } => {
                Some((subject.clone(), expected.clone(), actual.clone(), *met))
            }
            _ => None,
        });
        looks.collect()
    }

    /// How every journey ended, in order.
    pub(crate) fn outcomes(&self) -> Vec<JourneyOutcome> {
        let outcomes = self.entries.iter().filter_map(|entry| match &entry.event {
            Event::JourneyFinished { outcome } => Some(outcome.clone()),
            _ => None,
        });
        outcomes.collect()
    }

    /// The rules every journal keeps, whatever happened.
    pub(crate) fn assert_sound(&self) {
        for (at, entry) in (1..).zip(&self.entries) {
            assert_eq!(entry.seq, at);
        }
        let last = self.entries.last().map(|entry| &entry.event);
        assert!(matches!(last, Some(Event::RunFinished { .. })), "{last:?}");
        let journeys: std::collections::BTreeSet<_> =
            self.entries.iter().filter_map(|entry| entry.journey).collect();
        for journey in journeys {
            let own: Vec<_> =
                self.entries.iter().filter(|entry| entry.journey == Some(journey)).collect();
            let is_end = |entry: &&&Entry| matches!(entry.event, Event::JourneyFinished { .. });
            assert_eq!(own.iter().filter(is_end).count(), 1, "journey {journey} ends once");
            assert!(own.last().as_ref().is_some_and(is_end), "journey {journey} ends last");
            let ids = own.iter().filter_map(|entry| match &entry.event {
                Event::Exchange(exchange) => Some(exchange.id),
                _ => None,
            });
            for (expected, id) in (1..).zip(ids) {
                assert_eq!(id, expected, "exchanges of journey {journey} are numbered from 1");
            }
        }
    }
}

fn line(entry: &Entry) -> Option<String> {
    let who = entry.instance.map_or_else(String::new, |index| format!("[{index}] "));
    let text = match &entry.event {
        Event::JourneyStarted { .. } => "journey".to_owned(),
        Event::StepStarted { step, verb, arguments, .. } => format!("{step} {verb} {arguments}"),
        Event::StepFinished { step, outcome } => format!("{step} ends: {outcome}"),
        Event::Exchange(exchange) => {
            let step = exchange.step.map_or("own".to_owned(), |step| step.to_string());
            let kind = exchange.intent.request_type.as_deref().unwrap_or("-");
            let came = match &exchange.outcome {
                ExchangeOutcome::Answered(answer) => answer.status.to_string(),
                ExchangeOutcome::Failed { cause, .. } => format!("{cause:?}"),
            };
            let (method, endpoint) = (&exchange.method, &exchange.endpoint);
            format!("#{} {method} {endpoint} {kind} ({step}) -> {came}", exchange.id)
        }
        Event::Expectation { subject, expected, actual, met, .. } => {
            let word = if *met { "met" } else { "UNMET" };
            format!("{word}: {subject}: {expected} / {actual}")
        }
        Event::HookCalled { hook, arguments, failure } => {
            format!("hook {hook} {arguments} {}", failure.as_deref().unwrap_or("worked"))
        }
        Event::FaultRaised { kind, severity, detail } => {
            format!("fault {kind} ({severity}): {detail}")
        }
        Event::FaultCleared { kind, tag } => format!("no fault {kind} {tag}"),
        Event::ServerChosen { server } => format!("server: {server}"),
        Event::ThirdPartyKeyReceived { name, key_id } => format!("key {name} {key_id}"),
        Event::TimeAdvanced { by_ms, .. } => format!("+{by_ms} ms"),
        Event::JourneyFinished { outcome } => format!("end: {outcome:?}"),
        _ => return None,
    };
    Some(format!("{who}{text}"))
}
