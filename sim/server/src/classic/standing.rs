//! How a product instance and each of its licences stand against what the account holds.
//!
//! Source: Cisco ACI Smart Licensing, "Smart Licensing Authorization Status" and "Out of Compliance
//! Message After Smart Licensing Enabled"; SSM On-Prem 7 User Guide, "About Product Instance
//! Transfer" (an export-controlled licence is never out of compliance). Assumed: that one waits
//! until it is authorized, and that a licence nobody knows makes the instance out of compliance.

use muster_wire::classic::proposed::entitlement::AuthorizedEntitlement;
use muster_wire::classic::{AuthorizationState, EnforcementMode};
use muster_wire::{EntitlementTag, Extra, Udi};

use super::registered_instance::RegisteredInstance;
use crate::defects::Defect;
use crate::holdings::family::Billing;
use crate::holdings::published;
use crate::product_catalogue;
use crate::router::Role;
use crate::store::Store;

/// The state as a whole, and each licence.
pub(super) type Standing = (AuthorizationState, Vec<AuthorizedEntitlement>);

impl Store {
    /// How an instance stands now; none when it is not registered.
    pub(super) fn standing(&self, udi: &Udi, now_ms: u64) -> Option<Standing> {
        let instance = self.classic.instance(udi)?;
        let mut listed: Vec<AuthorizedEntitlement> = Vec::new();
        for used in &instance.uses {
            match listed.iter_mut().find(|entry| entry.tag == *used.tag) {
                Some(entry) => entry.count = entry.count.saturating_add(used.count),
                None => listed.push(self.entry(udi, instance, &used.tag, used.count, now_ms)),
            }
        }
        let state = match &listed[..] {
            [] => AuthorizationState::None,
            all if all.iter().any(is_short) => AuthorizationState::OutOfCompliance,
            _ => AuthorizationState::Authorized,
        };
        Some((state, listed))
    }

    fn entry(
        &self,
        udi: &Udi,
        instance: &RegisteredInstance,
        tag: &EntitlementTag,
        count: u32,
        now_ms: u64,
    ) -> AuthorizedEntitlement {
        let (name, description) = published::description(tag);
        let licence = self.holdings.licence(instance.account, tag);
        let subscription =
            licence.and_then(|licence| licence.lot_at(now_ms)?.subscription_id.as_deref());
        AuthorizedEntitlement {
            tag: tag.clone(),
            count,
            enforce_mode: self.enforcement(udi, instance, tag, now_ms),
            display_name: Some(name),
            description: Some(description),
            subscription_id: subscription.map(Into::into),
            extra: Extra::new(),
        }
    }

    /// How one licence of an instance stands.
    pub(super) fn enforcement(
        &self,
        udi: &Udi,
        instance: &RegisteredInstance,
        tag: &EntitlementTag,
        now_ms: u64,
    ) -> EnforcementMode {
        let account = instance.account;
        if !product_catalogue::knows(tag) {
            return EnforcementMode::InvalidTag;
        }
        if self.holdings.is_export_controlled(account, tag) {
            let authorized = u64::from(self.holdings.reserved_of(udi, tag)) >= instance.used(tag);
            return if instance.export_allowed || authorized {
                EnforcementMode::InCompliance
            } else {
                EnforcementMode::Waiting
            };
        }
        // Documented: whoever comes to CSSM directly uses such licences as if they were prepaid.
        let licence = self.holdings.licence(account, tag);
        if instance.role == Role::Cssm
            && licence.is_some_and(|of| of.billing == Billing::ByUsage && of.lacks_prepaid(now_ms))
        {
            return EnforcementMode::OutOfCompliance;
        }
        let defects = &self.classic.defects;
        let may_borrow = !defects.has(Defect::IGNORES_HIGHER_TIERS);
        // What never begins to count never ends either.
        let at_ms = if defects.has(Defect::COUNTS_ENDED_SUBSCRIPTIONS) { 0 } else { now_ms };
        let least = i64::from(defects.has(Defect::SHORT_WHEN_ALL_ARE_IN_USE));
        match self.holdings.balance(account, tag, at_ms, may_borrow) {
            None => EnforcementMode::InvalidTag,
            Some(balance)
                if balance.available() >= least
                    || defects.has(Defect::AUTHORIZES_BEYOND_PURCHASE) =>
            {
                EnforcementMode::InCompliance
            }
            Some(_) => EnforcementMode::OutOfCompliance,
        }
    }
}

fn is_short(entry: &AuthorizedEntitlement) -> bool {
    matches!(entry.enforce_mode, EnforcementMode::OutOfCompliance | EnforcementMode::InvalidTag)
}
