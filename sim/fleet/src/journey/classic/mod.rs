//! Instances of the classic era in a journey: what happens to their agents, and what these do.
//!
//! - [`command`]: steps as commands, and the configuration an instance starts with
//! - [`exchange`]: requests on their way out and answers on their way in
//! - [`tamper`]: requests that are wrong on purpose
//! - [`moment`]: moments to wait for
//! - [`words`]: steps in the scenario's own words

mod command;
mod exchange;
mod moment;
mod tamper;
pub(super) mod words;

use muster_agent::classic::Severity;
use muster_agent::{ClassicCommand, ClassicEffect, ClassicInput, Command, Input};
use muster_journal::Event;

use super::member::{Hindrance, StepPlace};
use super::{Journey, Wish};
use crate::log::Log;

pub(super) use exchange::said_by;

impl Journey {
    /// Gives an agent of the classic era an input and does what follows.
    pub(super) fn classic_input(
        &mut self,
        member: usize,
        place: Option<StepPlace>,
        now_ms: u64,
        wishes: &mut Vec<Wish>,
        log: &mut Log<'_>,
        input: ClassicInput<'_>,
    ) {
        let chained = matches!(
            input,
            ClassicInput::Answer { .. } | ClassicInput::Read { .. } | ClassicInput::Failure(_)
        );
        let effects = {
            let common = &mut self.setting.common.borrow_mut();
            self.members[member].classic_input(now_ms, input, log.wants_everything(), common)
        };
        for effect in effects {
            match effect {
                ClassicEffect::Send(outbound) => {
                    self.send_classic(member, place, *outbound, chained, now_ms, wishes);
                }
                ClassicEffect::CommandRefused { reason, .. } => {
                    self.members[member].page_mut().hindrance = Some(Hindrance::refused(reason));
                }
                fact => {
                    let index = Some(self.members[member].index);
                    log.note(now_ms, Some(self.id), index, || event_of(fact));
                }
            }
        }
    }
}

/// What happens to instances of both eras, in the words of the classic one.
pub(super) fn in_classic_words(input: Input<'_>) -> ClassicInput<'_> {
    match input {
        Input::Boot => ClassicInput::Boot,
        Input::PowerLost => ClassicInput::PowerLost,
        Input::TimerDue => ClassicInput::TimerDue,
        Input::Answer { status, body } => ClassicInput::Answer { status, body },
        Input::Failure(failure) => ClassicInput::Failure(failure),
        Input::Command(Command::Use { feature, count }) => {
            ClassicInput::Command(ClassicCommand::Use { feature, count })
        }
        Input::Command(Command::Reload) => ClassicInput::Command(ClassicCommand::Reload),
        Input::Command(Command::StepClock { by_ms }) => {
            ClassicInput::Command(ClassicCommand::StepClock { by_ms })
        }
        Input::Command(Command::PollNow { .. }) => ClassicInput::Command(ClassicCommand::PollNow),
        Input::Read { .. } | Input::Command(_) => {
            unreachable!("what only the policy era has is refused before it comes here")
        }
    }
}

const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "info",
        Severity::Major => "major",
    }
}

/// A fact of an agent, for the journal.
fn event_of(fact: ClassicEffect) -> Event {
    match fact {
        ClassicEffect::StateChanged { machine, key, from, to, input } => Event::StateChanged {
            machine: machine.to_owned(),
            key: key.to_string(),
            from: from.to_owned(),
            to: to.to_owned(),
            input: input.to_owned(),
        },
        ClassicEffect::Syslog(text) => Event::Syslog { text },
        ClassicEffect::FaultRaised(fault) => Event::FaultRaised {
            kind: fault.kind.as_str().to_owned(),
            severity: severity(fault.severity).to_owned(),
            detail: fault.detail,
        },
        ClassicEffect::FaultCleared { kind, tag } => {
            Event::FaultCleared { kind: kind.as_str().to_owned(), tag: tag.to_string() }
        }
        ClassicEffect::ServerChosen(choice) => {
            Event::ServerChosen { server: choice.as_str().to_owned() }
        }
        ClassicEffect::ThirdPartyKeyReceived { name, key_id } => {
            Event::ThirdPartyKeyReceived { name: name.to_string(), key_id }
        }
        ClassicEffect::TimerFired(timer) => Event::TimerFired { timer: timer.to_owned() },
        ClassicEffect::Send(_) | ClassicEffect::CommandRefused { .. } => {
            unreachable!("a request and a refusal are no facts")
        }
    }
}
