//! What can be changed while the server runs, and faults to come.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::account::Tenant;
use crate::options::ServerOptions;

/// The settings as the control API shows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Settings {
    /// CSSM: milliseconds until a deferred result is ready.
    pub(crate) acknowledge_after_ms: u64,
    /// On-Prem: milliseconds until a deferred result is ready.
    pub(crate) onprem_acknowledge_after_ms: u64,
    /// On-Prem: whether authorization codes are asked of CSSM at once.
    pub(crate) instant_authorization: bool,
    /// On-Prem: whether older Smart Agents can register.
    pub(crate) three_tier_certificate: bool,
    /// By tenant name.
    pub(crate) tenants: BTreeMap<String, TenantSettings>,
    /// How many of the next licensing requests are answered OK_TRY_AGAIN.
    pub(crate) try_again_next: u32,
    /// How many of the next licensing requests are answered HTTP 502.
    pub(crate) bad_gateway_next: u32,
    /// How many of the next licensing requests end in a closed connection.
    pub(crate) close_next: u32,
    /// How many of the next licensing requests are answered with bytes that are not HTTP.
    pub(crate) garbage_next: u32,
}

/// The settings of one tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TenantSettings {
    /// Whether reports of unknown instances are refused.
    pub(crate) validate_device: bool,
}

/// A change: what is absent stays.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SettingsChange {
    acknowledge_after_ms: Option<u64>,
    onprem_acknowledge_after_ms: Option<u64>,
    instant_authorization: Option<bool>,
    three_tier_certificate: Option<bool>,
    #[serde(default)]
    tenants: BTreeMap<String, TenantSettings>,
    try_again_next: Option<u32>,
    bad_gateway_next: Option<u32>,
    close_next: Option<u32>,
    garbage_next: Option<u32>,
}

/// A fault instead of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    BadGateway,
    Close,
    Garbage,
    TryAgain,
}

impl Settings {
    pub(crate) fn new(options: &ServerOptions) -> Self {
        let mut settings = Self {
            acknowledge_after_ms: options.acknowledge_after_ms,
            onprem_acknowledge_after_ms: options.onprem_acknowledge_after_ms,
            instant_authorization: false,
            three_tier_certificate: false,
            tenants: BTreeMap::new(),
            try_again_next: 0,
            bad_gateway_next: 0,
            close_next: 0,
            garbage_next: 0,
        };
        settings.add_tenants(&options.tenants);
        settings
    }

    /// Applies the whole change, or nothing and names the tenant that does not exist.
    pub(crate) fn apply(&mut self, change: SettingsChange) -> Result<(), String> {
        let unknown = change.tenants.keys().find(|name| !self.tenants.contains_key(*name));
        if let Some(name) = unknown {
            return Err(name.clone());
        }
        self.tenants.extend(change.tenants);
        for (value, change) in [
            (&mut self.acknowledge_after_ms, change.acknowledge_after_ms),
            (&mut self.onprem_acknowledge_after_ms, change.onprem_acknowledge_after_ms),
        ] {
            *value = change.unwrap_or(*value);
        }
        for (value, change) in [
            (&mut self.instant_authorization, change.instant_authorization),
            (&mut self.three_tier_certificate, change.three_tier_certificate),
        ] {
            *value = change.unwrap_or(*value);
        }
        for (value, change) in [
            (&mut self.try_again_next, change.try_again_next),
            (&mut self.bad_gateway_next, change.bad_gateway_next),
            (&mut self.close_next, change.close_next),
            (&mut self.garbage_next, change.garbage_next),
        ] {
            *value = change.unwrap_or(*value);
        }
        Ok(())
    }

    /// Adds tenants that were not known before.
    pub(crate) fn add_tenants(&mut self, tenants: &[Tenant]) {
        for tenant in tenants {
            let settings = TenantSettings { validate_device: tenant.validate_device };
            self.tenants.entry(tenant.name.clone()).or_insert(settings);
        }
    }

    /// Whether the next licensing request meets a fault.
    pub(crate) fn has_fault(&self) -> bool {
        let left = [self.bad_gateway_next, self.close_next, self.garbage_next, self.try_again_next];
        left.iter().any(|left| *left > 0)
    }

    /// The fault the next licensing request meets, counted down.
    pub(crate) fn take_fault(&mut self) -> Option<Fault> {
        for (left, fault) in [
            (&mut self.bad_gateway_next, Fault::BadGateway),
            (&mut self.close_next, Fault::Close),
            (&mut self.garbage_next, Fault::Garbage),
            (&mut self.try_again_next, Fault::TryAgain),
        ] {
            if *left > 0 {
                *left -= 1;
                return Some(fault);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_with_an_unknown_tenant_changes_nothing() {
        let mut settings = Settings::new(&ServerOptions::default());
        let before = settings.clone();
        let change = r#"{"close_next":3,"tenants":{"Nobody-1":{"validate_device":true}}}"#;
        let change = serde_json::from_str(change).unwrap();
        assert_eq!(settings.apply(change), Err("Nobody-1".to_owned()));
        assert_eq!(settings, before);
    }

    #[test]
    fn faults_are_counted_down() {
        let mut settings = Settings::new(&ServerOptions::default());
        settings.apply(serde_json::from_str(r#"{"bad_gateway_next":2}"#).unwrap()).unwrap();
        let faults = [(); 3].map(|()| settings.take_fault());
        assert_eq!(faults, [Some(Fault::BadGateway), Some(Fault::BadGateway), None]);
    }
}
