//! What one instance can show of its past: events, messages, and when things happened.
//!
//! An agent keeps nothing of this, for a fleet holds fifty thousand of them: whoever wants to see
//! it keeps an [`EventLog`] beside the agent and notes every input before, and every effect after
//! the agent handled it with [`crate::SmartAgent::handle_with`], which tells facts; and every
//! request once it is sealed.
//!
//! Source: Troubleshoot SLP on 9800, "Errors Reported in the Output of show license eventlog" and
//! "Invalid Trustcode Processed from CSSM" (the form of past messages).

use std::collections::VecDeque;

use muster_wire::reading::AnswerReading;
use muster_wire::transport::instance_service::imported_file;
use muster_wire::{Artefact, RequestType};
use serde::Serialize;

use crate::effect::{Effect, Outbound, SealedRequest};
use crate::input::{Command, Input};
use crate::policy::trust_state::{TrustInput, TrustState};
use crate::syslog::names::table;

mod messages;
mod times;

pub use messages::{Direction, MessageSection, PastMessage, PastMessages};
pub use times::{ExchangeTimes, LicenseTimes, PastTimes};

/// Lines kept. Assumed; the real log is bounded by its size in bytes.
const EVENTS_MAX: usize = 1000;

/// Characters of one event that are kept; reasons in it are shorter than this.
const EVENT_LENGTH_MAX: usize = 1024;

/// One line of the event log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PastEvent {
    /// When, milliseconds since the epoch.
    pub at_ms: u64,
    /// The event, `SAEVT_…`.
    pub text: String,
}

/// The past of one instance, as far as it was noted. Bounded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct EventLog {
    events: VecDeque<PastEvent>,
    messages: PastMessages,
    times: PastTimes,
    /// What the request in flight asks.
    #[serde(skip)]
    asked: Option<RequestType>,
}

impl EventLog {
    /// Notes what the agent is about to be handed.
    pub fn note_input(&mut self, now_ms: u64, input: &Input<'_>) {
        match input {
            Input::Answer { body, .. } => {
                let text = String::from_utf8_lossy(body);
                self.note_answer(now_ms, &text, &AnswerReading::of(body));
            }
            Input::Read { reading, .. } => {
                let text = reading.answer.as_ref().map(|answer| answer.encode());
                let text = text.unwrap_or_default();
                self.note_answer(now_ms, &String::from_utf8_lossy(&text), reading);
            }
            Input::Command(Command::Import(bytes)) => {
                let file = imported_file(bytes);
                if let Ok(artefact) = file.and_then(|file| Artefact::decode(&file)) {
                    self.messages.imported(now_ms, &artefact);
                }
            }
            Input::Command(Command::Use { feature, count }) => {
                self.times.used(now_ms, feature, *count);
            }
            _ => {}
        }
    }

    /// Notes what the agent did.
    pub fn note(&mut self, now_ms: u64, effect: &Effect) {
        match effect {
            Effect::Send(outbound) => self.asked = Some(outbound.request_type.clone()),
            Effect::Syslog(line) => {
                self.note_line(now_ms, line);
                if *line == table::POLICY_INSTALL_SUCCESS.line(&[]) {
                    self.times.policy_installed_ms = Some(now_ms);
                }
            }
            Effect::UsageSaved(_) => self.times.file_written_ms = Some(now_ms),
            Effect::StateChanged { machine, from, to, input, .. } => {
                if *machine == TrustState::MACHINE && *input == TrustInput::Accepted.as_str() {
                    self.times.trust_installed_ms = Some(now_ms);
                }
                if let Some(good) = times::ending(machine, from, to)
                    && let Some(asked) = self.asked.take()
                {
                    self.times.ended(now_ms, &asked, good);
                }
            }
            Effect::FileWritten(_) | Effect::TimerFired(_) | Effect::CommandRefused { .. } => {}
        }
    }

    /// Notes a request as it went out.
    pub fn note_sealed(&mut self, now_ms: u64, outbound: &Outbound, sealed: &SealedRequest) {
        self.messages.sent(now_ms, &outbound.request_type, &sealed.request);
    }

    /// Notes a line that was logged, if it is one of the event log.
    pub fn note_line(&mut self, now_ms: u64, line: &str) {
        if line.starts_with("SAEVT_") {
            self.event(now_ms, line);
        }
    }

    /// The events, oldest first.
    pub fn events(&self) -> impl Iterator<Item = &PastEvent> {
        self.events.iter()
    }

    /// The messages exchanged.
    pub const fn messages(&self) -> &PastMessages {
        &self.messages
    }

    /// When things happened.
    pub const fn times(&self) -> &PastTimes {
        &self.times
    }

    fn note_answer(&mut self, now_ms: u64, text: &str, reading: &AnswerReading) {
        // An answer nobody waits for is passed over, here as by the agent.
        let Some(asked) = &self.asked else { return };
        self.messages.answered(now_ms, asked, text);
        if let Some(Ok(artefact)) = &reading.given {
            self.messages.imported(now_ms, artefact);
        }
    }

    fn event(&mut self, at_ms: u64, line: &str) {
        if self.events.len() == EVENTS_MAX {
            self.events.pop_front();
        }
        let text = line.chars().take(EVENT_LENGTH_MAX).collect();
        self.events.push_back(PastEvent { at_ms, text });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_is_bounded_and_holds_events_only() {
        let mut log = EventLog::default();
        for at_ms in 0..2 * EVENTS_MAX as u64 {
            log.note(at_ms, &Effect::Syslog(format!("SAEVT_X {}", "é".repeat(5000))));
            log.note(at_ms, &Effect::Syslog("%SMART_LIC-6-AGENT_READY: ready".to_owned()));
        }
        assert_eq!(log.events().count(), EVENTS_MAX);
        assert_eq!(log.events().next().unwrap().at_ms, EVENTS_MAX as u64);
        assert!(log.events().all(|event| event.text.chars().count() == EVENT_LENGTH_MAX));
    }

    #[test]
    fn an_answer_nobody_waits_for_is_not_kept() {
        let mut log = EventLog::default();
        log.note_input(1, &Input::Answer { status: 200, body: b"{}" });
        assert_eq!(log, EventLog::default());
    }
}
