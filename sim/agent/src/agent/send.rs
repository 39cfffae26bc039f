//! What goes out next. How it is worded stands in `seal.rs`.

use muster_wire::{RequestType, TrustId};

use super::SmartAgent;
use crate::effect::{Asked, Effect, Outbound};
use crate::effects::Effects;
use crate::link::{InFlight, RequestKind};
use crate::policy::reporting_state::ReportingInput;
use crate::policy::rum_reports::{CloseReason, Wanted};
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
        let mut reports = Vec::new();
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
                reports = self.reports.hand_over(effects);
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
        let outbound = self.outbound(kind, reports);
        self.link.sent(InFlight { kind, nonce: outbound.nonce });
        effects.push(Effect::Send(Box::new(outbound)));
    }

    /// The request, with a nonce of its own; `reports` are those it carries.
    fn outbound(&mut self, kind: RequestKind, reports: Vec<u64>) -> Outbound {
        let trust_id = TrustId(self.trust.last_id);
        let trust = |token| Asked::Trust { trust_id, token, force: self.trust.force };
        let (request_type, asked) = match kind {
            // The token stays until the server has looked at it.
            RequestKind::IdTokenTrust => {
                (RequestType::IdTokenTrust, trust(self.trust.token.clone()))
            }
            RequestKind::TrustSync => (RequestType::TrustSync, trust(None)),
            RequestKind::Usage => {
                let trust_id = self.trust.usable().expect("usage is sent only with trust").id;
                (RequestType::LicenseUsage, Asked::Usage { trust_id, reports })
            }
            RequestKind::Poll(poll_id, _) => (RequestType::Poll, Asked::Poll(poll_id)),
            RequestKind::Authorization(kind) => {
                let entry = Box::new(self.authorization_entry(kind));
                (kind.request_type(), Asked::Authorization(entry))
            }
        };
        Outbound { request_type, nonce: self.rng.next_u64(), clock_ms: self.clock().ms(), asked }
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
