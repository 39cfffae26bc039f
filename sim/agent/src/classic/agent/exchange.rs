//! One exchange: the request is composed and sent, and what comes back finds its reader.

use compact_str::CompactString;
use muster_wire::classic::proposed::agent_action::AgentAction;
use muster_wire::classic::proposed::export_authorization::ExportAction;
use muster_wire::classic::{AgentErrorCode, ClassicReading, MessageType, RequestEnvelope};

use super::ClassicAgent;
use crate::classic::answer::{self, About, Expected, Reply};
use crate::classic::authorization_state::AuthorizationInput;
use crate::classic::deferral::Deferral;
use crate::classic::effect::{ClassicEffect, ClassicOutbound, Effects};
use crate::classic::link::{Asked, Ending, InFlight, Occasion, Retry};
use crate::classic::machine::step;
use crate::classic::registration_state::RegistrationState;
use crate::classic::request::{self, Composer};
use crate::classic::syslog;
use crate::effects::Common;
use crate::input::TransportFailure;
use crate::timer::{Due, HOUR_MS, SECOND_MS};

/// How often the wishes of a server are listened to. Assumed: a server that wishes something with
/// every answer must not keep its instances busy.
const WISHES_DISTANCE_MS: u64 = HOUR_MS;
/// Wait when a server asks for another attempt. Assumed: the documents name none.
const TRY_AGAIN_DELAY_MS: u64 = 30 * SECOND_MS;
/// Characters kept of a server's message version.
const VERSION_LENGTH_MAX: usize = 16;

impl ClassicAgent {
    /// Writes a request down and signs it: what goes out. The agent hands requests out before, so
    /// that whoever sends one may change it, and pays for what is sent only.
    pub fn seal(&self, outbound: &ClassicOutbound, common: &mut Common) -> RequestEnvelope {
        request::seal(outbound, self.platform, &self.key, &mut common.keys)
    }

    pub(super) fn send(&mut self, asked: Asked, effects: &mut Effects<'_>) {
        self.about_to_send(asked, effects);
        let nonce = self.rng.next_u64();
        let outbound = self.compose(asked, nonce);
        self.link.in_flight = Some(InFlight { asked, nonce });
        effects.push(ClassicEffect::Send(outbound));
    }

    fn about_to_send(&mut self, asked: Asked, effects: &mut Effects<'_>) {
        match asked {
            Asked::Registration => {
                if let Some(attempt) = &mut self.registration.attempt {
                    attempt.sent = attempt.sent.saturating_add(1);
                }
            }
            Asked::IdCertificate => self.certificate.renewal_wanted = false,
            Asked::Authorization(_) => self.authorization.wanted = None,
            Asked::Deregistration => {}
            Asked::Export(license) | Asked::ExportReturn(license) | Asked::ExportPoll(license) => {
                self.export_leaves(asked, license, effects);
            }
            Asked::Conversion => self.conversion_leaves(),
            Asked::ConversionPoll => {
                if let Some(deferral) = &mut self.conversion.deferral {
                    deferral.wanted = false;
                }
            }
            Asked::ThirdPartyKey | Asked::ThirdPartyKeyPoll => {
                self.key_request_leaves(asked, effects);
            }
        }
    }

    fn compose(&self, asked: Asked, nonce: u64) -> Box<ClassicOutbound> {
        let held = self.registration.held.as_deref();
        let composer =
            Composer { platform: self.platform, held, key: &self.key, server: self.link.server };
        let origin = request::origin(&self.udi(), held, self.clock_ms(), nonce);
        let export_count = |license| self.exports.find(license).map_or(0, |export| export.count);
        match asked {
            Asked::Registration => {
                let attempt = self.registration.attempt.as_deref();
                let attempt = attempt.expect("an instance registers with a token");
                composer.registration(origin, attempt, self.place.hostname())
            }
            Asked::IdCertificate => composer.id_certificate(origin),
            Asked::Authorization(occasion) => {
                composer.entitlement(origin, &self.uses, occasion == Occasion::Renewal)
            }
            Asked::Deregistration => composer.deregistration(origin),
            Asked::Export(license) => {
                composer.export(origin, license, export_count(license), ExportAction::Request)
            }
            Asked::ExportReturn(license) => {
                composer.export(origin, license, export_count(license), ExportAction::Return)
            }
            Asked::Conversion => composer.conversion(origin, &self.uses, self.conversion.number),
            Asked::ThirdPartyKey => {
                let wanted = self.key_request.as_deref();
                composer.third_party_key(
                    origin,
                    wanted.expect("only a key that is wanted is asked for"),
                )
            }
            Asked::ExportPoll(_) | Asked::ConversionPoll | Asked::ThirdPartyKeyPoll => {
                let deferral = self.deferral_of(asked);
                let poll_id = deferral.expect("only what was deferred is polled for").poll_id;
                composer.poll(origin, poll_id, answer_type(asked))
            }
        }
    }

    fn deferral_of(&self, polled: Asked) -> Option<Deferral> {
        match polled {
            Asked::ExportPoll(license) => self.exports.find(license)?.deferral,
            Asked::ConversionPoll => self.conversion.deferral,
            Asked::ThirdPartyKeyPoll => self.key_request.as_ref()?.deferral,
            _ => None,
        }
    }

    pub(super) fn failed(&mut self, failure: TransportFailure, effects: &mut Effects<'_>) {
        let Some(sent) = self.link.in_flight.take() else { return };
        let reason = syslog::transport_failure(failure, self.transport.framing).to_owned();
        self.conclude(sent.asked, Reply::Unreachable(reason), effects);
    }

    pub(super) fn answered(&mut self, status: u16, body: &[u8], effects: &mut Effects<'_>) {
        // An answer nobody waits for is not decoded.
        if self.in_flight() {
            self.read(status, &ClassicReading::of(body), effects);
        }
    }

    pub(super) fn read(
        &mut self,
        status: u16,
        reading: &ClassicReading,
        effects: &mut Effects<'_>,
    ) {
        let Some(sent) = self.link.in_flight.take() else { return };
        let (udi, server_key) = (self.udi(), self.server_key(effects.common));
        let identifier = match sent.asked {
            Asked::Registration => None,
            _ => self.registration.identifier(),
        };
        let expected = Expected {
            nonce: sent.nonce,
            message_type: answer_type(sent.asked),
            udi: &udi,
            identifier: identifier.as_ref(),
            server_key: server_key.as_deref(),
        };
        let (reply, about) = answer::read(status, reading, &expected);
        let reply = self.same_version(sent.asked, reply, &about);
        if let Some(converts) = about.converts {
            self.link.server_converts = Some(converts);
        }
        self.conclude(sent.asked, reply, effects);
        self.listen(sent.asked, &about.wishes, effects);
    }

    /// An authorization answered in another message version than the answer before it is asked
    /// for again (public).
    fn same_version<'a>(&mut self, asked: Asked, reply: Reply<'a>, about: &About) -> Reply<'a> {
        if !matches!(reply, Reply::Complete(_)) {
            return reply;
        }
        let version: CompactString = about.version.chars().take(VERSION_LENGTH_MAX).collect();
        let before = std::mem::replace(&mut self.link.server_version, version.clone());
        let changed = !before.is_empty() && before != version;
        match asked {
            Asked::Authorization(_) if changed => Reply::Wrong(AgentErrorCode::ENTITLEMENT_VERSION),
            _ => reply,
        }
    }

    fn conclude(&mut self, asked: Asked, reply: Reply<'_>, effects: &mut Effects<'_>) {
        match &reply {
            Reply::Unreachable(reason) => self.communication_failed(reason, effects),
            _ => self.communication_works(effects),
        }
        self.end(asked, reply, effects);
    }

    /// What the end of an exchange does to everything but the communication itself.
    pub(super) fn end(&mut self, asked: Asked, reply: Reply<'_>, effects: &mut Effects<'_>) {
        let ending = match asked {
            Asked::Registration => self.registration_ended(reply, effects),
            Asked::IdCertificate => self.renewal_ended(reply, effects),
            Asked::Authorization(occasion) => self.authorization_ended(occasion, reply, effects),
            Asked::Deregistration => self.deregistration_ended(reply, effects),
            Asked::Export(license) | Asked::ExportReturn(license) | Asked::ExportPoll(license) => {
                self.export_ended(asked, license, reply, effects)
            }
            Asked::Conversion | Asked::ConversionPoll => {
                self.conversion_ended(asked, reply, effects)
            }
            Asked::ThirdPartyKey | Asked::ThirdPartyKeyPoll => {
                self.key_request_ended(asked, reply, effects)
            }
        };
        if ending == Ending::Good {
            self.link.forget(asked.class());
        }
        self.link.ended(asked, ending, self.now_ms, &mut self.rng);
        // Neither a token nor a goodbye waits for what was asked before it.
        if matches!(
            self.registration.state,
            RegistrationState::Registering | RegistrationState::Deregistering
        ) {
            self.link.retry_due = Due::NEVER;
        }
    }

    /// A command does not wait for the retry timer.
    pub(super) fn hurry(&mut self, effects: &mut Effects<'_>) {
        self.link.hurry();
        self.resume_registration(effects);
    }

    /// What the server wants done, unless it wanted something a short time ago.
    fn listen(&mut self, asked: Asked, wishes: &[AgentAction], effects: &mut Effects<'_>) {
        let deaf = self.link.wishes_due.is_set() && !self.link.wishes_due.is_due(self.now_ms);
        if wishes.is_empty() || deaf || !self.registration.stands() {
            return;
        }
        self.link.wishes_due = Due::at(self.now_ms.saturating_add(WISHES_DISTANCE_MS));
        if wishes.contains(&AgentAction::Deregister) {
            self.begin_leaving(effects);
            return;
        }
        if wishes.contains(&AgentAction::RenewId) && asked != Asked::IdCertificate {
            self.certificate.renewal_wanted = true;
        }
        if wishes.contains(&AgentAction::RenewAuthorization)
            && !matches!(asked, Asked::Authorization(_))
        {
            step(&mut self.authorization.state, AuthorizationInput::RenewalDue, effects);
            self.authorization.want(Occasion::Renewal);
        }
    }

    fn communication_failed(&mut self, reason: &str, effects: &mut Effects<'_>) {
        if !self.link.comm_failed {
            self.link.comm_failed = true;
            effects.syslog(|| syslog::comm_failed(reason));
            effects.syslog(|| crate::syslog::event_comm_failed(reason));
        }
        if self.transport.has_secondary {
            self.link.server = self.link.server.other();
            effects.fact(|| ClassicEffect::ServerChosen(self.link.server));
        }
    }

    fn communication_works(&mut self, effects: &mut Effects<'_>) {
        if std::mem::take(&mut self.link.comm_failed) {
            effects.syslog(syslog::comm_restored);
            effects.syslog(crate::syslog::event_comm_restored);
        }
    }
}

/// Type of the answer to what was asked.
const fn answer_type(asked: Asked) -> MessageType {
    match asked {
        Asked::Registration => MessageType::Registration,
        Asked::IdCertificate => MessageType::IdCertificateRenewal,
        Asked::Authorization(_) => MessageType::Entitlement,
        Asked::Deregistration => MessageType::Deregistration,
        Asked::Export(_) | Asked::ExportReturn(_) | Asked::ExportPoll(_) => {
            MessageType::ExportAuthorization
        }
        Asked::Conversion | Asked::ConversionPoll => MessageType::Conversion,
        Asked::ThirdPartyKey | Asked::ThirdPartyKeyPoll => MessageType::ThirdPartyKey,
    }
}

/// A failure that keeps everything wanted; none for an answer that gives or defers something.
pub(super) fn failure(reply: &Reply<'_>) -> Option<(String, Retry)> {
    match reply {
        Reply::Unreachable(reason) => Some((reason.clone(), Retry::Backoff)),
        Reply::Wrong(code) => Some((code.to_string(), Retry::Slowly)),
        Reply::TryAgain(reason) => {
            Some((reason.clone(), Retry::After { delay_ms: TRY_AGAIN_DELAY_MS }))
        }
        Reply::Failed { reason, .. } => Some((reason.clone(), Retry::Slowly)),
        Reply::Deferred(_) | Reply::Complete(_) => None,
    }
}

/// An answer of the wrong kind: something was given that was not asked for.
pub(super) fn misplaced() -> (String, Retry) {
    (AgentErrorCode::INVALID_RESPONSE.to_string(), Retry::Slowly)
}

pub(super) fn bad((reason, retry): (String, Retry)) -> Ending {
    Ending::Bad { reason, retry }
}
