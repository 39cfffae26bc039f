//! A journal told by its steps: what went out, what came back, what moved, what was expected.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use muster_conformance::message::Message;
use muster_journal::{Entry, Event, Header, JourneyOutcome};

use crate::exchange_line::told;
use crate::redaction::Redaction;

const HOUR_MS: u64 = 3_600_000;

/// Lines of what is told once for many rounds.
const ROUND_LINES_MAX: usize = 12;
/// So many rounds are many.
const ROUNDS_MIN: usize = 6;

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
        for line in folded(&passage.lines) {
            self.say(&format!("  {line}"));
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

/// Lines that repeat are told once: one by itself, or several that come over and over, as what an
/// instance does every day of a year, whatever days it counts in them.
fn folded(lines: &[String]) -> Vec<String> {
    let shapes: Vec<_> = lines.iter().map(|line| without_numbers(line)).collect();
    let (mut told, mut at) = (Vec::new(), 0);
    while at < lines.len() {
        let rest = &lines[at..];
        let of_period = |period: usize| {
            let first = &shapes[at..][..period.min(rest.len())];
            let rounds = shapes[at..].chunks_exact(period).take_while(|round| *round == first);
            (period, rounds.count())
        };
        let same = rest.iter().take_while(|line| **line == rest[0]).count();
        let round = (2..=ROUND_LINES_MAX).map(of_period).find(|(_, rounds)| *rounds >= ROUNDS_MIN);
        match round.filter(|_| same == 1) {
            Some((period, rounds)) => {
                told.push(format!("{rounds} times these {period} lines:"));
                told.extend(rest[..period].iter().map(|line| format!("  {line}")));
                at += period * rounds;
            }
            None => {
                let times = if same > 1 { format!(" (x{same})") } else { String::new() };
                told.push(format!("{}{times}", rest[0]));
                at += same;
            }
        }
    }
    told
}

fn without_numbers(line: &str) -> String {
    let pieces = line.split(|c: char| c.is_ascii_digit()).filter(|piece| !piece.is_empty());
    pieces.collect::<Vec<_>>().join("#")
}

/// The line for an event that is told by itself.
fn line(entry: &Entry) -> Option<String> {
    Some(match &entry.event {
        Event::Exchange(exchange) => told(exchange),
        Event::TimerFired { timer } => format!("timer {timer}"),
        Event::FaultInjected { fault } => format!("fault {fault}"),
        Event::FaultRaised { kind, severity, detail } => {
            format!("shows the fault {kind} ({severity}): {detail}")
        }
        Event::FaultCleared { kind, tag } => format!("clears the fault {kind} {tag}"),
        // The machine of the transport moves with every exchange.
        Event::StateChanged { machine, key, from, to, .. }
            if machine != "reporting" && from != to =>
        {
            let key = if key.is_empty() { String::new() } else { format!(" {key}") };
            format!("{machine}{key}: {from} > {to}")
        }
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
