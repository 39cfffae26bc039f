//! Local accounts of the On-Prem: asked for, registered with CSSM, put to rest, deleted.
//!
//! Source: SSM On-Prem 7 User Guide, "About Accounts and Local Virtual Accounts", "Accounts
//! Widget". Assumed: an account the server starts with is registered, active and called as its
//! smart account.
//!
//! - [`account_state`]: the table; [`life`]: what administrators do; [`registration_file`]: without
//!   a network; [`deletion`]: what must hold before an account goes
//! - [`custom_tag`]: what virtual accounts can be tagged with; [`service`]: what an account does
//!   for its product instances
//! - [`control`]: the control API

pub(crate) mod account_state;
pub(crate) mod control;
pub(crate) mod custom_tag;
mod deletion;
pub(crate) mod life;
mod registration_file;
pub(crate) mod service;
pub(crate) mod virtual_accounts;

#[cfg(test)]
pub(crate) mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use self::account_state::{AccountInput, AccountState};
use self::custom_tag::CustomTag;
use crate::account::Account;
use crate::state::{Kept, Records, collections};
use crate::synchronization::account_clock::AccountClock;
use crate::synchronization::privacy::Privacy;

/// Local accounts at a time (documented).
pub(crate) const LOCAL_ACCOUNTS_MAX: usize = 500;

/// Characters of a name, an address or a reason.
pub(crate) const TEXT_LENGTH_MAX: usize = 200;

/// All local accounts, by name.
#[derive(Debug, Default)]
pub(crate) struct LocalAccounts {
    accounts: Kept<String, LocalAccount>,
}

collections!(LocalAccounts {
    kept {
        accounts => "local_accounts",
    }
    inner {}
    not_kept {}
});

/// One local account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct LocalAccount {
    pub(crate) name: String,
    pub(crate) state: AccountState,
    /// Who asked for it, and for what.
    pub(crate) request: AccountRequest,
    /// Its place at CSSM; none until it is registered.
    pub(crate) registration: Option<Registration>,
    /// How often it was registered.
    pub(crate) generation: u32,
    /// The file that an answer is awaited to.
    pub(crate) awaited_file: Option<String>,
    /// Whether it owes CSSM a full synchronization by file.
    pub(crate) owes_full_synchronization: bool,
    /// Why it was rejected, deactivated or activated last.
    pub(crate) reason: Option<String>,
    pub(crate) custom_tags: BTreeMap<String, CustomTag>,
    /// What of its product instances is not told to CSSM; none follows the server's setting.
    pub(crate) privacy: Option<Privacy>,
    /// When it synchronized and when it will.
    pub(crate) clock: AccountClock,
}

/// What was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AccountRequest {
    pub(crate) smart_account: String,
    pub(crate) virtual_account: String,
    pub(crate) email: String,
    pub(crate) message: String,
    pub(crate) user: String,
    pub(crate) at_ms: u64,
}

/// The account's place at CSSM.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Registration {
    /// The pair it exchanges with.
    pub(crate) pair: Account,
    /// What CSSM calls the On-Prem.
    pub(crate) on_prem: String,
    /// The identifier it has at CSSM.
    pub(crate) uid: String,
    pub(crate) at_ms: u64,
    pub(crate) certificate: AccountCertificate,
}

/// The account's ID certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AccountCertificate {
    pub(crate) serial: u64,
    pub(crate) not_before_ms: u64,
    pub(crate) not_after_ms: u64,
}

impl LocalAccount {
    /// Moves on, or says what cannot be done.
    pub(crate) fn apply(&mut self, input: AccountInput) -> Result<(), Refused> {
        let to = self.state.after(input).ok_or(Refused::State { state: self.state, input })?;
        self.state = to;
        Ok(())
    }

    /// What CSSM calls the On-Prem; its own name before it is registered.
    pub(crate) fn on_prem(&self) -> &str {
        self.registration.as_ref().map_or(&self.name, |registration| &registration.on_prem)
    }
}

/// Why something is not done to a local account.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refused {
    #[error("there is no local account {name:?}")]
    Unknown { name: String },
    #[error("there is a local account {name:?} already")]
    NameInUse { name: String },
    #[error("{member} must have 1 to {TEXT_LENGTH_MAX} characters and no control characters")]
    Unfit { member: &'static str },
    #[error("there are {LOCAL_ACCOUNTS_MAX} local accounts already")]
    Full,
    #[error("the virtual account cannot be created: {reason}")]
    VirtualAccount { reason: &'static str },
    #[error("nobody can {} an account that is {}", input.as_str(), state.as_str())]
    State { state: AccountState, input: AccountInput },
    #[error("CSSM cannot be reached")]
    LinkDown,
    #[error("the Cisco virtual account belongs to the local account {name:?}")]
    PairInUse { name: String },
    #[error("the On-Prem still has {count} product instances at CSSM; support must remove them")]
    ProductsAtCssm { count: usize },
    #[error("the account still has {count} product instances; remove them")]
    ProductsHere { count: usize },
    #[error("CSSM still lists {count} product instances of the account; synchronize first")]
    NotSynchronized { count: usize },
    #[error("the account was not synchronized for a year; delete it and register it anew")]
    Dead,
    #[error("{reason}")]
    File { reason: String },
    #[error("{reason}")]
    Tag { reason: String },
}

impl Refused {
    /// The status of the control API.
    pub(crate) const fn status(&self) -> u16 {
        match self {
            Self::Unknown { .. } => 404,
            Self::Unfit { .. } | Self::File { .. } | Self::Tag { .. } => 400,
            _ => 409,
        }
    }
}

impl LocalAccounts {
    pub(crate) fn get(&self, name: &str) -> Option<&LocalAccount> {
        self.accounts.get(name)
    }

    pub(crate) fn find(&mut self, name: &str) -> Result<&mut LocalAccount, Refused> {
        let unknown = || Refused::Unknown { name: name.chars().take(64).collect() };
        self.accounts.get_mut(name).ok_or_else(unknown)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &LocalAccount> {
        self.accounts.values()
    }

    /// The names, for whoever changes accounts one after another.
    pub(crate) fn names(&self) -> Vec<String> {
        self.accounts.keys().cloned().collect()
    }

    pub(crate) fn is_full(&self) -> bool {
        self.accounts.len() >= LOCAL_ACCOUNTS_MAX
    }

    pub(crate) fn enter(&mut self, account: LocalAccount) {
        self.accounts.insert(account.name.clone(), account);
    }

    pub(crate) fn strike(&mut self, name: &str) -> Option<LocalAccount> {
        self.accounts.remove(name)
    }

    /// A copy of all, for a backup.
    pub(crate) fn records(&self) -> Records {
        Records::of(self.accounts.iter())
    }
}

/// A text that fits.
pub(crate) fn checked(member: &'static str, text: &str) -> Result<(), Refused> {
    let length = text.chars().count();
    let fits = (1..=TEXT_LENGTH_MAX).contains(&length)
        && !text.trim().is_empty()
        && !text.chars().any(char::is_control);
    if fits { Ok(()) } else { Err(Refused::Unfit { member }) }
}
