//! What goes out next, and how it is worded.

use muster_wire::TrustId;

use super::SmartAgent;
use crate::effect::{Effect, Outbound};
use crate::effects::{Common, Effects};
use crate::link::{InFlight, RequestKind};
use crate::policy::payload::Writer;
use crate::policy::reporting_state::ReportingInput;
use crate::policy::request::Composer;
use crate::policy::rum_reports::{CloseReason, StoredReport, Wanted};
use crate::policy::slac::AuthorizationKind;
use crate::policy::trust_state::TrustInput;

impl SmartAgent {
    /// Sends the next request if one is wanted and nothing stands in its way.
    pub(super) fn proceed(&mut self, effects: &mut Effects<'_>) {
        if self.in_flight() {
            return;
        }
        if std::mem::take(&mut self.reboot_wanted) {
            self.reboot(effects);
        }
        if !self.is_up() || self.link.retry_due().is_set() {
            return;
        }
        match self.next_request() {
            Some(kind) => self.send(kind, effects),
            None => self.settle(effects),
        }
    }

    fn next_request(&mut self) -> Option<RequestKind> {
        if self.trust.token.is_some() {
            return Some(RequestKind::IdTokenTrust);
        }
        if self.trust.sync_wanted {
            return Some(RequestKind::TrustSync);
        }
        let authorization = self.next_authorization();
        if authorization == Some(AuthorizationKind::Return) {
            return Some(RequestKind::Authorization(AuthorizationKind::Return));
        }
        if let Some(poll) = self.polls.next_wanted() {
            return Some(RequestKind::Poll(poll.id, poll.kind));
        }
        if self.trust.usable().is_none() {
            // A report waits for trust, which is asked for unless the answer is only deferred.
            let waits = self.reports.wanted != Wanted::Nothing || authorization.is_some();
            return (waits && !self.polls.has_trust()).then_some(RequestKind::TrustSync);
        }
        if let Some(kind) = authorization {
            return Some(RequestKind::Authorization(kind));
        }
        let wanted = match self.reports.wanted {
            Wanted::Nothing => false,
            Wanted::Closed => self.reports.has_closed(),
            Wanted::Current => self.reports.has_something(),
        };
        if !wanted {
            let wanted = std::mem::take(&mut self.reports.wanted);
            // Without an open report there is nothing to plan for until a licence is used.
            if wanted == Wanted::Current && self.reports.has_open() {
                self.schedule.put_off(self.platform.cycle, self.now_ms);
            }
            return None;
        }
        Some(RequestKind::Usage)
    }

    fn send(&mut self, kind: RequestKind, effects: &mut Effects<'_>) {
        match kind {
            RequestKind::IdTokenTrust | RequestKind::TrustSync => {
                self.trust.last_id = self.trust.last_id.saturating_add(1);
                self.trust.requested_at_ms = self.now_ms;
                self.trust.sync_wanted = false;
                // An answer to an earlier request would carry a trust id that is not wanted now.
                self.polls.remove_trust();
                self.move_link(ReportingInput::TrustRequested, effects);
                self.move_trust(TrustInput::RequestSent, effects);
            }
            RequestKind::Usage => {
                if std::mem::take(&mut self.reports.wanted) == Wanted::Current {
                    self.close_reports(CloseReason::CurrentUsageRequested, effects);
                }
                self.reports.hand_over(effects);
                self.schedule.reported(self.now_ms);
                self.plan();
                self.move_link(ReportingInput::UsageSent, effects);
            }
            RequestKind::Poll(..) => self.move_link(ReportingInput::PollSent, effects),
            RequestKind::Authorization(kind) => {
                self.authorization_sent(kind);
                self.move_link(ReportingInput::AuthorizationSent, effects);
            }
        }
        let (outbound, nonce) = self.write(kind, effects.common);
        self.link.sent(InFlight { kind, nonce });
        effects.push(Effect::Send(outbound));
    }

    /// The request in words, and its nonce.
    fn write(&mut self, kind: RequestKind, common: &mut Common) -> (Box<Outbound>, u64) {
        let (trust_id, force) = (TrustId(self.trust.last_id), self.trust.force);
        let signed_under = self.trust.usable().map(|trust| trust.id);
        // It stays until the server has looked at it.
        let token = self.trust.token.take();
        let entry = match kind {
            RequestKind::Authorization(kind) => Some(self.authorization_entry(kind)),
            _ => None,
        };
        let written = self.compose(common, |composer, stored| {
            let outbound = match kind {
                RequestKind::IdTokenTrust => composer.trust(trust_id, token.as_deref(), force),
                RequestKind::TrustSync => composer.trust(trust_id, None, force),
                RequestKind::Usage => {
                    composer.usage(signed_under.expect("usage is sent only with trust"), stored)
                }
                RequestKind::Poll(poll_id, _) => composer.poll(poll_id),
                RequestKind::Authorization(kind) => {
                    composer.authorization(kind, entry.expect("made for this kind of request"))
                }
            };
            (outbound, composer.nonce)
        });
        self.trust.token = token;
        written
    }

    /// Has something written in the name of the instance, with a nonce of its own.
    pub(super) fn compose<R>(
        &mut self,
        common: &mut Common,
        write: impl FnOnce(&mut Composer<'_>, &mut [StoredReport]) -> R,
    ) -> R {
        let nonce = self.rng.next_u64();
        let clock_ms = self.clock().ms();
        let (identity, product_instance) = (self.identity(), self.trust.product_instance());
        let writer = Writer::new(self.platform, &identity, product_instance.as_ref());
        let loaded_keys = &mut common.keys;
        let mut composer = Composer { writer, key: &self.key, loaded_keys, clock_ms, nonce };
        write(&mut composer, &mut self.reports.stored)
    }

    /// Nothing goes out: either deferred results are outstanding, or nothing is.
    pub(super) fn settle(&mut self, effects: &mut Effects<'_>) {
        let input = if self.polls.is_empty() {
            ReportingInput::Settled
        } else {
            ReportingInput::ResultsOutstanding
        };
        self.move_link(input, effects);
    }
}
