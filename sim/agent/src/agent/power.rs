//! The instance starts anew, in good order or after it lost power without a goodbye.
//!
//! Source: Troubleshoot SLP on 9800, "RUM Reports" (reloads close open reports) and "Errors
//! Reported in the Output of show license eventlog" (crypto initialisation). Assumed, for the
//! documents tell nothing about a loss of power: trusted storage holds what was true at the last
//! sample.

use super::{SmartAgent, Unusual};
use crate::effects::Effects;
use crate::link::{Ending, LastResponse, RequestKind, Retry};
use crate::platform::HaRole;
use crate::policy::reporting_state::ReportingInput;
use crate::policy::rum_report_state::RumReportInput;
use crate::policy::rum_reports::CloseReason;
use crate::policy::trust_state::{TrustInput, TrustState};
use crate::syslog;
use crate::timer::{Due, SECOND_MS};

/// Crypto initialisation after a start takes about this long (Troubleshoot SLP on 9800).
const CRYPTO_INIT_MS: u64 = 30 * SECOND_MS;

impl SmartAgent {
    /// The instance starts anew. Trust, polls and closed reports are in trusted storage; a token
    /// is not. After a loss of power this is when open reports are closed: they end with their
    /// last sample, and what came after it, like the time without power, is in no report.
    pub(super) fn reboot(&mut self, effects: &mut Effects<'_>) {
        if self.is_off() {
            self.close_reports(CloseReason::ProductReload, effects);
            self.unusual.get_or_insert_default().lost_at = Due::NEVER;
        }
        self.move_link(ReportingInput::Rebooted, effects);
        self.trust.token = None;
        self.link.set_retry_due(Due::NEVER);
        let ready_ms = self.now_ms.saturating_add(CRYPTO_INIT_MS);
        self.unusual.get_or_insert_default().crypto_due = Due::at(ready_ms);
        for row in syslog::STARTED {
            effects.syslog(|| row.line(&[]));
        }
        if self.platform.is_redundant() {
            effects.syslog(|| syslog::role_changed(HaRole::Active));
        }
        effects.syslog(syslog::event_system_init);
        effects.syslog(|| syslog::event_crypto(false));
    }

    /// Power is gone. The request in flight is forgotten: whatever the server made of it, the
    /// instance asks again once it is up, and the reports in it stay sent but unanswered.
    pub(super) fn power_lost(&mut self, effects: &mut Effects<'_>) {
        if self.is_off() {
            return;
        }
        let had_token = self.trust.token.take().is_some();
        let sent = self.link.in_flight.take().map(|sent| sent.kind);
        match sent {
            Some(RequestKind::Usage) => {
                self.reports.pending(RumReportInput::NoReply, effects);
                self.repeat_usage();
            }
            Some(RequestKind::TrustSync) => {
                self.move_trust(TrustInput::NoReply, effects);
                self.trust.sync_wanted = true;
            }
            Some(RequestKind::IdTokenTrust) | None
                if had_token && self.trust.state == TrustState::Requested =>
            {
                self.move_trust(self.token_given_up(), effects);
            }
            Some(RequestKind::Authorization(kind)) => {
                self.authorization_lost(kind, Retry::Never, effects);
            }
            // A poll stays wanted, and a token that never left is only lost.
            _ => {}
        }
        if let Some(kind) = sent {
            let reason = "the product instance lost power".to_owned();
            let response = LastResponse::NoReply;
            let ending =
                Ending::Bad { response, reason, retry: Retry::Never, communication: false };
            self.link.ended(kind, ending, self.now_ms, &mut self.rng);
        }
        self.reboot_wanted = false;
        self.link.set_retry_due(Due::NEVER);
        let unusual = self.unusual.get_or_insert_default();
        (unusual.crypto_due, unusual.lost_at) = (Due::NEVER, Due::at(self.now_ms));
        self.move_link(ReportingInput::PowerLost, effects);
    }

    /// Gives the place of the unusual back when nothing unusual is left.
    pub(super) fn forget_usual(&mut self) {
        let usual = |unusual: &Unusual| {
            let Unusual {
                server_key,
                clock_offset_ms,
                lost_at,
                crypto_due,
                slac,
                throughput_mbps,
                members,
            } = unusual;
            let waits = lost_at.is_set() || crypto_due.is_set();
            let configured = slac.is_some() || throughput_mbps.is_some() || *members > 1;
            server_key.is_none() && *clock_offset_ms == 0 && !waits && !configured
        };
        if self.unusual.as_deref().is_some_and(usual) {
            self.unusual = None;
        }
    }
}
