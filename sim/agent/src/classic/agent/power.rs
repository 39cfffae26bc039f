//! The instance starts anew, in good order, with another release, or after it lost power.
//!
//! Source: Cisco ACI Smart Licensing, "Smart Licensing Usage Guidelines and Limitations" (a token
//! is not stored; 3.x to 4.x loses the registration; the countdown stays). Assumed: the crypto
//! initialisation of the other era, and that what is in use is reported anew after a start.

use super::ClassicAgent;
use crate::classic::answer::Reply;
use crate::classic::effect::{ClassicEffect, Effects};
use crate::classic::link::Occasion;
use crate::classic::machine::step;
use crate::classic::registration_state::{RegistrationInput, RegistrationState};
use crate::classic::syslog;
use crate::classic::transport::Framing;
use crate::timer::{Due, SECOND_MS};

/// Crypto initialisation after a start takes about this long (Troubleshoot SLP on 9800).
const CRYPTO_INIT_MS: u64 = 30 * SECOND_MS;
const POWER_LOST: &str = "the product instance lost power";

impl ClassicAgent {
    pub(super) fn reboot(&mut self, effects: &mut Effects<'_>) {
        self.power.is_off = false;
        self.forget_what_is_not_stored(effects);
        if let Some(release) = self.power.release_wanted.take() {
            let before = std::mem::replace(&mut self.release, release);
            self.upgraded(before, release, effects);
        }
        self.link.retry_due = Due::NEVER;
        self.power.crypto_due = Due::at(self.now_ms.saturating_add(CRYPTO_INIT_MS));
        if self.registration.held.is_some() {
            self.authorization.want(Occasion::Change);
        }
        effects.syslog(crate::syslog::event_system_init);
        effects.syslog(|| crate::syslog::event_crypto(false));
    }

    fn upgraded(&mut self, from: u8, to: u8, effects: &mut Effects<'_>) {
        let registered = self.registration.state == RegistrationState::Registered;
        if registered && self.family.loses_registration(from, to) {
            step(&mut self.registration.state, RegistrationInput::Upgraded, effects);
            self.wipe(effects);
        }
    }

    pub(super) fn crypto_ready(&mut self, effects: &mut Effects<'_>) {
        self.power.crypto_due = Due::NEVER;
        effects.fact(|| ClassicEffect::TimerFired("crypto_ready"));
        effects.syslog(|| crate::syslog::event_crypto(true));
        effects.syslog(syslog::agent_ready);
        effects.syslog(syslog::agent_enabled);
        if self.transport.framing == Framing::CallHome {
            effects.syslog(syslog::call_home_enabled);
        }
        if !self.export_allowed() {
            effects.syslog(syslog::export_controlled);
        }
    }

    /// Power is gone, and with it the request in flight: whatever the server made of it, the
    /// instance asks again once it is up.
    pub(super) fn power_lost(&mut self, effects: &mut Effects<'_>) {
        if self.power.is_off {
            return;
        }
        if let Some(sent) = self.link.in_flight.take() {
            self.end(sent.asked, Reply::Unreachable(POWER_LOST.to_owned()), effects);
        }
        self.forget_what_is_not_stored(effects);
        self.link.retry_due = Due::NEVER;
        self.power.is_off = true;
        (self.power.crypto_due, self.power.reboot_wanted) = (Due::NEVER, false);
    }

    /// A token is never stored, and a goodbye that was begun is over.
    fn forget_what_is_not_stored(&mut self, effects: &mut Effects<'_>) {
        match self.registration.state {
            RegistrationState::Registering | RegistrationState::Retry => {
                let input = match self.registration.held {
                    Some(_) => RegistrationInput::TokenLostKeepingRegistration,
                    None => RegistrationInput::TokenLost,
                };
                self.registration.attempt = None;
                step(&mut self.registration.state, input, effects);
            }
            RegistrationState::Deregistering => self.finish_leaving(effects),
            _ => {}
        }
    }
}
