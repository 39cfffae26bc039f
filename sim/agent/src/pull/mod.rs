//! What an instance offers to those who come to it: a collector (CSLU), an operator's script.
//!
//! A request goes in; either its answer comes out, or commands for the agent, and the answer once
//! they are done. No socket, no clock, no agent inside: [`InstanceInterface::serve`] is for callers
//! that have an agent at hand.
//!
//! - [`InstanceRequest`], [`InstanceAnswer`]: HTTP, as far as it matters here
//! - [`Access`]: who may ask
//! - [`ClassicInterface`]: the same of an instance of the classic era
//! - `service`: `/smartlic-service`, the reports and the import
//! - `restconf`: state and operations of `cisco-smart-license`
//! - `flash`: files that operations wrote or are to read

mod access;
mod answer;
mod classic;
mod flash;
mod request;
mod restconf;
mod service;

pub use access::Access;
pub use answer::InstanceAnswer;
use classic::ClassicAsked;
pub use classic::ClassicInterface;
use muster_wire::Artefact;
use muster_wire::classic::AgentErrorCode;
use muster_wire::usage_file::UsageFile;
pub use request::InstanceRequest;

use crate::agent::SmartAgent;
use crate::effect::Effect;
use crate::effects::Common;
use crate::event_log::EventLog;
use crate::files::Flash;
use crate::input::{Command, Input};
use crate::platform::Platform;
use crate::policy::reporting_state::ReportingState;
use crate::view::AgentView;

/// The interface of one instance, for as long as somebody serves it.
#[derive(Clone, Debug, Default)]
pub struct InstanceInterface {
    /// Whom it admits; everybody without.
    pub access: Option<Access>,
    /// Where the instance sends its requests, which the agent itself is not told.
    pub server_url: Option<String>,
    /// Its files.
    pub flash: Flash,
}

/// What the instance is and knows at one moment.
#[derive(Clone, Copy, Debug)]
pub struct InstanceFacts<'a> {
    /// What it knows.
    pub view: &'a AgentView,
    /// What it is.
    pub platform: &'a Platform,
    /// What was noted of its past; without, times of the past are left out.
    pub log: Option<&'a EventLog>,
    /// The time, milliseconds since the epoch.
    pub now_ms: u64,
}

/// What becomes of a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Asked {
    /// It is answered.
    Answered(InstanceAnswer),
    /// Commands come first, in this order; then [`InstanceInterface::answer`] is due.
    Commanded {
        /// For the agent.
        commands: Vec<Command>,
        /// For [`InstanceInterface::answer`].
        then: Unanswered,
    },
}

/// A request whose answer depends on what the agent makes of its commands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unanswered(Awaited);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Awaited {
    Service(service::Awaited),
    Operation(restconf::Pending),
}

/// What came of one command.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CommandOutcome {
    /// Why it was not taken, and which of the published agent errors that is.
    pub refused: Option<(&'static str, AgentErrorCode)>,
    /// Reports it handed out.
    pub usage: Option<UsageFile>,
    /// Another file it wrote.
    pub file: Option<Artefact>,
}

impl CommandOutcome {
    /// What the effects of a command say.
    pub fn of(effects: &[Effect]) -> Self {
        let mut outcome = Self::default();
        for effect in effects {
            match effect {
                Effect::CommandRefused { reason, code, .. } => {
                    outcome.refused = Some((reason, *code));
                }
                Effect::UsageSaved(file) => outcome.usage = Some((**file).clone()),
                Effect::FileWritten(file) => outcome.file = Some((**file).clone()),
                _ => {}
            }
        }
        outcome
    }
}

impl InstanceInterface {
    /// Takes a request, untrusted.
    pub fn ask(&mut self, request: &InstanceRequest<'_>, facts: &InstanceFacts<'_>) -> Asked {
        if facts.view.reporting_state == ReportingState::Off.as_str() {
            return Asked::Answered(InstanceAnswer::fault(503, "the product instance is off"));
        }
        if let Some(access) = &self.access
            && !access.admits(request)
        {
            return Asked::Answered(match request.is_restconf() {
                true => restconf::refused(),
                false => access::refused(),
            });
        }
        if request.is_restconf() {
            return restconf::ask(request, facts, self.server_url.as_deref(), &self.flash);
        }
        if let Some(path) = request.path().strip_prefix(flash::PREFIX) {
            return Asked::Answered(flash::ask(request, path, &mut self.flash));
        }
        service::ask(request, facts)
    }

    /// The answer to a request, from what came of its commands and the facts after them.
    pub fn answer(
        &mut self,
        then: Unanswered,
        outcomes: &[CommandOutcome],
        facts: &InstanceFacts<'_>,
    ) -> InstanceAnswer {
        match then.0 {
            Awaited::Service(awaited) => service::answer(awaited, outcomes),
            Awaited::Operation(awaited) => {
                restconf::answer(awaited, outcomes, facts, &mut self.flash)
            }
        }
    }

    /// Takes a request on behalf of an agent. What the agent does besides is appended to `effects`.
    pub fn serve(
        &mut self,
        agent: &mut SmartAgent,
        now_ms: u64,
        request: &InstanceRequest<'_>,
        effects: &mut Vec<Effect>,
        common: &mut Common,
    ) -> InstanceAnswer {
        let (view, platform) = (agent.view(), agent.platform());
        let facts = InstanceFacts { view: &view, platform, log: None, now_ms };
        let (commands, then) = match self.ask(request, &facts) {
            Asked::Answered(answer) => return answer,
            Asked::Commanded { commands, then } => (commands, then),
        };
        let mut outcomes = Vec::with_capacity(commands.len());
        for command in commands {
            let before = effects.len();
            agent.handle_with(now_ms, Input::Command(command), effects, common);
            outcomes.push(CommandOutcome::of(&effects[before..]));
        }
        let view = agent.view();
        let facts = InstanceFacts { view: &view, platform, log: None, now_ms };
        self.answer(then, &outcomes, &facts)
    }
}
