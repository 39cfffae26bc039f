//! Registration: a token is used, retried, refused or accepted; and how a registration is lost.
//!
//! Source: Cisco ACI Smart Licensing, "Registering for Smart Licensing", "Reregister Product If
//! Already Registered", "Troubleshooting Cisco ACI Smart Licensing".

use muster_wire::classic::proposed::registration::RegistrationAnswer;
use muster_wire::classic::{AgentErrorCode, AnswerData};

use super::ClassicAgent;
use super::certify::Certificates;
use super::command::text_of;
use super::exchange::bad;
use crate::account::Identifier;
use crate::classic::answer::{Reply, Why};
use crate::classic::authorization;
use crate::classic::effect::Effects;
use crate::classic::exports::ExportWanted;
use crate::classic::id_certificate_state::{IdCertificateInput, IdCertificateState};
use crate::classic::link::{Ending, MessageClass, Occasion, REGISTRATION_ATTEMPTS_MAX, Retry};
use crate::classic::machine::step;
use crate::classic::registration::{Attempt, Held};
use crate::classic::registration_state::{RegistrationInput, RegistrationState};
use crate::classic::syslog;
use crate::classic::uses::Standing;
use crate::timer::{DAY_MS, SECOND_MS};

/// Characters an ID token may have (public).
const ID_TOKEN_LENGTH_MAX: usize = 255;
/// Bytes of an identifier a server may give; every known one is a UUID.
const IDENTIFIER_LENGTH_MAX: usize = 64;
/// Characters kept of an account's name. Assumed.
const ACCOUNT_LENGTH_MAX: usize = 128;

impl ClassicAgent {
    pub(super) fn register(
        &mut self,
        id_token: String,
        force: bool,
        effects: &mut Effects<'_>,
    ) -> Result<(), &'static str> {
        if self.transport.is_ipv6 && !self.family.speaks_ipv6() {
            return Err("smart licensing does not support IPv6");
        }
        let length = id_token.chars().count();
        if !(1..=ID_TOKEN_LENGTH_MAX).contains(&length) {
            return Err("an ID token has 1 to 255 characters");
        }
        let input = match self.registration.state {
            RegistrationState::Registering | RegistrationState::Retry => {
                return Err(text_of(AgentErrorCode::REGISTRATION_IN_PROGRESS));
            }
            RegistrationState::Deregistering => {
                return Err("the instance is leaving its account");
            }
            RegistrationState::Registered if !force => {
                step(
                    &mut self.registration.state,
                    RegistrationInput::RegisterWithoutForce,
                    effects,
                );
                return Err(text_of(AgentErrorCode::ALREADY_REGISTERED));
            }
            RegistrationState::Registered => RegistrationInput::RegisterWithForce,
            RegistrationState::NotRegistered
            | RegistrationState::Failed
            | RegistrationState::Expired => RegistrationInput::Register,
        };
        self.registration.attempt = Some(Box::new(Attempt { id_token, force, sent: 0 }));
        self.link.hurry();
        step(&mut self.registration.state, input, effects);
        Ok(())
    }

    pub(super) fn registration_ended(
        &mut self,
        reply: Reply<'_>,
        effects: &mut Effects<'_>,
    ) -> Ending {
        let refused = |code: AgentErrorCode| code.to_string();
        let reason = match reply {
            Reply::Unreachable(reason) | Reply::TryAgain(reason) => {
                return self.registration_unanswered(reason, effects);
            }
            Reply::Complete(data) => match data {
                AnswerData::Registration(answer) => match self.accept(answer, effects) {
                    Ok(()) => return Ending::Good,
                    Err(code) => refused(code),
                },
                _ => refused(AgentErrorCode::INVALID_RESPONSE),
            },
            Reply::Deferred(_) => refused(AgentErrorCode::INVALID_RESPONSE),
            Reply::Wrong(code) => refused(code),
            Reply::Failed { why: Why::VersionTooHigh, .. } => {
                refused(AgentErrorCode::REGISTRATION_VERSION)
            }
            Reply::Failed { reason, .. } => reason,
        };
        let input = match self.registration.held {
            Some(_) => RegistrationInput::RefusedKeepingRegistration,
            None => RegistrationInput::Refused,
        };
        step(&mut self.registration.state, input, effects);
        self.registration_failed(&reason, effects);
        bad((reason, Retry::Never))
    }

    fn registration_unanswered(&mut self, reason: String, effects: &mut Effects<'_>) -> Ending {
        step(&mut self.registration.state, RegistrationInput::NoReply, effects);
        let sent = self.registration.attempt.as_ref().map_or(u8::MAX, |attempt| attempt.sent);
        if sent < REGISTRATION_ATTEMPTS_MAX {
            return bad((reason, Retry::Backoff));
        }
        let input = match self.registration.held {
            Some(_) => RegistrationInput::RetriesExhaustedKeepingRegistration,
            None => RegistrationInput::RetriesExhausted,
        };
        step(&mut self.registration.state, input, effects);
        self.registration_failed(&reason, effects);
        bad((reason, Retry::Never))
    }

    fn registration_failed(&mut self, reason: &str, effects: &mut Effects<'_>) {
        (self.registration.attempt, self.registration.failed) = (None, true);
        effects.syslog(|| syslog::registration_failed(reason));
    }

    /// Takes what the server gave, if it all fits.
    fn accept(
        &mut self,
        answer: &RegistrationAnswer,
        effects: &mut Effects<'_>,
    ) -> Result<(), AgentErrorCode> {
        let id = answer.product_instance_identifier.as_str();
        if id.is_empty() || id.len() > IDENTIFIER_LENGTH_MAX {
            return Err(AgentErrorCode::MISSING_FIELD);
        }
        let given = (&*answer.id_cert, &*answer.signing_cert, &*answer.sub_ca_cert);
        let certificates = self.read_certificates(given, effects.common)?;
        let identifier = Identifier::new(Some(id));
        if self.registration.held.as_ref().is_some_and(|held| held.identifier != identifier) {
            self.cancel_what_the_server_holds(effects);
        }
        let interval_ms = answer.auth_renew_interval.saturating_mul(SECOND_MS);
        let Certificates { serial, signing_serial, not_before_ms, not_after_ms } = certificates;
        self.registration.held = Some(Box::new(Held {
            identifier,
            accounts: effects
                .common
                .accounts(cut(&answer.smart_account), cut(&answer.virtual_account)),
            export_allowed: answer.export_control_allowed,
            serial,
            signing_serial,
            not_before_ms,
            not_after_ms,
            authorization_interval_ms: match interval_ms {
                0 => authorization::RENEWAL_MS,
                ms => ms.clamp(DAY_MS, authorization::RENEWAL_MS),
            },
        }));
        self.registered(answer.renew_interval, effects);
        Ok(())
    }

    fn registered(&mut self, renew_interval_s: u64, effects: &mut Effects<'_>) {
        (self.registration.attempt, self.registration.failed) = (None, false);
        self.registration.registered_at_s = self.now_s();
        step(&mut self.registration.state, RegistrationInput::Accepted, effects);
        step(&mut self.certificate.state, IdCertificateInput::Issued, effects);
        self.plan_renewal(renew_interval_s);
        effects.syslog(|| syslog::registered(&self.udi()));
        if !self.export_allowed() {
            effects.syslog(syslog::export_controlled);
        }
        self.authorization_begins(effects);
        self.conversion_begins(effects);
    }

    /// Whether the token of the registration allows export-controlled features.
    pub(super) fn export_allowed(&self) -> bool {
        self.registration.held.as_ref().is_some_and(|held| held.export_allowed)
    }

    /// The server does not know the instance.
    pub(super) fn removed_by_server(&mut self, effects: &mut Effects<'_>) {
        match self.registration.state {
            RegistrationState::Registered => {
                step(&mut self.registration.state, RegistrationInput::RemovedByServer, effects);
                self.wipe(effects);
            }
            // The token that is under way makes the instance known again.
            RegistrationState::Registering | RegistrationState::Retry => self.wipe(effects),
            _ => {}
        }
    }

    /// Forgets the registration and everything that stood on it. The counter of the evaluation
    /// period, the conversion and what is in use stay.
    pub(super) fn wipe(&mut self, effects: &mut Effects<'_>) {
        self.registration.held = None;
        self.cancel_what_the_server_holds(effects);
        self.conversion_loses_registration(effects);
        if !matches!(self.certificate.state, IdCertificateState::None | IdCertificateState::Expired)
        {
            step(&mut self.certificate.state, IdCertificateInput::Dropped, effects);
        }
        self.stop_certificate_timers();
        self.authorization_ends(effects);
        self.link.server_version.clear();
    }

    fn cancel_what_the_server_holds(&mut self, effects: &mut Effects<'_>) {
        self.cancel_exports(effects);
        self.cancel_key_request(effects);
    }

    /// Says goodbye for every export-controlled licence the server holds for the instance.
    pub(super) fn mark_exports_for_return(&mut self) {
        for export in &mut self.exports.0 {
            export.wanted = match export.can_return() {
                true => ExportWanted::Return,
                false => ExportWanted::Nothing,
            };
            export.deferral = None;
        }
    }

    /// Asks for everything in use to be authorized, now that a server knows the instance.
    fn authorization_begins(&mut self, effects: &mut Effects<'_>) {
        self.uses.stand(Standing::Waiting);
        self.authorization.stop();
        self.use_counts(effects);
        self.authorization.want(Occasion::Change);
        self.link.forget(MessageClass::Authorization);
    }
}

fn cut(name: &str) -> &str {
    name.char_indices().nth(ACCOUNT_LENGTH_MAX).map_or(name, |(end, _)| &name[..end])
}
