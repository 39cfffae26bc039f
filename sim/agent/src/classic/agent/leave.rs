//! Deregistration: export-controlled licences are returned, the server is told, local data goes.
//!
//! Source: Cisco ACI Smart Licensing, "Smart Licensing Evaluation Period", "Reregister Product If
//! Already Registered"; SSM On-Prem 7 User Guide, "New Export Control Alerts" (a deregistration
//! whose return failed). Public: local data is wiped whatever the answer.

use muster_wire::classic::AgentErrorCode;

use super::ClassicAgent;
use super::command::text_of;
use super::exchange::{bad, failure};
use crate::classic::answer::Reply;
use crate::classic::effect::Effects;
use crate::classic::link::{Ending, Retry};
use crate::classic::machine::step;
use crate::classic::registration_state::{RegistrationInput, RegistrationState};
use crate::classic::syslog;

impl ClassicAgent {
    /// `license smart deregister`.
    pub(super) fn deregister(&mut self, effects: &mut Effects<'_>) -> Result<(), &'static str> {
        match self.registration.state {
            RegistrationState::Registered => {
                self.begin_leaving(effects);
                Ok(())
            }
            RegistrationState::Registering | RegistrationState::Retry => {
                Err(text_of(AgentErrorCode::REGISTRATION_IN_PROGRESS))
            }
            RegistrationState::Deregistering => Err("the instance is leaving its account"),
            RegistrationState::NotRegistered
            | RegistrationState::Failed
            | RegistrationState::Expired => Err(text_of(AgentErrorCode::NOT_REGISTERED)),
        }
    }

    pub(super) fn begin_leaving(&mut self, effects: &mut Effects<'_>) {
        step(&mut self.registration.state, RegistrationInput::Deregister, effects);
        self.mark_exports_for_return();
        self.link.hurry();
    }

    pub(super) fn deregistration_ended(
        &mut self,
        reply: Reply<'_>,
        effects: &mut Effects<'_>,
    ) -> Ending {
        let ending = match (failure(&reply), reply) {
            (Some((reason, _)), _) => bad((reason, Retry::Never)),
            (None, Reply::Complete(_)) => Ending::Good,
            (None, _) => bad((AgentErrorCode::INVALID_RESPONSE.to_string(), Retry::Never)),
        };
        match &ending {
            Ending::Good => effects.syslog(|| syslog::deregistered(&self.udi())),
            Ending::Bad { reason, .. } => effects.syslog(|| syslog::deregistration_failed(reason)),
        }
        self.finish_leaving(effects);
        ending
    }

    /// The instance has left, whether or not the server knows.
    pub(super) fn finish_leaving(&mut self, effects: &mut Effects<'_>) {
        step(&mut self.registration.state, RegistrationInput::Deregistered, effects);
        self.wipe(effects);
    }
}
