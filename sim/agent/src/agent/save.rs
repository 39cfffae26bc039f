//! What an instance hands out instead of sending it: usage, and a trust request.
//!
//! Source: Troubleshoot SLP on 9800, "Background Information" (reports as a file); the public YANG
//! model (`rum-save-usage-all`, `-unreported`, `-days`, `trust-request-save`).

use muster_wire::{Artefact, TrustId};

use super::SmartAgent;
use crate::effect::Effect;
use crate::effects::Effects;
use crate::input::UsageSelection;
use crate::policy::rum_reports::CloseReason;
use crate::policy::schedule::REPORT_INTERVAL_DAYS_MAX;
use crate::policy::trust_state::{TrustInput, TrustState};
use crate::refusal::{self, Refusal};

impl SmartAgent {
    /// Assumed: a saved report counts as handed out, so that an imported acknowledgement settles
    /// it.
    pub(super) fn save_usage(
        &mut self,
        which: UsageSelection,
        effects: &mut Effects<'_>,
    ) -> Result<(), Refusal> {
        if self.usage_in_flight() {
            return Err(refusal::USAGE_IN_FLIGHT);
        }
        if !self.reports.has_something() && !self.reports.has_unacknowledged() {
            return Err(refusal::NOTHING_TO_REPORT);
        }
        self.close_measured_reports(effects);
        self.collect_reports(which, effects)
    }

    /// Closes what is open, so that usage up to now can be collected. Assumed: what was opened in
    /// this very second, as the successor of a report just closed, stays open.
    pub(super) fn close_measured_reports(&mut self, effects: &mut Effects<'_>) {
        self.close_those(CloseReason::CurrentUsageRequested, true, effects);
    }

    /// Hands reports out: signed under the trust code, or built in without one (public).
    pub(super) fn collect_reports(
        &mut self,
        which: UsageSelection,
        effects: &mut Effects<'_>,
    ) -> Result<(), Refusal> {
        if let UsageSelection::Days(days) = which
            && !(1..=REPORT_INTERVAL_DAYS_MAX).contains(&days)
        {
            return Err(refusal::DAYS);
        }
        let now_s = self.clock().seconds();
        let ids = self.reports.hand_out(which, now_s, effects);
        if ids.is_empty() && matches!(which, UsageSelection::Report(_)) {
            return Err(refusal::NO_SUCH_REPORT);
        }
        let trust_id = self.trust.usable().map(|trust| trust.id);
        let file = self.compose(effects.common, |composer, stored| {
            let chosen = stored.iter_mut().filter(|one| ids.binary_search(&one.id).is_ok());
            composer.usage_file(trust_id, chosen)
        });
        effects.push(Effect::UsageSaved(Box::new(file)));
        Ok(())
    }

    /// Writes a trust request. Assumed: one that awaits its answer is written again with the same
    /// trust id, so that the answer to either copy fits.
    pub(super) fn save_trust_request(&mut self, effects: &mut Effects<'_>) -> Result<(), Refusal> {
        if self.trust_in_flight() {
            return Err(refusal::TRUST_IN_FLIGHT);
        }
        let trust = &self.trust;
        let online = trust.token.is_some() || trust.sync_wanted;
        if trust.state != TrustState::Requested || online {
            self.trust.last_id = self.trust.last_id.saturating_add(1);
            self.trust.requested_at_ms = self.now_ms;
            // An answer to an earlier request would carry a trust id that is not wanted now.
            self.polls.remove_trust();
            self.move_trust(TrustInput::RequestSent, effects);
        }
        let trust_id = TrustId(self.trust.last_id);
        let request = self
            .compose(effects.common, |composer, _| composer.trust_request(trust_id, None, false));
        let file = Artefact::TrustRequest(Box::new(request));
        effects.push(Effect::FileWritten(Box::new(file)));
        Ok(())
    }
}
