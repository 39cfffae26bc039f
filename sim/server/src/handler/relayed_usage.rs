//! Usage that somebody else reports on behalf of a product instance.
//!
//! Public: CSSM takes reports of instances that cannot reach it. Assumed: a report that names the
//! trust in force is verified like a pushed one; any other has a signature that its product alone
//! can check, and is taken as it is; when all were taken before, nothing is taken.

use std::sync::Arc;

use muster_wire::Udi;
use muster_wire::rum_report::{ReportSignature, RumReport, SIGNING_TYPE_SHA256};

use super::usage::Verified;
use crate::account::Account;
use crate::product_instance::{Novelty, Trust};
use crate::refusal::Refusal;
use crate::server::Core;
use crate::store::TakenReport;

/// What was taken.
pub(crate) struct Relayed {
    /// The software tag the reports name.
    pub(crate) software: String,
    pub(crate) reports: Vec<TakenReport>,
    /// Whether the instance lacks the policy.
    pub(crate) with_policy: bool,
}

impl Core {
    /// Counts reports of one product instance in an account.
    pub(crate) fn take_relayed(
        &self,
        udi: &Udi,
        account: &Arc<Account>,
        reports: &[RumReport],
        now_ms: u64,
    ) -> Result<Relayed, Refusal> {
        let trust = self.store().instance(udi).and_then(|instance| instance.trust.clone());
        let mut read = Vec::with_capacity(reports.len());
        let trust = trust.filter(|_| self.options.verify_signatures);
        let key = trust.as_ref().map(|trust| self.verifying_keys.ready(&trust.key));
        for report in reports {
            let key = key.as_deref().filter(|_| names(&report.signature, trust.as_ref()));
            read.push(self.read_report(udi, report, key)?);
        }
        let first = reports.first().and_then(|report| report.payload().ok());
        let software = first.map(|payload| payload.asset_identification.asset.name);
        let mut store = self.store();
        for report in &mut read {
            report.tag = store.shared(Arc::clone(&report.tag));
        }
        let instance = store.instance_mut(udi)?;
        if let Some(record) = &instance.record {
            let is_known = |of: &Verified| record.novelty(of.id, of.payload) == Novelty::Known;
            if read.iter().all(is_known) {
                return Err(Refusal::conflicting_record("the usage was reported before"));
            }
        }
        if let Some(software) = &software {
            if instance.facts.registered_at_ms == 0 {
                instance.facts.registered_at_ms = now_ms;
            }
            instance.facts.heard(software, None, now_ms);
        }
        self.count(instance, account, &read)?;
        let with_policy = self.lacks_policy(instance);
        if with_policy {
            instance.policy_id = Some(self.options.policy.id);
        }
        let taken = read.into_iter().map(|report| TakenReport {
            id: report.id,
            tag: report.tag,
            rejected: report.rejected,
        });
        let software = software.map(|tag| tag.to_string()).unwrap_or_default();
        Ok(Relayed { software, reports: taken.collect(), with_policy })
    }
}

/// Whether a report is signed under this trust. One that is not is taken unverified.
fn names(signature: &ReportSignature, trust: Option<&Trust>) -> bool {
    signature.signing_type == SIGNING_TYPE_SHA256
        && trust.is_some_and(|trust| signature.key == trust.id.to_string())
}
