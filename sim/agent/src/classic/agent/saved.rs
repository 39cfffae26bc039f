//! An agent as bytes, and back: everything about it that does not follow from seed and index.

use muster_certs::{Seed, SigningMode};

use super::{ClassicAgent, Power, Unusual};
use crate::Error;
use crate::classic::authorization_state::AuthorizationState;
use crate::classic::conversion_state::ConversionState;
use crate::classic::evaluation_state::EvaluationState;
use crate::classic::export_authorization_state::ExportAuthorizationState as ExportState;
use crate::classic::exports::{Export, ExportWanted};
use crate::classic::id_certificate_state::IdCertificateState;
use crate::classic::link::Asked;
use crate::classic::registration_state::RegistrationState;
use crate::classic::third_party_key_state::ThirdPartyKeyState;
use crate::effects::Common;
use crate::platform::Platform;
use crate::rng::Rng;
use crate::saved::{Bytes, Saved, SavedFault, save_text, saved_struct};

/// Version of the layout, far from the numbers of the other era. It changes whenever the bytes do.
const VERSION: u64 = 1001;

saved_struct!(Power { is_off, reboot_wanted, release_wanted, crypto_due });

impl ClassicAgent {
    /// Appends the agent to `out` for [`ClassicAgent::restore`]. What follows from platform, seed
    /// and index is left out, and so is a key given with [`ClassicAgent::verify_with`]. An ID
    /// token that still waits is among the bytes: they are then as secret as it is.
    pub fn save(&self, out: &mut Vec<u8>) {
        VERSION.save(out);
        save_text(&self.platform.name, out);
        self.place.index.save(out);
        self.place.serial.save(out);
        self.key.mode().save(out);
        self.rng.state().save(out);
        self.now_ms.save(out);
        self.clock_offset_ms().save(out);
        self.transport.save(out);
        self.release.save(out);
        self.power.save(out);
        self.fabric.save(out);
        self.link.save(out);
        self.registration.save(out);
        self.certificate.save(out);
        self.evaluation.save(out);
        self.authorization.save(out);
        self.uses.save(out);
        self.exports.save(out);
        self.conversion.save(out);
        self.key_request.save(out);
    }

    /// The agent that [`ClassicAgent::save`] wrote. It goes on as if it had never been away.
    ///
    /// # Errors
    ///
    /// When the bytes, which are not trusted, are cut, of another release's layout, of another
    /// platform, seed, index or signing mode, or say what no agent could be.
    pub fn restore(
        platform: &'static Platform,
        seed: &Seed,
        index: u32,
        mode: SigningMode,
        saved: &[u8],
        common: &mut Common,
    ) -> Result<Self, Error> {
        let mut agent = Self::with_signing(platform, seed, index, mode);
        let mut from = Bytes::new(saved);
        agent.fill(&mut from)?;
        from.end()?;
        agent.check(&from)?;
        if let Some(held) = &mut agent.registration.held {
            held.accounts = common.accounts(&held.accounts.smart, &held.accounts.virtual_);
        }
        agent.faults = agent.fault_set();
        Ok(agent)
    }

    fn fill(&mut self, from: &mut Bytes<'_>) -> Result<(), SavedFault> {
        let found = u64::restore(from)?;
        if found != VERSION {
            return Err(SavedFault::Version { found, expected: VERSION });
        }
        let own = |same: bool, what| if same { Ok(()) } else { Err(SavedFault::Foreign { what }) };
        own(String::restore(from)? == self.platform.name, "platform")?;
        own(u32::restore(from)? == self.place.index, "index")?;
        own(u64::restore(from)? == self.place.serial, "seed")?;
        own(SigningMode::restore(from)? == self.key.mode(), "signing mode")?;
        self.rng = Rng::new(u64::restore(from)?);
        self.now_ms = u64::restore(from)?;
        let clock_offset_ms = i64::restore(from)?;
        if clock_offset_ms != 0 {
            self.unusual = Some(Box::new(Unusual { server_key: None, clock_offset_ms }));
        }
        self.transport = Saved::restore(from)?;
        self.release = Saved::restore(from)?;
        self.power = Saved::restore(from)?;
        self.fabric = Saved::restore(from)?;
        self.link = Saved::restore(from)?;
        self.registration = Saved::restore(from)?;
        self.certificate = Saved::restore(from)?;
        self.evaluation = Saved::restore(from)?;
        self.authorization = Saved::restore(from)?;
        self.uses = Saved::restore(from)?;
        self.exports = Saved::restore(from)?;
        self.conversion = Saved::restore(from)?;
        self.key_request = Saved::restore(from)?;
        Ok(())
    }

    /// Whether the parts go together: what the moves of the state machines rely on.
    fn check(&self, from: &Bytes<'_>) -> Result<(), SavedFault> {
        let licenses = self.platform.licenses.len();
        let known = |license: u8| usize::from(license) < licenses;
        from.check(self.fabric.is_some() == self.platform.fabric.is_some(), "a fabric")?;
        from.check(self.uses.0.iter().all(|used| known(used.license)), "a licence in use")?;
        let ascending = self.uses.0.windows(2).all(|pair| pair[0].license < pair[1].license);
        from.check(ascending, "an order of licences")?;
        let exports = &self.exports.0;
        let known_export = |export: &Export| known(export.license) && is_possible(export);
        from.check(exports.iter().all(known_export), "an export authorization")?;
        let once = |at: usize| exports[..at].iter().all(|one| one.license != exports[at].license);
        from.check((0..exports.len()).all(once), "an export authorization")?;
        from.check(self.link.is_possible(), "a link")?;
        from.check(self.is_registration_possible(), "a registration")?;
        from.check(self.is_certificate_possible(), "an ID certificate")?;
        from.check(self.is_authorization_possible(), "an authorization")?;
        from.check(self.is_evaluation_possible(), "an evaluation period")?;
        from.check(self.is_conversion_possible(), "a conversion")?;
        from.check(self.is_key_request_possible(&known), "a third-party key")?;
        from.check(self.is_request_possible(), "a request in flight")
    }

    fn is_registration_possible(&self) -> bool {
        let (state, attempt) = (self.registration.state, self.registration.attempt.is_some());
        let held = self.registration.held.is_some();
        match state {
            RegistrationState::NotRegistered
            | RegistrationState::Failed
            | RegistrationState::Expired => !held && !attempt,
            RegistrationState::Registering => attempt,
            RegistrationState::Retry => attempt && self.link.retry_due.is_set(),
            RegistrationState::Registered => held && !attempt,
            RegistrationState::Deregistering => !attempt,
        }
    }

    fn is_certificate_possible(&self) -> bool {
        let held = self.registration.held.is_some();
        let grace = self.certificate.grace_due.is_set();
        match self.certificate.state {
            IdCertificateState::None | IdCertificateState::Expired => !held && !grace,
            IdCertificateState::Valid | IdCertificateState::Warned => held && !grace,
            IdCertificateState::OutOfRange => held && grace,
        }
    }

    fn is_authorization_possible(&self) -> bool {
        let held = self.registration.held.is_some();
        match self.authorization.state {
            AuthorizationState::None => !self.uses.any(),
            AuthorizationState::Evaluation => self.uses.any() && !held,
            _ => self.uses.any() && held,
        }
    }

    fn is_evaluation_possible(&self) -> bool {
        let counts = self.uses.any() && self.registration.held.is_none() && !self.power.is_off;
        self.evaluation.is_possible()
            && (self.evaluation.state != EvaluationState::Counting || counts)
    }

    const fn is_conversion_possible(&self) -> bool {
        let deferred = self.conversion.deferral.is_some();
        match self.conversion.state {
            ConversionState::Polling => deferred && !self.conversion.wanted,
            ConversionState::Running => !deferred,
            _ => !deferred && !self.conversion.wanted,
        }
    }

    fn is_key_request_possible(&self, known: &impl Fn(u8) -> bool) -> bool {
        self.key_request.as_ref().is_none_or(|request| {
            let pending = request.state == ThirdPartyKeyState::Pending;
            known(request.license)
                && pending == request.deferral.is_some()
                && !(pending && request.wanted)
        })
    }

    /// Whether the state fits what is in flight.
    fn is_request_possible(&self) -> bool {
        let Some(sent) = self.link.in_flight else { return true };
        let registration = self.registration.state;
        let on = !self.power.is_off;
        let fits = match sent.asked {
            Asked::Registration => registration == RegistrationState::Registering,
            Asked::Deregistration => registration == RegistrationState::Deregistering,
            Asked::IdCertificate | Asked::Authorization(_) => true,
            Asked::Export(license) | Asked::ExportReturn(license) | Asked::ExportPoll(license) => {
                usize::from(license) < self.platform.licenses.len()
                    && self.exports.find(license).is_none_or(|export| {
                        !matches!(export.state, ExportState::Authorized | ExportState::Failed)
                    })
            }
            Asked::Conversion | Asked::ConversionPoll => true,
            Asked::ThirdPartyKey | Asked::ThirdPartyKeyPoll => {
                self.key_request.as_ref().is_none_or(|request| {
                    let state = request.state;
                    matches!(state, ThirdPartyKeyState::Requested | ThirdPartyKeyState::Pending)
                })
            }
        };
        on && fits
    }
}

/// Whether what is wanted can be sent from the state.
const fn is_possible(export: &Export) -> bool {
    match export.wanted {
        ExportWanted::Nothing => true,
        ExportWanted::Request => matches!(
            export.state,
            ExportState::None
                | ExportState::Requested
                | ExportState::NotAvailable
                | ExportState::Failed
        ),
        ExportWanted::Return => {
            export.can_return() || matches!(export.state, ExportState::Returning)
        }
    }
}
