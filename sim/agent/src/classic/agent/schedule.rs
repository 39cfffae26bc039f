//! What happens on its own: timers, and which request goes out next.

use super::ClassicAgent;
use crate::classic::authorization_state::{AuthorizationInput, AuthorizationState};
use crate::classic::conversion_state::ConversionState;
use crate::classic::effect::{ClassicEffect, Effects};
use crate::classic::exports::ExportWanted;
use crate::classic::link::{Asked, Occasion};
use crate::classic::machine::step;
use crate::classic::registration_state::{RegistrationInput, RegistrationState};
use crate::classic::syslog;
use crate::timer::Due;

impl ClassicAgent {
    /// When [`crate::classic::ClassicInput::TimerDue`] is next needed, milliseconds since the
    /// epoch. None while nothing will happen on its own.
    pub fn next_timer(&self) -> Option<u64> {
        if self.power.is_off {
            return None;
        }
        let mut due = self.power.crypto_due.min(self.evaluation.due());
        due = due.min(self.certificate.grace_due).min(self.expiry_due());
        due = due.min(self.authorization.deadline).min(self.authorization.grace_due);
        if self.is_up() {
            due = due.min(self.link.retry_due).min(self.conversion.limit_due);
            if self.registration.stands() {
                due = due.min(self.certificate.renewal_due);
                due = due.min(self.authorization.renewal_due).min(self.authorization.refresh_due);
            }
            // What a retry would repeat, the retry repeats: polls wait for it.
            if !self.in_flight() && !self.link.retry_due.is_set() {
                due = due.min(self.polls_due());
            }
        }
        due.ms()
    }

    /// When the ID certificate runs out, in logical time.
    pub(super) fn expiry_due(&self) -> Due {
        match &self.registration.held {
            Some(held) if self.certificate.is_usable() => {
                let offset_ms = self.clock_offset_ms().saturating_neg();
                Due::at(held.not_after_ms.saturating_add_signed(offset_ms).min(u64::MAX - 1))
            }
            _ => Due::NEVER,
        }
    }

    fn polls_due(&self) -> Due {
        let exports = self.exports.0.iter().filter_map(|export| export.deferral);
        let key = self.key_request.as_ref().and_then(|request| request.deferral);
        let all = exports.chain(self.conversion.deferral).chain(key);
        all.map(|deferral| deferral.due).min().unwrap_or_default()
    }

    pub(super) fn timers(&mut self, effects: &mut Effects<'_>) {
        if self.power.is_off {
            return;
        }
        let now_ms = self.now_ms;
        if self.power.crypto_due.is_due(now_ms) {
            self.crypto_ready(effects);
        }
        let (place, platform) = (self.place, self.platform);
        self.evaluation.tick(now_ms, || place.identity(platform).udi, effects);
        self.certificate_timers(effects);
        self.deadlines(effects);
        if !self.is_up() {
            return;
        }
        self.retry(effects);
        if self.conversion.limit_due.is_due(now_ms) {
            effects.fact(|| ClassicEffect::TimerFired("conversion_limit"));
            self.conversion_timed_out(effects);
        }
        if self.registration.stands() {
            self.renewals(effects);
        }
        for _ in 0..self.wake_polls() {
            effects.fact(|| ClassicEffect::TimerFired("poll_due"));
        }
    }

    fn retry(&mut self, effects: &mut Effects<'_>) {
        if self.link.retry_due.is_due(self.now_ms) {
            self.link.retry_due = Due::NEVER;
            effects.fact(|| ClassicEffect::TimerFired("retry"));
            self.resume_registration(effects);
        }
    }

    /// A registration that waited for its next attempt makes it.
    pub(super) fn resume_registration(&mut self, effects: &mut Effects<'_>) {
        if self.registration.state == RegistrationState::Retry {
            step(&mut self.registration.state, RegistrationInput::RetryDue, effects);
        }
    }

    fn renewals(&mut self, effects: &mut Effects<'_>) {
        let now_ms = self.now_ms;
        if self.certificate.renewal_due.is_due(now_ms) {
            self.certificate.renewal_due = Due::NEVER;
            effects.fact(|| ClassicEffect::TimerFired("id_renewal"));
            self.certificate.renewal_wanted = true;
        }
        if self.authorization.refresh_due.is_due(now_ms) {
            self.authorization.refresh_due = Due::NEVER;
            effects.fact(|| ClassicEffect::TimerFired("authorization_refresh"));
            if self.authorization.state != AuthorizationState::None {
                step(&mut self.authorization.state, AuthorizationInput::RefreshDue, effects);
            }
            self.authorization.want(Occasion::Refresh);
        }
        if self.authorization.renewal_due.is_due(now_ms) {
            self.authorization.renewal_due = Due::NEVER;
            effects.fact(|| ClassicEffect::TimerFired("authorization_renewal"));
            step(&mut self.authorization.state, AuthorizationInput::RenewalDue, effects);
            self.authorization.want(Occasion::Renewal);
        }
    }

    fn deadlines(&mut self, effects: &mut Effects<'_>) {
        let now_ms = self.now_ms;
        if self.authorization.deadline.is_due(now_ms) {
            self.authorization.deadline = Due::NEVER;
            effects.fact(|| ClassicEffect::TimerFired("authorization_deadline"));
            if matches!(
                self.authorization.state,
                AuthorizationState::Waiting
                    | AuthorizationState::Authorized
                    | AuthorizationState::OutOfCompliance
            ) {
                self.authorization_expired(effects);
            }
        }
        if self.authorization.grace_due.is_due(now_ms) {
            self.authorization.grace_due = Due::NEVER;
            effects.fact(|| ClassicEffect::TimerFired("authorization_grace"));
            if self.authorization.state == AuthorizationState::Expired {
                step(&mut self.authorization.state, AuthorizationInput::GraceOver, effects);
                effects.syslog(syslog::authorization_expired);
            }
        }
    }

    /// Wakes the deferred results whose time has come; how many.
    fn wake_polls(&mut self) -> usize {
        if self.in_flight() || self.link.retry_due.is_set() {
            return 0;
        }
        let now_ms = self.now_ms;
        let exports = self.exports.0.iter_mut().filter_map(|export| export.deferral.as_mut());
        let key = self.key_request.as_mut().and_then(|request| request.deferral.as_mut());
        let all = exports.chain(self.conversion.deferral.as_mut()).chain(key);
        all.map(|deferral| deferral.wake(now_ms)).filter(|woke| *woke).count()
    }

    /// Sends the next request if one is wanted and nothing stands in its way.
    pub(super) fn proceed(&mut self, effects: &mut Effects<'_>) {
        if self.in_flight() {
            return;
        }
        if std::mem::take(&mut self.power.reboot_wanted) {
            self.reboot(effects);
        }
        if !self.is_up() || self.link.retry_due.is_set() {
            return;
        }
        if let Some(asked) = self.next_request() {
            self.send(asked, effects);
        }
    }

    fn next_request(&self) -> Option<Asked> {
        match self.registration.state {
            RegistrationState::Registering => Some(Asked::Registration),
            RegistrationState::Deregistering => {
                let held =
                    self.exports.0.iter().find(|export| export.wanted == ExportWanted::Return);
                Some(
                    held.map_or(Asked::Deregistration, |export| {
                        Asked::ExportReturn(export.license)
                    }),
                )
            }
            RegistrationState::Registered if self.certificate.is_usable() => {
                self.next_of_registered()
            }
            _ => None,
        }
    }

    fn next_of_registered(&self) -> Option<Asked> {
        if self.certificate.renewal_wanted {
            return Some(Asked::IdCertificate);
        }
        if let Some(occasion) = self.authorization.wanted {
            return Some(Asked::Authorization(occasion));
        }
        if self.conversion.wanted && self.conversion.state == ConversionState::Running {
            return Some(Asked::Conversion);
        }
        if self.conversion.deferral.is_some_and(|deferral| deferral.wanted) {
            return Some(Asked::ConversionPoll);
        }
        self.next_export().or_else(|| self.next_key_request())
    }

    fn next_export(&self) -> Option<Asked> {
        self.exports.0.iter().find_map(|export| match export.wanted {
            ExportWanted::Request => Some(Asked::Export(export.license)),
            ExportWanted::Return => Some(Asked::ExportReturn(export.license)),
            ExportWanted::Nothing => {
                let polls = export.deferral.is_some_and(|deferral| deferral.wanted);
                polls.then_some(Asked::ExportPoll(export.license))
            }
        })
    }

    fn next_key_request(&self) -> Option<Asked> {
        let request = self.key_request.as_ref()?;
        let polls = request.deferral.is_some_and(|deferral| deferral.wanted);
        match (request.wanted, polls) {
            (true, _) => Some(Asked::ThirdPartyKey),
            (false, true) => Some(Asked::ThirdPartyKeyPoll),
            (false, false) => None,
        }
    }
}
