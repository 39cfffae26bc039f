//! Usage requests: whose trust covers them, and what is counted.
//!
//! Source: Troubleshoot SLP on 9800, "Trust Code", "Error Response packet", "HOST_NOT_FOUND";
//! public samples (the signature covers the exact payload string). Assumed: which code a report
//! with invalid trust or signature gets, and that trust is judged before conflicting records.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use muster_wire::artefact::Artefact;
use muster_wire::rum_report::{RumReport, SIGNING_TYPE_SHA256};
use muster_wire::transport::smart::RequestLine;
use muster_wire::transport::smart_answer::AnswerLine;
use muster_wire::{EntitlementTag, PollId, ReportId, TrustId, Udi};

use super::Asked;
use crate::account::{ACCOUNT_INSTANCES_MAX, Account};
use crate::defects::Defect;
use crate::derivation::Digest;
use crate::product_catalogue::mismatch;
use crate::product_instance::{Novelty, ProductInstance, UsageRecord};
use crate::refusal::Refusal;
use crate::server::Core;
use crate::store::{Deferred, DeferredResult, Store, TakenReport, TakenUsage};
use crate::verifying_keys::VerifyingKey;

/// Reports of one request. About a thousand waiting ones overload a product instance (public
/// field notice), so none sends more.
const REPORTS_MAX: usize = 1_000;

/// Characters of a licence tag; the longest public one has under 100.
const TAG_LENGTH_MAX: usize = 256;

/// What was known of the sender before its reports were verified.
struct Facts {
    is_known: bool,
    /// The trust in force; none when there is none or it is invalid.
    trust: Option<TrustId>,
    /// The trust whose key reports can be verified with, valid or not.
    key_holder: Option<TrustId>,
    /// Its key; none when nothing is verified.
    key: Option<Arc<VerifyingKey>>,
    validate_device: bool,
}

/// A report whose signature and sender are right.
pub(super) struct Verified {
    pub(super) id: ReportId,
    pub(super) payload: Digest,
    pub(super) tag: Arc<EntitlementTag>,
    pub(super) rejected: Option<Box<str>>,
    count: Option<u64>,
}

impl Core {
    pub(super) fn usage(
        &self,
        asked: &Asked<'_>,
        line: &RequestLine,
    ) -> Result<AnswerLine, Refusal> {
        let before = self.store().deferred_before(&asked.udi, asked.digest, line.request_line_id);
        if let Some(poll_id) = before {
            return Ok(self.deferred_line(line, &asked.udi, poll_id));
        }
        let usage = self.taken_usage(asked, line)?;
        let mut store = self.store();
        let deferred = Deferred {
            udi: asked.udi.clone(),
            request: asked.digest,
            line: line.request_line_id,
            ready_at_ms: Self::ready_at_ms(&store, asked),
            result: DeferredResult::Usage(usage),
        };
        let poll_id = store.defer_once(deferred)?;
        if asked.goes_to_on_prem() {
            let artefact = line.smart_license.as_deref();
            self.wait_for_acknowledgement(&mut store, asked, poll_id, artefact);
        }
        drop(store);
        Ok(self.deferred_line(line, &asked.udi, poll_id))
    }

    /// Lets an acknowledgement wait for a synchronization, where results do.
    fn wait_for_acknowledgement(
        &self,
        store: &mut Store,
        asked: &Asked<'_>,
        poll_id: PollId,
        artefact: Option<&str>,
    ) {
        let account = store.instance(&asked.udi).and_then(|instance| instance.account.as_ref());
        if let Some(number) = account.and_then(|account| store.holdings.number(account)) {
            store.wait_for_synchronization(poll_id, number, &asked.udi, artefact);
        }
    }

    /// Verifies and counts the reports of a line; what is left to do is to acknowledge them.
    pub(crate) fn taken_usage(
        &self,
        asked: &Asked<'_>,
        line: &RequestLine,
    ) -> Result<TakenUsage, Refusal> {
        let reports = reports(line, self.options.strict)?;
        let facts = self.usage_facts(asked);
        self.check_known(asked, &facts)?;
        let verified = reports
            .iter()
            .map(|report| self.verified(asked, report, &facts))
            .collect::<Result<Vec<_>, _>>()?;
        self.take(asked, &facts, verified)
    }

    fn usage_facts(&self, asked: &Asked<'_>) -> Facts {
        let store = self.store();
        let tenant = asked.endpoint.tenant().map(|at| &self.options.tenants[at].name);
        let settings = tenant.and_then(|name| store.settings.tenants.get(name));
        let instance = store.instance(&asked.udi);
        let key_holder = instance.and_then(|instance| instance.trust.as_ref());
        let is_invalid = instance.is_some_and(|instance| instance.trust_is_invalid);
        let is_known = instance.is_some_and(|instance| instance.record.is_some());
        let validate_device = settings.is_some_and(|settings| settings.validate_device);
        let verifies =
            self.options.verify_signatures && !self.has(Defect::IGNORES_REPORT_SIGNATURE);
        let key = key_holder.filter(|_| verifies).map(|trust| trust.key.clone());
        let key_holder = key_holder.map(|trust| trust.id);
        drop(store);
        Facts {
            is_known,
            trust: key_holder.filter(|_| !is_invalid),
            key: key.map(|key| self.verifying_keys.ready(&key)),
            key_holder,
            validate_device,
        }
    }

    /// Assumed: an instance is known once a report of it was taken; trust alone lists nobody.
    fn check_known(&self, asked: &Asked<'_>, facts: &Facts) -> Result<(), Refusal> {
        let refuses = if facts.validate_device {
            !self.has(Defect::VALIDATE_DEVICE_IGNORED)
        } else {
            asked.endpoint.tenant().is_some() && self.has(Defect::REFUSES_UNKNOWN_INSTANCES)
        };
        if facts.is_known || !refuses {
            return Ok(());
        }
        Err(Refusal::host_not_found())
    }

    fn verified(
        &self,
        asked: &Asked<'_>,
        report: &RumReport,
        facts: &Facts,
    ) -> Result<Verified, Refusal> {
        self.check_trust(report, facts)?;
        self.read_report(&asked.udi, report, facts.key.as_deref())
    }

    /// What a report says, signed with `key`; with none, whoever signed it.
    pub(super) fn read_report(
        &self,
        udi: &Udi,
        report: &RumReport,
        key: Option<&VerifyingKey>,
    ) -> Result<Verified, Refusal> {
        // What is signed is also what a report is remembered by.
        let hash = digest(&SHA256, report.payload.as_bytes());
        if let Some(key) = key {
            let signature = STANDARD.decode(&report.signature.value);
            let signature = signature.map_err(|_| Refusal::invalid_signature())?;
            if key.parsed.verify_digest_sig(&hash, &signature).is_err() {
                return Err(Refusal::invalid_signature());
            }
        }
        let payload =
            report.payload().map_err(|error| Refusal::invalid_request(error.to_string()))?;
        let reporter = payload.asset_identification.instance.sudi.udi();
        if reporter != *udi || report.signature.sudi.udi() != *udi {
            return Err(Refusal::udi_mismatch());
        }
        let Some(id) = payload.report_id() else {
            return Err(Refusal::invalid_request("a report has no report_id"));
        };
        let tag = payload.meta.entitlement_tag.as_ref();
        if tag.is_some_and(|tag| tag.as_str().len() > TAG_LENGTH_MAX) {
            return Err(Refusal::invalid_request("a licence tag may have 256 characters"));
        }
        let rejected = mismatch(&payload.asset_identification.asset.name, tag);
        let count = payload.measurements.last().and_then(|last| last.value.as_ref()?.as_count());
        Ok(Verified {
            id,
            payload: Digest::of_sha_256(&hash),
            tag: Arc::new(tag.cloned().unwrap_or_else(|| EntitlementTag::new(""))),
            rejected: rejected
                .filter(|_| !self.has(Defect::ACKNOWLEDGES_UNKNOWN_TAG))
                .map(String::into_boxed_str),
            count,
        })
    }

    /// Source: "this trust id value is the key for CSSM in order to validate the report".
    fn check_trust(&self, report: &RumReport, facts: &Facts) -> Result<(), Refusal> {
        let Some(trust) = facts.trust else {
            if self.has(Defect::ACCEPTS_USAGE_WITHOUT_TRUST) {
                return Ok(());
            }
            return Err(Refusal::invalid_trust("the product instance has no valid trust"));
        };
        let signature = &report.signature;
        let names_it =
            signature.signing_type == SIGNING_TYPE_SHA256 && signature.key == trust.to_string();
        if names_it || self.has(Defect::ACCEPTS_UNKNOWN_TRUST_ID) {
            return Ok(());
        }
        Err(Refusal::invalid_trust("the report does not name the trust id in force"))
    }

    /// Counts what is new.
    fn take(
        &self,
        asked: &Asked<'_>,
        facts: &Facts,
        mut reports: Vec<Verified>,
    ) -> Result<TakenUsage, Refusal> {
        let mut store = self.store();
        self.check_room(&mut store, asked)?;
        for report in &mut reports {
            report.tag = store.shared(Arc::clone(&report.tag));
        }
        let instance = store.instance_mut(&asked.udi)?;
        let now = instance.trust.as_ref().map(|trust| trust.id);
        if now != facts.key_holder {
            return Err(Refusal::invalid_trust("the trust changed while the request was read"));
        }
        let account = self.reporting_account(asked, instance);
        self.count(instance, &account, &reports)?;
        let reports = reports.into_iter().map(|report| TakenReport {
            id: report.id,
            tag: report.tag,
            rejected: report.rejected,
        });
        Ok(TakenUsage {
            nonce: asked.request.sender_info.nonce.clone(),
            reports: reports.collect(),
            supplies_policy: OnceLock::new(),
        })
    }

    /// Refuses the first report that one more instance pushes than an On-Prem's account may have.
    /// Assumed: a lenient server looks over it, as the documents give a capacity and no refusal.
    fn check_room(&self, store: &mut Store, asked: &Asked<'_>) -> Result<(), Refusal> {
        let is_product = |of: &ProductInstance| of.record.is_some();
        let limited = self.options.strict && asked.goes_to_on_prem();
        if !limited || store.instance(&asked.udi).is_some_and(is_product) {
            return Ok(());
        }
        let account = asked.endpoint.tenant().map(|at| &self.accounts[at]);
        let Some(account) = account.and_then(|account| store.holdings.number(account)) else {
            return Ok(());
        };
        store.list_changed();
        let name = &store.holdings.account(account).smart_account;
        let beside = store.holdings.of_local_account(name);
        let population: usize = beside.map(|number| store.listing.population(number)).sum();
        if population < ACCOUNT_INSTANCES_MAX {
            return Ok(());
        }
        Err(Refusal::account_full())
    }

    /// The account usage goes to: the tenant's; at CSSM the one the instance is in.
    fn reporting_account(&self, asked: &Asked<'_>, instance: &ProductInstance) -> Arc<Account> {
        let of_tenant = asked.endpoint.tenant().map(|at| &self.accounts[at]);
        // Whoever was moved goes on calling the URL of the account it came from.
        let of_tenant = of_tenant.filter(|of| Some(*of) != instance.moved_from.as_ref());
        let of_record = instance.record.as_ref().map(|record| &record.account);
        let of_trust = instance.trust.as_ref().map(|trust| &trust.account);
        let account = of_tenant.or(of_record).or(of_trust).unwrap_or(&self.accounts[0]);
        Arc::clone(account)
    }

    /// All reports or none.
    pub(super) fn count(
        &self,
        instance: &mut ProductInstance,
        account: &Arc<Account>,
        reports: &[Verified],
    ) -> Result<(), Refusal> {
        if let Some(record) = &instance.record {
            // Assumed: "an entry for the controller" is one in another account; the documented
            // message is empty.
            if record.account != *account && !self.has(Defect::DUPLICATE_RECORD) {
                return Err(Refusal::conflicting_record(""));
            }
            let changed =
                |of: &&Verified| record.novelty(of.id, of.payload) == Novelty::Conflicting;
            let changed = reports.iter().find(changed);
            if let Some(report) = changed.filter(|_| !self.has(Defect::TAKES_CHANGED_REPORTS)) {
                let message = format!("report {} was taken with another content", report.id);
                return Err(Refusal::conflicting_record(message));
            }
        }
        let mut contents = BTreeMap::new();
        let twice = |of: &Verified| *contents.entry(of.id).or_insert(of.payload) != of.payload;
        if reports.iter().any(twice) {
            return Err(Refusal::conflicting_record("one report comes with two contents"));
        }
        instance.account = Some(Arc::clone(account));
        let record = instance.record.get_or_insert_with(|| UsageRecord::new(Arc::clone(account)));
        record.account = Arc::clone(account);
        for report in reports {
            if record.novelty(report.id, report.payload) != Novelty::New {
                continue;
            }
            record.take(report.id, report.payload);
            if report.rejected.is_none() {
                record.set_in_use(&report.tag, report.count.unwrap_or_default());
            }
        }
        Ok(())
    }
}

/// The reports of a line. Assumed: who wrote the file is asked by a strict server only, as the
/// request says it, too.
fn reports(line: &RequestLine, is_strict: bool) -> Result<Vec<RumReport>, Refusal> {
    let text = line.smart_license.as_deref().unwrap_or_default();
    let reports = if is_strict {
        Artefact::from_smart_license(text).map(|artefact| match artefact {
            Artefact::Usage(file) => Some(file.reports),
            _ => None,
        })
    } else {
        Artefact::reports_from_smart_license(text)
    };
    match reports {
        Ok(Some(reports)) if reports.len() > REPORTS_MAX => {
            Err(Refusal::invalid_request("a request may have 1000 reports"))
        }
        Ok(Some(reports)) if !reports.is_empty() => Ok(reports),
        Ok(_) => Err(Refusal::invalid_request("smart_license holds no RUM report")),
        Err(error) => Err(Refusal::invalid_request(error.to_string())),
    }
}
