//! The names a scenario may use without defining them; they belong to the target and the platforms.

use std::collections::BTreeMap;

use crate::model::Era;

/// Names that are known where the scenario is to run. An empty list means: any name will do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KnownNames {
    /// Platform profiles.
    pub platforms: Vec<String>,
    /// Features of each platform profile, by its name; those of a platform that is not listed here
    /// are not known.
    pub features: BTreeMap<String, Vec<String>>,
    /// Era of each platform profile, by its name; instances of a platform that is not listed here
    /// may do what those of either era do.
    pub eras: BTreeMap<String, Era>,
    /// Endpoints of target profiles.
    pub endpoints: Vec<String>,
    /// ID tokens of target profiles.
    pub id_tokens: Vec<String>,
    /// Hooks of target profiles.
    pub hooks: Vec<String>,
    /// Requirement ids of the catalogue.
    pub requirements: Vec<String>,
}

impl KnownNames {
    /// The names every target profile uses for the same things, as `docs/scenarios.md` lists them;
    /// platforms, their features and
    /// requirements stay open.
    #[must_use]
    pub fn common() -> Self {
        let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Self {
            endpoints: list(&[
                "smart_receiver",
                "smart_transport",
                "smart_transport_http",
                "call_home",
                "cslu",
                "cslu_other",
                "cslu_validating",
                "admin",
            ]),
            id_tokens: list(&[
                "valid",
                "other_account",
                "unknown",
                "expired",
                "revoked",
                "single_use",
                "export_not_allowed",
                "cssm_only",
                "onprem_only",
            ]),
            hooks: list(&[
                "clock",
                "remove_product_instance",
                "remove_registration",
                "collect",
                "upload",
                "fail_next",
                "settings",
                "accounts",
                "entitlements",
                "tokens",
                "synchronize",
                "backups",
                "restore",
            ]),
            ..Self::default()
        }
    }
}
