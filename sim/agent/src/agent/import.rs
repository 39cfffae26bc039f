//! `license smart import`: what a file brings, checked like an answer.

use std::sync::Arc;

use muster_certs::PublicKey;
use muster_wire::Artefact;
use muster_wire::proposed::acknowledgement::Acknowledgement;
use muster_wire::proposed::policy::Policy;

use super::SmartAgent;
use crate::effects::{Common, Effects};
use crate::policy::schedule::REPORT_INTERVAL_DAYS_MAX;
use crate::policy::trust;
use crate::policy::trust_state::TrustState;
use crate::syslog;
use crate::timer::Due;

impl SmartAgent {
    pub(super) fn import(
        &mut self,
        bytes: &[u8],
        effects: &mut Effects<'_>,
    ) -> Result<(), &'static str> {
        match Artefact::decode(bytes) {
            Ok(Artefact::Policy(policy)) => self.install_policy(&policy, effects),
            Ok(Artefact::Acknowledgement(ack)) => {
                self.apply_acknowledgement(&ack, effects).map(|_| ())
            }
            Ok(Artefact::Trust(answer)) => {
                if self.trust_in_flight() {
                    return Err("a trust request is in flight");
                }
                if !matches!(self.trust.state, TrustState::Requested | TrustState::Deferred) {
                    return Err("no trust request awaits an answer");
                }
                self.polls.remove_trust();
                self.trust.sync_wanted = false;
                self.install_trust(&answer, effects).map_err(|_| "the trust code is not accepted")
            }
            Ok(_) => Err("the file holds nothing that can be imported"),
            Err(_) => Err("the file cannot be read"),
        }
    }

    /// Applies an acknowledgement and the policies with it. How many reports it settled.
    pub(super) fn apply_acknowledgement(
        &mut self,
        ack: &Acknowledgement,
        effects: &mut Effects<'_>,
    ) -> Result<u32, &'static str> {
        if ack.data.sudi.udi() != self.identity().udi {
            return Err("the acknowledgement is of another product instance");
        }
        if !self.is_servers(&ack.signed, &ack.signature, effects) {
            return Err("the acknowledgement's signature does not verify");
        }
        let count = self.reports.acknowledge(&ack.data.acks, self.platform, effects);
        if count > 0 {
            self.schedule.last_ack = Due::at(self.now_ms);
        }
        let reports = &self.reports;
        self.polls.keep_awaited(|poll| reports.awaits(poll));
        for policy in &ack.policies {
            // What became of the policy is logged; the acknowledgement stands without it.
            let _ = self.install_policy(policy, effects);
        }
        self.replan();
        Ok(count)
    }

    fn install_policy(
        &mut self,
        policy: &Policy,
        effects: &mut Effects<'_>,
    ) -> Result<(), &'static str> {
        if self.terms.are(&policy.terms) {
            return Ok(());
        }
        let terms = &policy.terms;
        let classes = [terms.perpetual, terms.subscription, terms.enforced, terms.export];
        let in_range = classes.iter().all(|days| {
            [days.first_report_days, days.report_interval_days, days.on_change_days]
                .iter()
                .all(|days| *days <= REPORT_INTERVAL_DAYS_MAX)
        });
        let fault = if !self.is_servers(&policy.signed, &policy.signature, effects) {
            Some("the policy's signature does not verify")
        } else if !in_range {
            Some("the policy's days are over 365")
        } else {
            None
        };
        if let Some(fault) = fault {
            effects.syslog(|| syslog::policy_failed(fault));
            return Err(fault);
        }
        self.terms.install(effects.common.terms(&policy.terms));
        effects.syslog(syslog::policy_installed);
        self.replan();
        Ok(())
    }

    fn is_servers(&self, text: &str, signature: &str, effects: &Effects<'_>) -> bool {
        let key = self.server_key(effects.common);
        key.is_none_or(|key| trust::is_signed(text, signature, &key))
    }

    /// The key server signatures are checked with: the agent's own, or that of its shard.
    pub(super) fn server_key(&self, common: &Common) -> Option<Arc<PublicKey>> {
        let own = self.unusual.as_ref().and_then(|unusual| unusual.server_key.as_ref());
        own.or(common.server_key.as_ref()).cloned()
    }
}
