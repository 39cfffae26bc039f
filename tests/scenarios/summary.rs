//! A journal told by its steps: what went out, what came back, what moved, what was expected.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use muster_conformance::message::Message;
use muster_journal::{
    Body, Deviation, Entry, Event, Exchange, ExchangeOutcome, Header, JourneyOutcome,
};
use muster_wire::Artefact;
use muster_wire::transport::callhome::CallHome;

use crate::redaction::Redaction;

const HOUR_MS: u64 = 3_600_000;

/// The summary of a whole run.
pub(crate) fn of(header: &Header, entries: &[Entry]) -> String {
    let mut telling = Telling::default();
    for scenario in &header.scenarios {
        telling.say(&scenario.title);
    }
    entries.iter().for_each(|entry| telling.take(entry));
    telling.between_steps();
    telling.poll_intervals();
    telling.text
}

/// What happened in one step, or outside of any.
#[derive(Default)]
struct Passage {
    instance: Option<u32>,
    step: Option<u32>,
    verb: String,
    lines: Vec<String>,
    /// States the trust went through.
    trust: Vec<String>,
    /// How many RUM reports came to each state, in the order of the first.
    reports: Vec<(String, u32)>,
    passed_ms: u64,
}

#[derive(Default)]
struct Telling {
    text: String,
    redaction: Redaction,
    /// Names of the instances, by index.
    cast: Vec<String>,
    /// Steps under way; several only in `parallel` and `repeat`.
    open: Vec<Passage>,
    idle: Passage,
    /// Every poll interval an answer gave.
    poll_intervals: Vec<u64>,
}

impl Telling {
    fn say(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn take(&mut self, entry: &Entry) {
        match &entry.event {
            Event::JourneyStarted { replica, .. } if *replica > 0 => {
                self.say(&format!("replica {replica}"));
            }
            Event::InstanceJoined { name, udi, platform, .. } => {
                self.redaction.join(udi, name);
                self.cast.push(name.clone());
                self.say(&format!("{name} is a {platform}"));
            }
            Event::StepStarted { step, verb, .. } => {
                self.between_steps();
                self.open.push(Passage {
                    instance: entry.instance,
                    step: Some(*step),
                    verb: verb.clone(),
                    ..Passage::default()
                });
            }
            Event::StepFinished { step, outcome } => {
                let is_it =
                    |open: &Passage| open.step == Some(*step) && open.instance == entry.instance;
                if let Some(at) = self.open.iter().position(is_it) {
                    let passage = self.open.remove(at);
                    self.close(passage, outcome);
                }
            }
            Event::JourneyFinished { outcome } => {
                self.between_steps();
                self.say(&match outcome {
                    JourneyOutcome::Completed => "completed".to_owned(),
                    JourneyOutcome::NotRun { lacks } => {
                        format!("not run, the target lacks {}", lacks.join(", "))
                    }
                    JourneyOutcome::Broken { reason } => {
                        format!("broken off: {}", self.redaction.apply(reason))
                    }
                    JourneyOutcome::Interrupted => "interrupted".to_owned(),
                });
            }
            _ => self.happened(entry),
        }
    }

    /// Something that belongs to a step, or to none.
    fn happened(&mut self, entry: &Entry) {
        if let Event::Exchange(exchange) = &entry.event {
            let lines = Message::new(exchange).answer().map(|answer| answer.license_data.clone());
            let intervals = lines.into_iter().flatten().filter_map(|line| line.poll_interval);
            self.poll_intervals.extend(intervals);
        }
        let line = line(entry).map(|line| self.redaction.apply(&line));
        let of_instance =
            |open: &Passage| entry.instance.is_none() || open.instance == entry.instance;
        let passage = self.open.iter_mut().rfind(|open| of_instance(open));
        let passage = passage.unwrap_or(&mut self.idle);
        match &entry.event {
            Event::TimeAdvanced { by_ms, .. } => passage.passed_ms += by_ms,
            Event::StateChanged { machine, from, to, .. } if machine == "trust" => {
                if passage.trust.is_empty() {
                    passage.trust.push(from.clone());
                }
                passage.trust.push(to.clone());
            }
            Event::StateChanged { machine, to, .. } if machine == "rum_report" => {
                match passage.reports.iter_mut().find(|(state, _)| state == to) {
                    Some((_, count)) => *count += 1,
                    None => passage.reports.push((to.clone(), 1)),
                }
            }
            _ => passage.lines.extend(line),
        }
    }

    /// What happened since the last step, if anything.
    fn between_steps(&mut self) {
        let idle = std::mem::take(&mut self.idle);
        let empty = idle.lines.is_empty() && idle.trust.is_empty() && idle.reports.is_empty();
        if !empty || idle.passed_ms > 0 {
            self.tell("outside of steps", &idle);
        }
    }

    /// The numbers belong to the seed; that they differ does not.
    fn poll_intervals(&mut self) {
        let given = self.poll_intervals.len();
        if given > 1 {
            let different: BTreeSet<_> = self.poll_intervals.iter().collect();
            let line = format!("{given} poll intervals, {} of them different", different.len());
            self.say(&line);
        }
    }

    fn close(&mut self, passage: Passage, outcome: &str) {
        let step = passage.step.unwrap_or_default();
        let who = match (passage.instance, self.cast.len()) {
            (Some(instance), 2..) => {
                self.cast.get(instance as usize).map(|name| format!("{name}: "))
            }
            _ => None,
        };
        let (who, verb) = (who.unwrap_or_default(), &passage.verb);
        let outcome = self.redaction.apply(outcome);
        self.tell(&format!("{step} {who}{verb} -> {outcome}"), &passage);
    }

    fn tell(&mut self, heading: &str, passage: &Passage) {
        let mut heading = heading.to_owned();
        if passage.passed_ms > 0 {
            let hours = passage.passed_ms.div_ceil(HOUR_MS);
            write!(heading, ", after {} d {} h", hours / 24, hours % 24).expect("text grows");
        }
        self.say(&heading);
        for same in passage.lines.chunk_by(|a, b| a == b) {
            let times = if same.len() > 1 { format!(" (x{})", same.len()) } else { String::new() };
            self.say(&format!("  {}{times}", same[0]));
        }
        if !passage.trust.is_empty() {
            self.say(&format!("  trust: {}", passage.trust.join(" > ")));
        }
        if !passage.reports.is_empty() {
            let reports: Vec<_> =
                passage.reports.iter().map(|(state, count)| format!("{count} {state}")).collect();
            self.say(&format!("  reports: {}", reports.join(", ")));
        }
    }
}

/// The line for an event that is told by itself.
fn line(entry: &Entry) -> Option<String> {
    Some(match &entry.event {
        Event::Exchange(exchange) => told(exchange),
        Event::TimerFired { timer } => format!("timer {timer}"),
        Event::FaultInjected { fault } => format!("fault {fault}"),
        Event::HookCalled { hook, failure, .. } => match failure {
            Some(failure) => format!("hook {hook} failed: {failure}"),
            None => format!("hook {hook}"),
        },
        // One a licence, and always the same: the name of the event tells it.
        Event::Syslog { text } if text.starts_with("SAEVT_") => {
            text.split(' ').next().unwrap_or(text).to_owned()
        }
        Event::Syslog { text } => text.clone(),
        Event::Expectation { subject, expected, actual, met, .. } => {
            if *met {
                format!("expected {subject}: {expected}")
            } else {
                format!("UNMET {subject}: expected {expected}, actual {actual}")
            }
        }
        _ => return None,
    })
}

/// One exchange: what was asked where, and how it was answered.
fn told(exchange: &Exchange) -> String {
    let Exchange { method, endpoint, intent, .. } = exchange;
    let mut text = format!("{method} {endpoint}");
    for part in [&intent.request_type, &intent.id_token].into_iter().flatten() {
        write!(text, " {part}").expect("text grows");
    }
    if !intent.deviations.is_empty() {
        let deviations: Vec<_> = intent.deviations.iter().map(deviation).collect();
        write!(text, " [{}]", deviations.join(", ")).expect("text grows");
    }
    let bare = without_frame(exchange);
    let message = Message::new(&bare);
    match &exchange.outcome {
        ExchangeOutcome::Answered(answer) => {
            write!(text, " -> {}", answer.status).expect("text grows");
        }
        ExchangeOutcome::Failed { cause, detail } => {
            write!(text, " -> {cause:?}: {detail}").expect("text grows");
        }
    }
    if let Some(answer) = message.answer() {
        write!(text, " {}", answer.status.as_str()).expect("text grows");
        if let Some(code) = &answer.message_code {
            write!(text, " ({code})").expect("text grows");
        }
        let lines: Vec<_> =
            answer.license_data.iter().map(|line| line.status.to_string()).collect();
        if !lines.is_empty() {
            write!(text, ", line {}", lines.join(" and ")).expect("text grows");
        }
    }
    if let Some(given) = message.given() {
        let artefact = given.as_ref().map_or_else(|_| "unreadable artefact".to_owned(), kind);
        write!(text, ", {artefact}").expect("text grows");
    }
    text
}

/// The exchange with its Smart Transport messages taken out of the Call Home ones around them.
fn without_frame(exchange: &Exchange) -> Exchange {
    let mut bare = exchange.clone();
    let unwrap = |body: &mut Body| {
        if let Ok(CallHome::Message(framed)) = CallHome::decode(&body.0)
            && let Some(data) = framed.smart_licensing_data()
        {
            *body = Body(data.as_bytes().to_vec());
        }
    };
    unwrap(&mut bare.request.body);
    if let ExchangeOutcome::Answered(answer) = &mut bare.outcome {
        unwrap(&mut answer.message.body);
    }
    bare
}

fn kind(artefact: &Artefact) -> String {
    match artefact {
        Artefact::Trust(trust) => {
            let status = &trust.trust_code.status;
            match &status.code {
                Some(code) if !status.success => format!("trust refused ({code})"),
                _ if status.success => "trust code".to_owned(),
                _ => "trust refused".to_owned(),
            }
        }
        Artefact::TrustRequest(_) => "trust request".to_owned(),
        Artefact::Usage(file) => format!("{} RUM reports", file.reports.len()),
        Artefact::Acknowledgement(ack) => {
            let policies = if ack.policies.is_empty() { "" } else { " with a policy" };
            format!("acknowledgement of {}{policies}", ack.data.acks.len())
        }
        Artefact::Policy(_) => "policy".to_owned(),
        Artefact::Unknown { root } => format!("artefact {root}"),
    }
}

/// A deviation by its journal name, with the pointer of an edited member.
fn deviation(deviation: &Deviation) -> String {
    let value = serde_json::to_value(deviation).expect("a deviation is plain data");
    let text = |key: &str| value[key].as_str().map(str::to_owned);
    let kind = text("kind").unwrap_or_default();
    text("pointer").map_or_else(|| kind.clone(), |pointer| format!("{kind} {pointer}"))
}
