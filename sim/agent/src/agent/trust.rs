//! What the end of an exchange does to trust: installed, refused, or given up.

use muster_wire::TrustId;
use muster_wire::trust::TrustAnswer;

use super::SmartAgent;
use crate::effect::Effect;
use crate::link::{Ending, LastResponse, Retry};
use crate::policy::rum_reports::{Clock, Wanted};
use crate::policy::trust::{self, Expected, TRUST_REFRESH_MS};
use crate::policy::trust_state::TrustInput;
use crate::syslog;
use crate::timer::Due;

impl SmartAgent {
    /// A token sent where only CSLU or On-Prem answers: it is given up.
    pub(super) fn token_not_served(&mut self, reason: String, effects: &mut Vec<Effect>) -> Ending {
        self.trust.token = None;
        let input = if self.trust.installed.is_some() {
            TrustInput::GivenUpKeepingTrust
        } else {
            TrustInput::GivenUp
        };
        self.move_trust(input, effects);
        self.log_trust_failure(&reason, effects);
        let response = LastResponse::NoReply;
        Ending::Bad { response, reason, retry: Retry::Never, communication: true }
    }

    pub(super) fn trust_answered(
        &mut self,
        answer: &TrustAnswer,
        effects: &mut Vec<Effect>,
    ) -> Ending {
        match self.install_trust(answer, effects) {
            Ok(()) => Ending::Good(LastResponse::Ok),
            Err(reason) => {
                let (response, retry) = (LastResponse::Ok, Retry::Never);
                Ending::Bad { response, reason, retry, communication: false }
            }
        }
    }

    /// Installs a trust code that verifies.
    pub(super) fn install_trust(
        &mut self,
        answer: &TrustAnswer,
        effects: &mut Vec<Effect>,
    ) -> Result<(), String> {
        let requested =
            Clock { now_ms: self.trust.requested_at_ms, offset_ms: self.clock_offset_ms };
        let expected = Expected {
            udi: &self.identity.udi,
            trust_id: TrustId(self.trust.last_id),
            server_key: self.server_key.as_deref(),
            requested_ms: requested.ms(),
            now_ms: self.clock().ms(),
        };
        match trust::verify(answer, &expected) {
            Ok(installed) => {
                self.trust.installed = Some(Box::new(installed));
                (self.trust.token, self.trust.force, self.trust.stale) = (None, false, false);
                self.trust.refresh_due = Due::at(self.now_ms.saturating_add(TRUST_REFRESH_MS));
                self.move_trust(TrustInput::Accepted, effects);
                effects.push(Effect::Syslog(syslog::trust_installed(&self.identity.udi)));
                Ok(())
            }
            Err(refusal) => {
                self.trust_refused(refusal.input, &refusal.reason, effects);
                Err(refusal.reason)
            }
        }
    }

    /// The envelope or line itself failed, so the server said nothing about the trust id: while a
    /// report waits for it, trust is asked for again.
    pub(super) fn trust_sync_refused(&mut self, reason: &str, effects: &mut Vec<Effect>) -> Retry {
        let waiting = self.reports.wanted;
        self.trust_refused(TrustInput::Refused, reason, effects);
        if waiting == Wanted::Nothing {
            return Retry::Never;
        }
        self.log_usage_failure(reason, effects);
        (self.reports.wanted, self.trust.sync_wanted) = (waiting, true);
        self.schedule.report_due = Due::NEVER;
        Retry::Slowly
    }

    pub(super) fn trust_refused(
        &mut self,
        input: TrustInput,
        reason: &str,
        effects: &mut Vec<Effect>,
    ) {
        (self.trust.token, self.trust.force) = (None, false);
        self.trust.stale |= input == TrustInput::OldTrustIdAnswered;
        self.move_trust(input, effects);
        self.log_trust_failure(reason, effects);
        // The trust code from before may still be refreshed later.
        if self.trust.installed.is_some() {
            self.trust.refresh_due = Due::at(self.now_ms.saturating_add(TRUST_REFRESH_MS));
        }
        // A report that waited for trust is put off.
        if self.trust.usable().is_none() && self.reports.wanted != Wanted::Nothing {
            self.reports.wanted = Wanted::Nothing;
            self.schedule.put_off(self.platform.cycle, self.now_ms);
        }
    }

    fn log_trust_failure(&self, reason: &str, effects: &mut Vec<Effect>) {
        effects.push(Effect::Syslog(syslog::trust_install_failed(&self.identity.udi, reason)));
    }
}
