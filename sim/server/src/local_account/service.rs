//! What a local account does for its product instances.
//!
//! Source: SSM On-Prem 7 User Guide, "Accounts Widget" (an account must be registered), "Manually
//! Re-Registering a local Account" (nothing is reported before a full synchronization),
//! "Synchronization Alerts" (after a year nobody gets a valid answer). Assumed: a deactivated
//! account registers nobody and goes on serving who is registered.

use super::LocalAccount;
use super::account_state::AccountState;
use crate::holdings::AccountNumber;
use crate::router::Role;
use crate::store::Store;
use crate::synchronization::ageing::Ageing;

/// How far an account serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    Whole,
    /// Who is registered is served.
    NoRegistration,
    /// Nobody can say what it uses.
    NoUsage,
    /// Not registered with CSSM, or not synchronized for a year.
    None,
}

impl Service {
    /// Of one account at a time.
    pub(crate) fn of(account: &LocalAccount, now_ms: u64) -> Self {
        if account.registration.is_none() {
            return Self::None;
        }
        if account.clock.ageing(now_ms) == Ageing::Dead {
            return Self::None;
        }
        match account.state {
            AccountState::Active => Self::Whole,
            AccountState::Unsynchronized => Self::NoUsage,
            AccountState::Deactivated | AccountState::ReRegistering => Self::NoRegistration,
            _ => Self::None,
        }
    }
}

impl Store {
    /// How far the account behind a virtual account serves. CSSM always does.
    pub(crate) fn service(&self, role: Role, account: AccountNumber, now_ms: u64) -> Service {
        if role == Role::Cssm {
            return Service::Whole;
        }
        let name = &self.holdings.account(account).smart_account;
        self.local_accounts.get(name).map_or(Service::None, |of| Service::of(of, now_ms))
    }
}
