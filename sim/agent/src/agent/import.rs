//! `license smart import`: what a file brings, in any of its wrappings, checked like an answer.

use std::sync::Arc;

use muster_certs::PublicKey;
use muster_wire::Artefact;
use muster_wire::proposed::acknowledgement::Acknowledgement;
use muster_wire::proposed::policy::Policy;
use muster_wire::transport::instance_service::imported_file;

use super::SmartAgent;
use crate::effects::{Common, Effects};
use crate::policy::schedule::REPORT_INTERVAL_DAYS_MAX;
use crate::policy::trust;
use crate::policy::trust_state::TrustState;
use crate::refusal::{self, Refusal};
use crate::syslog;
use crate::timer::Due;

impl SmartAgent {
    pub(super) fn import(
        &mut self,
        bytes: &[u8],
        effects: &mut Effects<'_>,
    ) -> Result<(), Refusal> {
        let file = imported_file(bytes).map_err(|_| refusal::UNREADABLE)?;
        match Artefact::decode(&file) {
            Ok(Artefact::Policy(policy)) => self.install_policy(&policy, effects),
            Ok(Artefact::Acknowledgement(ack)) => {
                self.apply_acknowledgement(&ack, effects).map(|_| ())
            }
            Ok(Artefact::Trust(answer)) => {
                if self.trust_in_flight() {
                    return Err(refusal::TRUST_IN_FLIGHT);
                }
                if !matches!(self.trust.state, TrustState::Requested | TrustState::Deferred) {
                    return Err(refusal::NO_TRUST_REQUEST);
                }
                self.polls.remove_trust();
                self.trust.sync_wanted = false;
                self.install_trust(&answer, effects).map_err(|_| refusal::TRUST_NOT_ACCEPTED)
            }
            Ok(Artefact::Authorization(answer)) => self.import_authorization(&answer, effects),
            Ok(_) => Err(refusal::NOTHING_TO_IMPORT),
            Err(_) => Err(refusal::UNREADABLE),
        }
    }

    /// Applies an acknowledgement and the policies with it. How many reports it settled.
    pub(super) fn apply_acknowledgement(
        &mut self,
        ack: &Acknowledgement,
        effects: &mut Effects<'_>,
    ) -> Result<u32, Refusal> {
        if ack.data.sudi.udi() != self.udi() {
            return Err(refusal::FOREIGN_ACK);
        }
        if !self.is_servers(&ack.signed, &ack.signature, effects) {
            return Err(refusal::ACK_SIGNATURE);
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
    ) -> Result<(), Refusal> {
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
            Some(refusal::POLICY_SIGNATURE)
        } else if !in_range {
            Some(refusal::POLICY_DAYS)
        } else {
            None
        };
        if let Some(fault) = fault {
            effects.syslog(|| syslog::policy_failed(fault.reason));
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
