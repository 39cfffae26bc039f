//! Device-led conversion: started, polled, done once, failed and tried again.
//!
//! Source: SSM On-Prem 7 User Guide, "Conversion Workflow", "Backing Up and Restoring Conversion
//! Results"; Cisco ACI Smart Licensing, "Device Led Conversion Tool", "Guidelines for Monitoring
//! the DLC Operation". Public: the agent errors of a misuse.

use muster_wire::PollId;
use muster_wire::classic::proposed::conversion::{ConversionAnswer, ConversionStatus};
use muster_wire::classic::{AgentErrorCode, AnswerData};

use super::ClassicAgent;
use super::command::text_of;
use super::exchange::{bad, failure, misplaced};
use crate::classic::answer::{Reply, Why};
use crate::classic::authorization_state::AuthorizationInput;
use crate::classic::conversion_state::{ConversionInput, ConversionState};
use crate::classic::deferral::Deferral;
use crate::classic::effect::Effects;
use crate::classic::link::{Asked, Ending, MessageClass, Occasion, Retry};
use crate::classic::machine::step;
use crate::timer::Due;

/// Capability of a product that converts.
const CONVERTS: &str = "DLC";
const TIMED_OUT: &str = "no result within ten minutes";

impl ClassicAgent {
    /// `license smart conversion start`.
    pub(super) fn start_conversion(
        &mut self,
        effects: &mut Effects<'_>,
    ) -> Result<(), &'static str> {
        if !self.registration.stands() {
            return Err(text_of(AgentErrorCode::NOT_REGISTERED));
        }
        self.may_convert()?;
        match self.conversion.state {
            ConversionState::Converted => Err(text_of(AgentErrorCode::CONVERSION_STARTED)),
            ConversionState::Running | ConversionState::Polling => {
                Err(text_of(AgentErrorCode::CONVERSION_IN_PROGRESS))
            }
            ConversionState::NotStarted | ConversionState::Failed => {
                self.begin_conversion(effects);
                self.hurry(effects);
                Ok(())
            }
        }
    }

    fn may_convert(&self) -> Result<(), &'static str> {
        if !self.platform.capabilities.iter().any(|can| can == CONVERTS) {
            return Err(text_of(AgentErrorCode::CONVERSION_NOT_ALLOWED));
        }
        if !self.family.converts_over(self.transport.mode) {
            return Err("conversion is not supported with a satellite");
        }
        if self.link.server_converts == Some(false) {
            return Err(text_of(AgentErrorCode::CONVERSION_NOT_SUPPORTED));
        }
        Ok(())
    }

    fn begin_conversion(&mut self, effects: &mut Effects<'_>) {
        step(&mut self.conversion.state, ConversionInput::Started, effects);
        self.conversion.number = self.conversion.number.saturating_add(1);
        (self.conversion.wanted, self.conversion.deferral) = (true, None);
        self.conversion.after_registration = false;
        self.conversion.limit_due = match self.family.conversion_limit_ms() {
            Some(limit_ms) => Due::at(self.now_ms.saturating_add(limit_ms)),
            None => Due::NEVER,
        };
    }

    /// A registration was accepted: an automatic conversion follows it, once, and so does one that
    /// a server asked for when it had lost the instance.
    pub(super) fn conversion_begins(&mut self, effects: &mut Effects<'_>) {
        let first = self.conversion.automatic && self.conversion.number == 0;
        let wanted = first || self.conversion.after_registration;
        let idle = self.conversion.state == ConversionState::NotStarted;
        if wanted && idle && self.may_convert().is_ok() {
            self.begin_conversion(effects);
        }
    }

    /// The registration is gone: what has no result yet is asked for after the next one.
    pub(super) fn conversion_loses_registration(&mut self, effects: &mut Effects<'_>) {
        if self.conversion.is_running() {
            self.conversion.after_registration = true;
            self.conversion.stop();
            step(&mut self.conversion.state, ConversionInput::RegistrationLost, effects);
        }
    }

    pub(super) fn conversion_leaves(&mut self) {
        self.conversion.wanted = false;
    }

    pub(super) fn conversion_timed_out(&mut self, effects: &mut Effects<'_>) {
        self.conversion.stop();
        if self.conversion.is_running() {
            step(&mut self.conversion.state, ConversionInput::TimedOut, effects);
            self.link.note(MessageClass::Conversion, TIMED_OUT);
        }
    }

    pub(super) fn conversion_ended(
        &mut self,
        asked: Asked,
        reply: Reply<'_>,
        effects: &mut Effects<'_>,
    ) -> Ending {
        if !self.conversion.is_running() {
            return bad((TIMED_OUT.to_owned(), Retry::Never));
        }
        let ended = match (failure(&reply), reply) {
            (_, Reply::Failed { why: Why::NotRegistered, reason }) => {
                self.agent_not_registered(effects);
                return bad((reason, Retry::Never));
            }
            (_, Reply::Failed { reason, .. }) => {
                self.conversion_failed(asked, effects);
                return bad((reason, Retry::Never));
            }
            (None, Reply::Deferred(deferred)) => {
                self.poll_later(deferred.poll_id, deferred.poll_interval, effects);
                Ok(())
            }
            (None, Reply::Complete(data)) => match data {
                AnswerData::Conversion(answer) => {
                    return self.conversion_answered(answer, effects);
                }
                _ => Err(misplaced()),
            },
            (failed, _) => Err(failed.unwrap_or_else(misplaced)),
        };
        match ended {
            Ok(()) => Ending::Good,
            Err((reason, retry)) => {
                step(&mut self.conversion.state, ConversionInput::NoReply, effects);
                match &mut self.conversion.deferral {
                    Some(deferral) => deferral.wanted = true,
                    None => self.conversion.wanted = true,
                }
                bad((reason, retry))
            }
        }
    }

    fn conversion_answered(
        &mut self,
        answer: &ConversionAnswer,
        effects: &mut Effects<'_>,
    ) -> Ending {
        let reason = || match answer.detail.trim() {
            "" => answer.conversion_status.as_str().to_owned(),
            detail => detail.to_owned(),
        };
        match &answer.conversion_status {
            ConversionStatus::MigrateSuccess => {
                self.converted(ConversionInput::Succeeded, effects);
                Ending::Good
            }
            ConversionStatus::AlreadyConverted => {
                self.conversion.was_converted_before = true;
                self.converted(ConversionInput::AlreadyConverted, effects);
                Ending::Good
            }
            ConversionStatus::MigrateFailed | ConversionStatus::InvalidMessageType => {
                self.conversion.stop();
                step(&mut self.conversion.state, ConversionInput::Refused, effects);
                bad((reason(), Retry::Never))
            }
            ConversionStatus::AgentNotRegistered => {
                self.agent_not_registered(effects);
                bad((reason(), Retry::Never))
            }
            ConversionStatus::PollMeLater => {
                let known = self.conversion.deferral.map(|deferral| deferral.poll_id);
                match answer.poll_id.or(known) {
                    Some(poll_id) => {
                        let interval_s = answer.poll_interval.unwrap_or(0);
                        self.poll_later(poll_id, interval_s, effects);
                        Ending::Good
                    }
                    None => self.conversion_unusable(AgentErrorCode::MISSING_FIELD, effects),
                }
            }
            ConversionStatus::Other(_) => {
                self.conversion_unusable(AgentErrorCode::INVALID_RESPONSE, effects)
            }
        }
    }

    fn conversion_unusable(&mut self, code: AgentErrorCode, effects: &mut Effects<'_>) -> Ending {
        step(&mut self.conversion.state, ConversionInput::NoReply, effects);
        match &mut self.conversion.deferral {
            Some(deferral) => deferral.wanted = true,
            None => self.conversion.wanted = true,
        }
        bad((code.to_string(), Retry::Slowly))
    }

    fn poll_later(&mut self, poll_id: PollId, interval_s: u64, effects: &mut Effects<'_>) {
        self.conversion.deferral = Some(Deferral::new(poll_id, interval_s, self.now_ms));
        step(&mut self.conversion.state, ConversionInput::PollLater, effects);
    }

    /// The account has the licences now: the authorization is looked at anew.
    fn converted(&mut self, input: ConversionInput, effects: &mut Effects<'_>) {
        self.conversion.stop();
        step(&mut self.conversion.state, input, effects);
        if self.registration.stands() {
            step(&mut self.authorization.state, AuthorizationInput::RenewalDue, effects);
            self.authorization.want(Occasion::Renewal);
        }
    }

    /// An error without a result: a server that was restored knows no such request, and it is
    /// repeated. A request that fails at once has failed.
    fn conversion_failed(&mut self, asked: Asked, effects: &mut Effects<'_>) {
        if asked == Asked::ConversionPoll && self.conversion.state == ConversionState::Polling {
            self.conversion.deferral = None;
            self.conversion.wanted = true;
            step(&mut self.conversion.state, ConversionInput::RequestUnknown, effects);
        } else {
            self.conversion.stop();
            step(&mut self.conversion.state, ConversionInput::Refused, effects);
        }
    }

    fn agent_not_registered(&mut self, effects: &mut Effects<'_>) {
        self.conversion.stop();
        self.conversion.after_registration = true;
        step(&mut self.conversion.state, ConversionInput::AgentNotRegistered, effects);
        self.removed_by_server(effects);
    }
}
