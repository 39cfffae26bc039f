//! Authorization codes: asked for, installed, confirmed and returned, and what may be used with
//! them.
//!
//! Source: Obtaining a SLAC Response, step 3; the public YANG model
//! (`authorization-request-online`, `authorization-code-return-online`,
//! `authorization-code-return-offline`, `import-file`). Assumed: like usage, a request waits for
//! trust; a return does not.

use muster_wire::proposed::authorization_request::{AuthorizationRequestEntry, RequestedKey};
use muster_wire::proposed::slac::AuthorizationAnswer;
use muster_wire::{Artefact, ConfirmationCode, Extra, ReturnCode, Sudi};

use super::{SmartAgent, changed, legal};
use crate::effect::Effect;
use crate::effects::Effects;
use crate::input::Carrier;
use crate::policy::slac::{self, AuthorizationKind, Slac, SlacRefusal, VerifiedCode, not_verified};
use crate::policy::slac_state::{SlacInput, SlacState};
use crate::refusal::{self, Refusal};
use crate::syslog;
use crate::timer::Due;

/// Characters of a return code without its hyphens, as in the public sample.
const RETURN_CODE_LENGTH: usize = 24;
/// The same of a confirmation code. Assumed: eight characters.
const CONFIRMATION_CODE_LENGTH: usize = 8;

impl SmartAgent {
    pub(super) fn slac(&self) -> Option<&Slac> {
        self.unusual.as_ref()?.slac.as_deref()
    }

    pub(super) fn slac_mut(&mut self) -> &mut Slac {
        let unusual = self.unusual.get_or_insert_default();
        unusual.slac.get_or_insert_with(|| Box::new(Slac::new()))
    }

    fn slac_state(&self) -> SlacState {
        self.slac().map_or(SlacState::None, |slac| slac.state)
    }

    /// How many of a licence may be used; none when it needs no code.
    pub(super) fn allowed(&self, license: u8) -> Option<u32> {
        let needs = self.platform.licenses[usize::from(license)].needs_authorization();
        needs.then(|| self.slac().map_or(0, |slac| slac.allowed(license)))
    }

    /// What goes out next about the code. A request and a confirmation wait for trust.
    pub(super) fn next_authorization(&self) -> Option<AuthorizationKind> {
        self.slac().and_then(Slac::next)
    }

    pub(super) fn move_slac(&mut self, input: SlacInput, effects: &mut Effects<'_>) {
        let slac = self.slac_mut();
        let from = slac.state;
        slac.state = legal(from.on(input), from);
        if from != slac.state {
            let (from, to) = (from.as_str(), slac.state.as_str());
            effects.fact(|| changed(SlacState::MACHINE, from, to, input.as_str()));
        }
    }

    pub(super) fn request_authorization(
        &mut self,
        feature: &str,
        count: u32,
        add: bool,
        carrier: Carrier,
        effects: &mut Effects<'_>,
    ) -> Result<(), Refusal> {
        if carrier == Carrier::Message {
            self.reachable()?;
        }
        let license = self.platform.license_index(feature).ok_or(refusal::NO_SUCH_FEATURE)?;
        self.allowed(license).ok_or(refusal::NEEDS_NO_CODE)?;
        match self.slac_state() {
            _ if count == 0 => return Err(refusal::NO_COUNT),
            SlacState::Requested | SlacState::Deferred => {
                return Err(refusal::AUTHORIZATION_UNDER_WAY);
            }
            SlacState::Returning => return Err(refusal::RETURN_UNDER_WAY),
            _ => {}
        }
        self.slac_mut().ask(license, count, add);
        match carrier {
            Carrier::Message => {
                self.slac_mut().request_wanted = true;
                self.link.hurry();
                self.move_slac(SlacInput::RequestWanted, effects);
            }
            Carrier::File => {
                // A confirmation that no message has taken goes with the file.
                let confirms = std::mem::take(&mut self.slac_mut().confirm_wanted);
                let mut entry = self.authorization_entry(AuthorizationKind::Request);
                if confirms {
                    let kind = AuthorizationKind::Confirm;
                    entry.confirm_code = self.authorization_entry(kind).confirm_code;
                }
                self.write_authorization_request(entry, effects);
                self.move_slac(SlacInput::RequestSaved, effects);
            }
        }
        Ok(())
    }

    pub(super) fn return_authorization(
        &mut self,
        carrier: Carrier,
        effects: &mut Effects<'_>,
    ) -> Result<(), Refusal> {
        match self.slac_state() {
            SlacState::Requested | SlacState::Deferred => {
                return Err(refusal::AUTHORIZATION_UNDER_WAY);
            }
            SlacState::Returning => return Err(refusal::RETURN_UNDER_WAY),
            _ => {}
        }
        let installed = self.slac().filter(|slac| slac.is_installed()).ok_or(refusal::NO_CODE)?;
        if installed.granted.iter().any(|one| self.reports.count_of(one.license) > 0) {
            return Err(refusal::CODE_IN_USE);
        }
        if carrier == Carrier::Message {
            self.reachable()?;
            self.trust.usable().ok_or(refusal::NO_TRUST)?;
        }
        let code = ReturnCode::spelled(&self.spelling::<RETURN_CODE_LENGTH>());
        let slac = self.slac_mut();
        slac.granted = Default::default();
        slac.asked = Default::default();
        slac.installed_at = Due::NEVER;
        slac.confirm_wanted = false;
        slac.return_code = Some(code.as_str().into());
        effects.syslog(|| syslog::authorization_removed(&self.udi()));
        match carrier {
            Carrier::Message => {
                self.slac_mut().return_wanted = true;
                self.link.hurry();
                self.move_slac(SlacInput::ReturnWanted, effects);
            }
            Carrier::File => {
                let entry = self.authorization_entry(AuthorizationKind::Return);
                self.write_authorization_request(entry, effects);
                self.move_slac(SlacInput::ReturnSaved, effects);
            }
        }
        Ok(())
    }

    /// Assumed: the levels above the free one use one export-controlled licence, those below none.
    pub(super) fn set_throughput(
        &mut self,
        mbps: u32,
        effects: &mut Effects<'_>,
    ) -> Result<(), Refusal> {
        let levels = self.platform.throughput.as_ref().ok_or(refusal::NO_THROUGHPUT)?;
        if !levels.has_level(mbps) {
            return Err(refusal::NO_SUCH_LEVEL);
        }
        let needs = levels.needs_export_license(mbps);
        let feature = self.platform.export_license().map(|license| &license.feature);
        let license = feature.and_then(|feature| self.platform.license_index(feature));
        if needs && license.and_then(|license| self.allowed(license)).unwrap_or(0) == 0 {
            return Err(refusal::THROUGHPUT_NOT_AUTHORIZED);
        }
        self.unusual.get_or_insert_default().throughput_mbps = Some(mbps);
        if let Some(license) = license {
            self.use_license(license, u32::from(needs), effects);
        }
        Ok(())
    }

    /// What one message or file says of the code.
    pub(super) fn authorization_entry(&self, kind: AuthorizationKind) -> AuthorizationRequestEntry {
        let slac = self.slac();
        let mut entry = AuthorizationRequestEntry {
            sudi: Sudi::from(&self.udi()),
            keys: Vec::new(),
            confirm_code: None,
            remove_code: None,
            extra: Extra::new(),
        };
        let text = |code: &Option<Box<str>>| code.as_deref().map(str::to_owned);
        match (kind, slac) {
            (_, None) => {}
            (AuthorizationKind::Request, Some(slac)) => {
                let key = |asked: &slac::Authorized| RequestedKey {
                    entitlement: self.platform.licenses[usize::from(asked.license)].tag.clone(),
                    count: asked.count,
                    extra: Extra::new(),
                };
                entry.keys = slac.asked.iter().map(key).collect();
            }
            (AuthorizationKind::Confirm, Some(slac)) => {
                entry.confirm_code = text(&slac.confirmation).map(ConfirmationCode::from);
            }
            (AuthorizationKind::Return, Some(slac)) => {
                entry.remove_code = text(&slac.return_code).map(ReturnCode::from);
            }
        }
        entry
    }

    fn write_authorization_request(
        &mut self,
        entry: AuthorizationRequestEntry,
        effects: &mut Effects<'_>,
    ) {
        let written =
            self.compose(effects.common, |composer, _| composer.authorization_request(entry));
        let file = Artefact::AuthorizationRequest(Box::new(written));
        effects.push(Effect::FileWritten(Box::new(file)));
    }

    /// Installs what an account answered to a request, or what a file brings.
    pub(super) fn install_authorization(
        &mut self,
        answer: &AuthorizationAnswer,
        carrier: Carrier,
        effects: &mut Effects<'_>,
    ) -> Result<(), SlacRefusal> {
        let (udi, key) = (self.udi(), self.server_key(effects.common));
        let verified = slac::verify(answer, &udi, key.as_deref(), self.platform)
            .and_then(|code| self.check_code(code, carrier));
        let code = match verified {
            Ok(code) => code,
            Err(refused) => {
                effects.syslog(|| syslog::authorization_failed(&udi, &refused.reason));
                return Err(refused);
            }
        };
        let replaces = self.slac().is_some_and(Slac::is_installed);
        let stamp_ms = code.stamp_ms.unwrap_or(0);
        if replaces && stamp_ms > 0 && self.slac().is_some_and(|slac| slac.stamp_ms == stamp_ms) {
            // The same code once more.
            self.move_slac(SlacInput::Accepted, effects);
            self.slac_mut().asked = Default::default();
            return Ok(());
        }
        let confirmation = replaces
            .then(|| ConfirmationCode::spelled(&self.spelling::<CONFIRMATION_CODE_LENGTH>()));
        let installed_at = Due::at(self.now_ms);
        let slac = self.slac_mut();
        slac.granted = code.licenses;
        slac.asked = Default::default();
        (slac.installed_at, slac.stamp_ms) = (installed_at, stamp_ms);
        if let Some(code) = confirmation {
            slac.confirmation = Some(code.as_str().into());
            slac.confirm_wanted = true;
        }
        self.polls.remove_authorization();
        self.move_slac(SlacInput::Accepted, effects);
        effects.syslog(|| syslog::authorization_installed(&udi));
        Ok(())
    }

    /// What only the instance knows of a code: whether it is newer, and covers what is in use. An
    /// answer to a message is new, for it repeats the nonce.
    fn check_code(
        &self,
        code: VerifiedCode,
        carrier: Carrier,
    ) -> Result<VerifiedCode, SlacRefusal> {
        if let (Carrier::File, Some(slac), Some(stamp_ms)) = (carrier, self.slac(), code.stamp_ms) {
            let is_old = stamp_ms < slac.stamp_ms;
            let is_gone = stamp_ms == slac.stamp_ms && !slac.is_installed();
            if is_old || is_gone {
                return Err(not_verified("the code was replaced or returned"));
            }
        }
        let given = |license: u8| {
            let one = code.licenses.iter().find(|one| one.license == license);
            one.map_or(0, |one| one.count)
        };
        let covers = (0..self.platform.licenses.len()).all(|at| {
            let license = u8::try_from(at).expect("a platform lists at most 64 licences");
            self.allowed(license).is_none() || self.reports.count_of(license) <= given(license)
        });
        if covers { Ok(code) } else { Err(not_verified("the code does not cover what is in use")) }
    }

    /// A file with an account's answer.
    pub(super) fn import_authorization(
        &mut self,
        answer: &AuthorizationAnswer,
        effects: &mut Effects<'_>,
    ) -> Result<(), Refusal> {
        if self.authorization_in_flight() {
            return Err(refusal::AUTHORIZATION_UNDER_WAY);
        }
        if self.slac_state() == SlacState::Returning {
            return Err(refusal::RETURN_UNDER_WAY);
        }
        let refused = match self.install_authorization(answer, Carrier::File, effects) {
            Ok(()) => {
                self.slac_mut().request_wanted = false;
                return Ok(());
            }
            Err(refused) => refused,
        };
        // An account's refusal answers the request in a file; a file that does not verify is only
        // the wrong one.
        if refused.by_account && self.slac_state() == SlacState::FileAwaited {
            self.authorization_refused(&refused, effects);
        }
        Err(refusal::CODE_NOT_ACCEPTED)
    }

    /// The request is given up; a code from before stands.
    pub(super) fn authorization_refused(
        &mut self,
        refused: &SlacRefusal,
        effects: &mut Effects<'_>,
    ) {
        let slac = self.slac_mut();
        (slac.request_wanted, slac.asked) = (false, Default::default());
        let input = match (refused.by_account, slac.is_installed()) {
            (true, false) => SlacInput::Refused,
            (true, true) => SlacInput::RefusedKeepingCode,
            (false, false) => SlacInput::NotVerified,
            (false, true) => SlacInput::NotVerifiedKeepingCode,
        };
        self.move_slac(input, effects);
    }

    /// What random codes are spelled from.
    fn spelling<const N: usize>(&mut self) -> [u8; N] {
        std::array::from_fn(|_| self.rng.next_u64().to_le_bytes()[0])
    }
}
