//! What an instance of the classic era offers: RESTCONF, and nothing else, for reports are of the
//! policy era.

use muster_wire::classic::AgentErrorCode;

use super::restconf::{self, ClassicPending};
use super::{Access, InstanceAnswer, InstanceRequest};
use crate::classic::{ClassicAgent, ClassicCommand, ClassicEffect, ClassicInput, ClassicView};
use crate::effects::Common;
use crate::platform::Platform;

/// The interface of one instance of the classic era, for as long as somebody serves it.
#[derive(Clone, Debug, Default)]
pub struct ClassicInterface {
    /// Whom it admits; everybody without.
    pub access: Option<Access>,
    /// Where the instance sends its requests, which the agent itself is not told.
    pub server_url: Option<String>,
}

/// What becomes of a request.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::pull) enum ClassicAsked {
    /// It is answered.
    Answered(InstanceAnswer),
    /// A command comes first.
    Commanded { command: ClassicCommand, then: ClassicPending },
}

impl ClassicInterface {
    /// Takes a request, untrusted, on behalf of an agent. What the agent does besides is appended
    /// to `effects`.
    pub fn serve(
        &self,
        agent: &mut ClassicAgent,
        now_ms: u64,
        request: &InstanceRequest<'_>,
        effects: &mut Vec<ClassicEffect>,
        common: &mut Common,
    ) -> InstanceAnswer {
        if !agent.has_power() {
            return InstanceAnswer::fault(503, "the product instance is off");
        }
        match self.ask(request, &agent.view(), agent.platform()) {
            ClassicAsked::Answered(answer) => answer,
            ClassicAsked::Commanded { command, then } => {
                let before = effects.len();
                agent.handle_with(now_ms, ClassicInput::Command(command), effects, common);
                restconf::answer_classic(&then, &effects[before..])
            }
        }
    }

    fn ask(
        &self,
        request: &InstanceRequest<'_>,
        view: &ClassicView,
        platform: &Platform,
    ) -> ClassicAsked {
        if self.access.as_ref().is_some_and(|access| !access.admits(request)) {
            return ClassicAsked::Answered(restconf::refused());
        }
        if !request.is_restconf() {
            let nothing = AgentErrorCode::NOT_FOUND.to_string();
            return ClassicAsked::Answered(InstanceAnswer::fault(404, &nothing));
        }
        restconf::ask_classic(request, view, platform, self.server_url.as_deref())
    }
}
