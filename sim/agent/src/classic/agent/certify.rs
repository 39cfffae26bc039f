//! The ID certificate: read, renewed in time or by hand, warned about, expired, out of range.
//!
//! Source: Cisco ACI Smart Licensing, "Renew Registration", "Troubleshooting Smart Licensing
//! Authorization". Public: half a year to the renewal, an hour of grace for the clock. Of the
//! chain, an answer holds the issuing CA and no root: the ID certificate and the signing
//! certificate are checked against that CA, the CA against the roots the operator trusts, and the
//! signing key against the server's known one.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use compact_str::CompactString;
use muster_certs::IssuedCertificate;
use muster_wire::classic::proposed::id_certificate::IdCertificateAnswer;
use muster_wire::classic::{AgentErrorCode, AnswerData};

use super::ClassicAgent;
use super::command::text_of;
use super::exchange::{bad, failure, misplaced};
use crate::classic::answer::{Reply, Why};
use crate::classic::effect::{ClassicEffect, Effects};
use crate::classic::id_certificate_state::{IdCertificateInput, IdCertificateState};
use crate::classic::link::{Asked, Ending, Retry};
use crate::classic::machine::step;
use crate::classic::registration::{RANGE_GRACE_MS, RENEWAL_MS};
use crate::classic::registration_state::RegistrationInput;
use crate::classic::syslog;
use crate::effects::Common;
use crate::timer::{DAY_MS, Due, SECOND_MS};

/// What is kept of the certificates a server gives.
pub(super) struct Certificates {
    pub(super) serial: CompactString,
    pub(super) signing_serial: CompactString,
    pub(super) not_before_ms: u64,
    pub(super) not_after_ms: u64,
}

impl ClassicAgent {
    /// Reads the ID certificate, the signing certificate and the CA of both, base64 of DER.
    pub(super) fn read_certificates(
        &self,
        (id, signing, ca): (&str, &str, &str),
        common: &mut Common,
    ) -> Result<Certificates, AgentErrorCode> {
        let (id, signing, ca) = (read(id)?, read(signing)?, read(ca)?);
        if id.not_after_ms() <= self.clock_ms() {
            return Err(AgentErrorCode::CERTIFICATE_EXPIRED);
        }
        let is_ours = id.public_key() == Some(&self.key.public_key_with(&mut common.keys));
        if !is_ours || id.not_after_ms() <= id.not_before_ms() {
            return Err(AgentErrorCode::CERTIFICATE_INVALID);
        }
        let (key, roots) = (self.server_key(common), &common.licensing_roots);
        if key.is_some() || roots.is_any() {
            if id.is_issued_by(&ca) != Some(true) {
                return Err(AgentErrorCode::NODE_CERTIFICATE);
            }
            if signing.is_issued_by(&ca) != Some(true) {
                return Err(AgentErrorCode::SIGNING_CERTIFICATE);
            }
        }
        let is_foreign = key.is_some_and(|key| signing.public_key() != Some(&*key));
        if is_foreign || (roots.is_any() && !roots.leads(&ca, self.clock_ms())) {
            return Err(AgentErrorCode::TRUST_CHAIN);
        }
        Ok(Certificates {
            serial: id.serial().into(),
            signing_serial: signing.serial().into(),
            not_before_ms: id.not_before_ms(),
            not_after_ms: id.not_after_ms(),
        })
    }

    /// `license smart renew id`.
    pub(super) fn renew_id(&mut self, effects: &mut Effects<'_>) -> Result<(), &'static str> {
        if self.certificate.state == IdCertificateState::Expired {
            step(&mut self.certificate.state, IdCertificateInput::RenewalTooLate, effects);
            return Err(text_of(AgentErrorCode::CERTIFICATE_EXPIRED));
        }
        if !self.registration.stands() {
            return Err(text_of(AgentErrorCode::NOT_REGISTERED));
        }
        if !self.certificate.is_usable() {
            return Err(text_of(AgentErrorCode::CERTIFICATE_INVALID));
        }
        if self.link.in_flight.is_some_and(|sent| sent.asked == Asked::IdCertificate) {
            return Err(text_of(AgentErrorCode::ID_CERTIFICATE_IN_PROGRESS));
        }
        self.certificate.renewal_wanted = true;
        self.hurry(effects);
        Ok(())
    }

    pub(super) fn renewal_ended(&mut self, reply: Reply<'_>, effects: &mut Effects<'_>) -> Ending {
        // The registration may have been lost while the request was under way.
        if self.registration.held.is_none() || !self.certificate.is_usable() {
            return bad((text_of(AgentErrorCode::NOT_REGISTERED).to_owned(), Retry::Never));
        }
        if let Reply::Failed { why: Why::NotRegistered, reason } = reply {
            self.removed_by_server(effects);
            return bad((reason, Retry::Never));
        }
        let ended = match (failure(&reply), reply) {
            (Some(failed), _) => Err(failed),
            (None, Reply::Complete(data)) => match data {
                AnswerData::IdCertificateRenewal(answer) => {
                    self.renewed(answer, effects).map_err(|code| (code.to_string(), Retry::Slowly))
                }
                _ => Err(misplaced()),
            },
            (None, _) => Err(misplaced()),
        };
        match ended {
            Ok(()) => Ending::Good,
            Err((reason, retry)) => {
                self.certificate.renewal_wanted = true;
                step(&mut self.certificate.state, IdCertificateInput::RenewalFailed, effects);
                effects.syslog(|| syslog::id_certificate_not_renewed(&self.udi(), &reason));
                let left_ms = self.expiry_due().ms().unwrap_or(0).saturating_sub(self.now_ms);
                effects.syslog(|| syslog::id_certificate_will_expire(left_ms));
                bad((reason, retry))
            }
        }
    }

    fn renewed(
        &mut self,
        answer: &IdCertificateAnswer,
        effects: &mut Effects<'_>,
    ) -> Result<(), AgentErrorCode> {
        let given = (&*answer.id_cert, &*answer.signing_cert, &*answer.sub_ca_cert);
        let certificates = self.read_certificates(given, effects.common)?;
        let held = self.registration.held.as_mut().ok_or(AgentErrorCode::NOT_REGISTERED)?;
        // A renewal does not take away what is held.
        if certificates.not_after_ms < held.not_after_ms {
            return Err(AgentErrorCode::CERTIFICATE_INVALID);
        }
        let Certificates { serial, signing_serial, not_before_ms, not_after_ms } = certificates;
        (held.serial, held.signing_serial) = (serial, signing_serial);
        (held.not_before_ms, held.not_after_ms) = (not_before_ms, not_after_ms);
        self.certificate.renewal_wanted = false;
        self.certificate.renewed_at_s = self.now_s();
        step(&mut self.certificate.state, IdCertificateInput::Renewed, effects);
        self.plan_renewal(answer.renew_interval);
        effects.syslog(|| syslog::id_certificate_renewed(&self.udi()));
        Ok(())
    }

    /// Plans the next renewal: when the server said, within what the certificate lasts.
    pub(super) fn plan_renewal(&mut self, interval_s: u64) {
        let left_ms = self.expiry_due().ms().unwrap_or(0).saturating_sub(self.now_ms);
        let interval_ms = match interval_s.saturating_mul(SECOND_MS) {
            0 => RENEWAL_MS,
            ms => ms.max(DAY_MS),
        };
        self.certificate.renewal_due =
            Due::at(self.now_ms.saturating_add(interval_ms.min(left_ms)));
        (self.certificate.renewal_wanted, self.certificate.grace_due) = (false, Due::NEVER);
    }

    pub(super) fn stop_certificate_timers(&mut self) {
        self.certificate.renewal_wanted = false;
        (self.certificate.renewal_due, self.certificate.grace_due) = (Due::NEVER, Due::NEVER);
    }

    pub(super) fn certificate_timers(&mut self, effects: &mut Effects<'_>) {
        if self.certificate.grace_due.is_due(self.now_ms) {
            effects.fact(|| ClassicEffect::TimerFired("id_certificate_grace"));
            step(&mut self.certificate.state, IdCertificateInput::GraceOver, effects);
            step(&mut self.registration.state, RegistrationInput::ClockOutOfRange, effects);
            self.wipe(effects);
        }
        if self.expiry_due().is_due(self.now_ms) {
            effects.fact(|| ClassicEffect::TimerFired("id_certificate_expiry"));
            step(&mut self.certificate.state, IdCertificateInput::TimeUp, effects);
            step(&mut self.registration.state, RegistrationInput::CertificateExpired, effects);
            effects.syslog(syslog::id_certificate_expired);
            self.wipe(effects);
        }
    }

    /// The clock was set: it may have left the dates of the certificate, or come back.
    pub(super) fn step_clock(&mut self, by_ms: i64, effects: &mut Effects<'_>) {
        let unusual = self.unusual.get_or_insert_default();
        unusual.clock_offset_ms = unusual.clock_offset_ms.saturating_add(by_ms);
        effects.syslog(syslog::clock_changed);
        let Some(held) = &self.registration.held else { return };
        let inside = (held.not_before_ms..=held.not_after_ms).contains(&self.clock_ms());
        match self.certificate.state {
            IdCertificateState::Valid | IdCertificateState::Warned if !inside => {
                step(&mut self.certificate.state, IdCertificateInput::ClockLeftRange, effects);
                effects.syslog(syslog::clock_out_of_range);
                self.certificate.grace_due = Due::at(self.now_ms.saturating_add(RANGE_GRACE_MS));
            }
            IdCertificateState::OutOfRange if inside => {
                step(&mut self.certificate.state, IdCertificateInput::ClockReturned, effects);
                self.certificate.grace_due = Due::NEVER;
            }
            _ => {}
        }
    }
}

fn read(base64: &str) -> Result<IssuedCertificate, AgentErrorCode> {
    let der = STANDARD.decode(base64.trim()).map_err(|_| AgentErrorCode::BASE64_DECODING)?;
    IssuedCertificate::from_der(&der).map_err(|_| AgentErrorCode::CERTIFICATE_PARSE)
}
