//! What the end of an exchange does to trust: installed, refused, or given up.

use muster_wire::TrustId;
use muster_wire::trust::TrustAnswer;

use super::SmartAgent;
use crate::effects::Effects;
use crate::link::{Ending, LastResponse, Retry};
use crate::policy::rum_reports::{Clock, Wanted};
use crate::policy::trust::{self, Expected, TRUST_REFRESH_MS};
use crate::policy::trust_state::TrustInput;
use crate::syslog;
use crate::timer::Due;

impl SmartAgent {
    /// A token sent where only CSLU or On-Prem answers: it is given up.
    pub(super) fn token_not_served(&mut self, reason: String, effects: &mut Effects<'_>) -> Ending {
        self.trust.token = None;
        self.move_trust(self.token_given_up(), effects);
        self.log_trust_failure(&reason, effects);
        let response = LastResponse::NoReply;
        Ending::Bad { response, reason, retry: Retry::Never, communication: true }
    }

    /// How a request with a token ends that nobody will answer.
    pub(super) const fn token_given_up(&self) -> TrustInput {
        match self.trust.installed {
            Some(_) => TrustInput::GivenUpKeepingTrust,
            None => TrustInput::GivenUp,
        }
    }

    pub(super) fn trust_answered(
        &mut self,
        answer: &TrustAnswer,
        effects: &mut Effects<'_>,
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
        effects: &mut Effects<'_>,
    ) -> Result<(), String> {
        let requested =
            Clock { now_ms: self.trust.requested_at_ms, offset_ms: self.clock_offset_ms() };
        let (udi, server_key) = (self.udi(), self.server_key(effects.common));
        let expected = Expected {
            udi: &udi,
            trust_id: TrustId(self.trust.last_id),
            server_key: server_key.as_deref(),
            requested_ms: requested.ms(),
            now_ms: self.clock().ms(),
        };
        match trust::verify(answer, &expected, effects.common) {
            Ok(installed) => {
                self.trust.installed = Some(installed);
                (self.trust.token, self.trust.force, self.trust.stale) = (None, false, false);
                self.trust.refresh_due = Due::at(self.now_ms.saturating_add(TRUST_REFRESH_MS));
                self.move_trust(TrustInput::Accepted, effects);
                effects.syslog(|| syslog::trust_installed(&self.udi()));
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
    pub(super) fn trust_sync_refused(&mut self, reason: &str, effects: &mut Effects<'_>) -> Retry {
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
        effects: &mut Effects<'_>,
    ) {
        (self.trust.token, self.trust.force) = (None, false);
        self.trust.stale |= input == TrustInput::OldTrustIdAnswered;
        self.move_trust(input, effects);
        self.log_trust_failure(reason, effects);
        if self.trust.usable().is_none() {
            self.give_up_authorization(reason, effects);
        }
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

    fn log_trust_failure(&self, reason: &str, effects: &mut Effects<'_>) {
        effects.syslog(|| syslog::trust_install_failed(&self.udi(), reason));
    }
}
