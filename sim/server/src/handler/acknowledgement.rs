//! Acknowledgements of usage, and the policy that rides along for whoever lacks it.
//!
//! Source: SLP on Catalyst 9400, "System Messages" (a missing policy is supplied again in an ACK
//! response). Assumed: the content of both, and when the next report is due.

use muster_wire::artefact::to_smart_license;
use muster_wire::proposed::acknowledgement::{
    AcknowledgedReport, Acknowledgement, AcknowledgementData,
};
use muster_wire::proposed::policy::Policy;
use muster_wire::{EntitlementTag, Extra, PollId, ProductInstanceId, Sudi, Udi};

use crate::defects::Defect;
use crate::derivation::DAY_S;
use crate::product_instance::ProductInstance;
use crate::refusal::Refusal;
use crate::server::Core;
use crate::store::{Deferred, TakenReport, TakenUsage};

impl Core {
    /// The `smart_license` text. Everything in it is fixed when the usage is taken, so the same
    /// poll gets the same acknowledgement however often it asks.
    pub(super) fn acknowledgement(
        &self,
        poll_id: PollId,
        deferred: &Deferred,
        usage: &TakenUsage,
    ) -> Result<String, Refusal> {
        let mut store = self.store();
        store.delivered(&deferred.udi, poll_id);
        let instance = store.instance_mut(&deferred.udi)?;
        let with_policy = self.supplies_policy(instance, usage);
        let identifier = instance.identifier(&self.seed, &deferred.udi);
        drop(store);
        let whose = (&deferred.udi, identifier);
        let file = self.acknowledgement_file(whose, deferred.ready_at_ms, usage, with_policy);
        Ok(to_smart_license(&file))
    }

    /// The XML, stamped with `at_ms`.
    pub(crate) fn acknowledgement_file(
        &self,
        (udi, identifier): (&Udi, ProductInstanceId),
        at_ms: u64,
        usage: &TakenUsage,
        with_policy: bool,
    ) -> String {
        let mut data = AcknowledgementData {
            version: "2.0".to_owned(),
            timestamp: at_ms,
            nonce: usage.nonce.clone(),
            sudi: Sudi::from(udi),
            product_instance_identifier: Some(identifier),
            acks: usage.reports.iter().map(acknowledged).collect(),
            next_report_due: self.next_report_due_s(at_ms),
            extra: Extra::new(),
        };
        self.defects.alter(&mut data);
        let policies = if with_policy { vec![self.policy()] } else { Vec::new() };
        let mut acknowledgement =
            Acknowledgement::new(data, policies, |signed| self.signature(signed));
        self.defects.alter(&mut acknowledgement);
        acknowledgement.encode()
    }

    /// Decided when the acknowledgement is first asked for, and kept for every later poll.
    fn supplies_policy(&self, instance: &mut ProductInstance, usage: &TakenUsage) -> bool {
        *usage.supplies_policy.get_or_init(|| {
            let lacks = self.lacks_policy(instance);
            if lacks {
                instance.policy_id = Some(self.options.policy.id);
            }
            lacks
        })
    }

    /// The same for every instance, so it is signed once.
    fn policy(&self) -> Policy {
        let mut terms = self.options.policy.clone();
        self.defects.alter(&mut terms);
        let signed = self.policy.get_or_init(|| {
            Policy::new(self.options.policy.clone(), |signed| self.signature(signed))
        });
        if terms == signed.terms {
            return signed.clone();
        }
        Policy::new(terms, |signed| self.signature(signed))
    }

    /// Whether the next acknowledgement for the instance brings the policy.
    pub(crate) fn lacks_policy(&self, instance: &ProductInstance) -> bool {
        instance.policy_id != Some(self.options.policy.id)
            && !self.has(Defect::POLICY_NOT_DELIVERED)
    }

    fn next_report_due_s(&self, from_ms: u64) -> u64 {
        let policy = &self.options.policy;
        let classes = [policy.perpetual, policy.subscription, policy.enforced, policy.export];
        let days = classes.iter().map(|days| days.report_interval_days).filter(|days| *days > 0);
        days.min().map_or(0, |days| (from_ms / 1000).saturating_add(u64::from(days) * DAY_S))
    }
}

fn acknowledged(report: &TakenReport) -> AcknowledgedReport {
    let status = match report.rejected {
        None => AcknowledgedReport::ACKED,
        Some(_) => AcknowledgedReport::REJECTED,
    };
    AcknowledgedReport {
        report_id: report.id,
        entitlement_tag: EntitlementTag::clone(&report.tag),
        status: status.to_owned(),
        message: report.rejected.as_deref().unwrap_or_default().to_owned(),
    }
}
