//! Accounts, the ID tokens that grant them, and the On-Prem tenants that belong to them.
//!
//! Source: SLP on Catalyst 9400, "System Messages" (a token applies to one account); the tenant's
//! URL, virtual account name plus `-1`, from a public sample.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use muster_certs::Seed;
use serde::{Deserialize, Serialize};

/// Product instances of one account of an On-Prem (documented).
pub(crate) const ACCOUNT_INSTANCES_MAX: usize = 25_000;

/// The smart account of the default options.
const SMART_ACCOUNT: &str = "Muster Test SA";

/// Names of the tokens that follow from the seed, with the virtual account each grants.
const DERIVED_TOKENS: [(&str, &str); 2] = [("valid", "Default"), ("other_account", "My VA")];

/// Names of further tokens that follow from the seed, for registrations of the classic era.
const REGISTRATION_TOKENS: [&str; 6] =
    ["expired", "revoked", "single_use", "export_not_allowed", "cssm_only", "onprem_only"];

/// A smart account and one of its virtual accounts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Account {
    /// Smart account.
    pub smart_account: String,
    /// Virtual account.
    pub virtual_account: String,
}

impl Account {
    /// A virtual account of the embedded profile's smart account.
    #[must_use]
    pub fn of_test_account(virtual_account: &str) -> Self {
        Self {
            smart_account: SMART_ACCOUNT.to_owned(),
            virtual_account: virtual_account.to_owned(),
        }
    }
}

/// One `/cslu/v1/pi/<name>` endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenant {
    /// Last segment of the URL, decoded, for example `My VA-1`.
    pub name: String,
    /// The account its product instances belong to.
    pub account: Account,
    /// The "Validate Device" setting: whether reports of unknown instances are refused.
    pub validate_device: bool,
}

impl Tenant {
    /// The tenant of a virtual account, "Validate Device" off.
    #[must_use]
    pub fn of(virtual_account: &str) -> Self {
        Self {
            name: format!("{virtual_account}-1"),
            account: Account::of_test_account(virtual_account),
            validate_device: false,
        }
    }

    /// `Default-1`, `My VA-1`, and `Validated-1` with "Validate Device" on.
    #[must_use]
    pub fn embedded() -> Vec<Self> {
        let validating = Self { validate_device: true, ..Self::of("Validated") };
        vec![Self::of("Default"), Self::of("My VA"), validating]
    }
}

/// What an ID token grants.
#[derive(Clone, PartialEq, Eq)]
pub struct IdTokenGrant {
    /// How profiles and scenarios call the token.
    pub name: String,
    /// The token; none takes [`id_token`] of the server's seed. A secret.
    pub token: Option<String>,
    /// The account whose product instances may use it.
    pub account: Account,
}

impl IdTokenGrant {
    /// The grants `valid` and `other_account`.
    #[must_use]
    pub fn embedded() -> Vec<Self> {
        DERIVED_TOKENS
            .iter()
            .map(|(name, virtual_account)| Self {
                name: (*name).to_owned(),
                token: None,
                account: Account::of_test_account(virtual_account),
            })
            .collect()
    }
}

impl fmt::Debug for IdTokenGrant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdTokenGrant")
            .field("name", &self.name)
            .field("account", &self.account)
            .finish_non_exhaustive()
    }
}

/// The embedded server's ID token called `name` under `seed`: `valid` or `other_account`, and for
/// registrations `expired`, `revoked`, `single_use`, `export_not_allowed`, `cssm_only` or
/// `onprem_only`.
#[must_use]
pub fn id_token(seed: u64, name: &str) -> Option<String> {
    let derived = DERIVED_TOKENS.iter().any(|(known, _)| *known == name);
    if !derived && !REGISTRATION_TOKENS.contains(&name) {
        return None;
    }
    let bytes = Seed::from_u64(seed).derive(&format!("id token {name}"), 0);
    // Assumed: the look of a token; the documents show none.
    Some(format!("MUSTER-TEST-{}", URL_SAFE_NO_PAD.encode(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_differ_by_name_and_seed_and_no_other_name_has_one() {
        let valid = id_token(1, "valid").unwrap();
        assert_eq!(id_token(1, "valid").as_ref(), Some(&valid));
        assert_ne!(id_token(1, "other_account").unwrap(), valid);
        assert_ne!(id_token(2, "valid").unwrap(), valid);
        assert_eq!(id_token(1, "unknown"), None);
    }

    #[test]
    fn a_grant_does_not_print_its_token() {
        let token = Some("secret-text".to_owned());
        let grant = IdTokenGrant { token, ..IdTokenGrant::embedded().remove(0) };
        assert!(!format!("{grant:?}").contains("secret-text"));
    }
}
