//! Acknowledgements of usage, and the policy that rides along for whoever lacks it.
//!
//! Source: SLP on Catalyst 9400, "System Messages" (a missing policy is supplied again in an ACK
//! response). Assumed: the content of both, and when the next report is due.

use muster_wire::artefact::to_smart_license;
use muster_wire::proposed::acknowledgement::{
    AcknowledgedReport, Acknowledgement, AcknowledgementData,
};
use muster_wire::proposed::policy::Policy;
use muster_wire::{Extra, Sudi};

use crate::defects::Defect;
use crate::derivation::{DAY_S, product_instance_identifier};
use crate::refusal::Refusal;
use crate::server::Core;
use crate::store::{Deferred, TakenReport, TakenUsage};

impl Core {
    /// The `smart_license` text. Everything in it is fixed when the usage is taken, so the same
    /// poll gets the same acknowledgement however often it asks.
    pub(super) fn acknowledgement(
        &self,
        deferred: &Deferred,
        usage: &TakenUsage,
    ) -> Result<String, Refusal> {
        let data = AcknowledgementData {
            version: "2.0".to_owned(),
            timestamp: deferred.ready_at_ms,
            nonce: usage.nonce.clone(),
            sudi: Sudi::from(&deferred.udi),
            product_instance_identifier: Some(product_instance_identifier(
                &self.seed,
                &deferred.udi,
            )),
            acks: usage.reports.iter().map(acknowledged).collect(),
            next_report_due: self.next_report_due_s(deferred.ready_at_ms),
            extra: Extra::new(),
        };
        let policies = if self.supplies_policy(deferred, usage)? {
            vec![Policy::new(self.options.policy.clone(), |signed| self.signature(signed))]
        } else {
            Vec::new()
        };
        let artefact = Acknowledgement::new(data, policies, |signed| self.signature(signed));
        Ok(to_smart_license(&artefact.encode()))
    }

    /// Decided when the acknowledgement is first asked for, and kept for every later poll.
    fn supplies_policy(&self, deferred: &Deferred, usage: &TakenUsage) -> Result<bool, Refusal> {
        if self.has(Defect::POLICY_NOT_DELIVERED) {
            return Ok(false);
        }
        let current = self.options.policy.id;
        let mut store = self.store();
        let instance = store.instance_mut(&deferred.udi)?;
        Ok(*usage.supplies_policy.get_or_init(|| {
            let lacks = instance.policy_id != Some(current);
            instance.policy_id = Some(current);
            lacks
        }))
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
        entitlement_tag: report.tag.clone(),
        status: status.to_owned(),
        message: report.rejected.clone().unwrap_or_default(),
    }
}
