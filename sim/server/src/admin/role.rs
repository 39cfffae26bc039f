//! Roles: who may do what in which account.
//!
//! Source: SSM On-Prem 7 User Guide, "About System Roles", "About Local Account Roles", "Setting
//! API Access Control" (a grant has a role per account, or per virtual account). Assumed: what the
//! calls need where their chapter does not say; a System Operator differs from a System
//! Administrator in settings only, which this API has none of.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::credential::random_text;

/// A client or user of the API.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiGrant {
    /// The client's identifier, or the user's name.
    pub id: String,
    /// The client's secret, or the user's password. A secret.
    pub secret: String,
    /// What it may reach.
    pub access: Access,
}

impl ApiGrant {
    /// One that may reach everything.
    #[must_use]
    pub fn everything(id: &str, secret: &str) -> Self {
        Self { id: id.to_owned(), secret: secret.to_owned(), access: Access::System }
    }

    /// One that may reach everything, with a secret that is made up.
    #[must_use]
    pub fn with_random_secret(id: &str) -> Self {
        Self::everything(id, &random_text())
    }
}

impl fmt::Debug for ApiGrant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiGrant").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What a client or user may reach.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// Every account, as System Administrators and System Operators.
    System,
    /// Some local accounts, by name, as System Users and most clients.
    Accounts(BTreeMap<String, AccountRole>),
}

/// A role in one local account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountRole {
    /// Manages everything.
    Administrator,
    /// Manages assets in all virtual accounts, and no virtual accounts.
    User,
    /// A role of its own in some virtual accounts, by name.
    PerVirtualAccount(BTreeMap<String, VirtualAccountRole>),
}

/// A role in one virtual account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VirtualAccountRole {
    /// Also removes product instances.
    Administrator,
    /// Uses the account's tokens, licences and product instances.
    User,
}

impl Access {
    /// The role in one account alone.
    #[must_use]
    pub fn to(account: &str, role: AccountRole) -> Self {
        Self::Accounts(BTreeMap::from([(account.to_owned(), role)]))
    }

    /// Whether virtual accounts may be created and deleted.
    pub(crate) fn administers(&self, account: &str) -> bool {
        match self {
            Self::System => true,
            Self::Accounts(roles) => roles.get(account) == Some(&AccountRole::Administrator),
        }
    }

    /// Whether there is any role in an account.
    pub(crate) fn reaches(&self, account: &str) -> bool {
        match self {
            Self::System => true,
            Self::Accounts(roles) => match roles.get(account) {
                Some(AccountRole::PerVirtualAccount(roles)) => !roles.is_empty(),
                role => role.is_some(),
            },
        }
    }

    /// Whether there is a role in every virtual account of an account.
    pub(crate) fn reaches_all_of(&self, account: &str) -> bool {
        match self {
            Self::System => true,
            Self::Accounts(roles) => {
                matches!(roles.get(account), Some(AccountRole::Administrator | AccountRole::User))
            }
        }
    }

    /// The role in a virtual account. Assumed: an Account User removes no product instances.
    pub(crate) fn role(&self, account: &str, virtual_account: &str) -> Option<VirtualAccountRole> {
        match self {
            Self::System => Some(VirtualAccountRole::Administrator),
            Self::Accounts(roles) => match roles.get(account)? {
                AccountRole::Administrator => Some(VirtualAccountRole::Administrator),
                AccountRole::User => Some(VirtualAccountRole::User),
                AccountRole::PerVirtualAccount(roles) => roles.get(virtual_account).copied(),
            },
        }
    }

    /// Takes the role in a virtual account away, because it was deleted; the role it was.
    pub(crate) fn forget(
        &mut self,
        account: &str,
        virtual_account: &str,
    ) -> Option<VirtualAccountRole> {
        let Self::Accounts(roles) = self else { return None };
        let Some(AccountRole::PerVirtualAccount(roles)) = roles.get_mut(account) else {
            return None;
        };
        roles.remove(virtual_account)
    }

    /// Takes the roles in a local account away, because it was deleted.
    pub(crate) fn forget_account(&mut self, account: &str) {
        if let Self::Accounts(roles) = self {
            roles.remove(account);
        }
    }

    /// Adds roles in virtual accounts of a local account; the larger one counts. Assumed: whoever
    /// has a role in the whole account keeps that.
    pub(crate) fn add(&mut self, account: &str, more: &BTreeMap<String, VirtualAccountRole>) {
        let Self::Accounts(roles) = self else { return };
        if more.is_empty() {
            return;
        }
        let own = roles.entry(account.to_owned());
        let own = own.or_insert_with(|| AccountRole::PerVirtualAccount(BTreeMap::new()));
        let AccountRole::PerVirtualAccount(own) = own else { return };
        for (pool, role) in more {
            let known = own.entry(pool.clone()).or_insert(*role);
            if *role == VirtualAccountRole::Administrator {
                *known = *role;
            }
        }
    }

    /// The roles in the words of the guide, with the local account each is in; none for the whole
    /// system.
    pub(crate) fn titles(&self) -> Vec<(Option<&str>, &'static str)> {
        let Self::Accounts(roles) = self else { return vec![(None, "System Admin")] };
        let mut titles = Vec::new();
        for (account, role) in roles {
            let account = Some(account.as_str());
            match role {
                AccountRole::Administrator => titles.push((account, "Account Administrator")),
                AccountRole::User => titles.push((account, "Account User")),
                AccountRole::PerVirtualAccount(roles) => {
                    let title = |role: &VirtualAccountRole| match role {
                        VirtualAccountRole::Administrator => "Virtual Account Administrator",
                        VirtualAccountRole::User => "Virtual Account User",
                    };
                    titles.extend(roles.values().map(|role| (account, title(role))));
                }
            }
        }
        titles
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_reach_as_far_as_they_say() {
        use VirtualAccountRole::{Administrator, User};
        let per = AccountRole::PerVirtualAccount(BTreeMap::from([("V".to_owned(), User)]));
        let none = AccountRole::PerVirtualAccount(BTreeMap::new());
        for (access, administers, reaches, all, in_v, in_w) in [
            (Access::System, true, true, true, Some(Administrator), Some(Administrator)),
            (
                Access::to("A", AccountRole::Administrator),
                true,
                true,
                true,
                Some(Administrator),
                Some(Administrator),
            ),
            (Access::to("A", AccountRole::User), false, true, true, Some(User), Some(User)),
            (Access::to("A", per), false, true, false, Some(User), None),
            (Access::to("A", none), false, false, false, None, None),
            (Access::to("B", AccountRole::Administrator), false, false, false, None, None),
        ] {
            assert_eq!(access.administers("A"), administers, "{access:?}");
            assert_eq!(access.reaches("A"), reaches, "{access:?}");
            assert_eq!(access.reaches_all_of("A"), all, "{access:?}");
            assert_eq!(["V", "W"].map(|name| access.role("A", name)), [in_v, in_w], "{access:?}");
        }
    }

    #[test]
    fn a_role_in_a_deleted_account_is_gone() {
        let role = BTreeMap::from([("V".to_owned(), VirtualAccountRole::User)]);
        let mut access = Access::to("A", AccountRole::PerVirtualAccount(role));
        assert_eq!(access.forget("A", "V"), Some(VirtualAccountRole::User));
        assert_eq!(access.forget("A", "V"), None);
        assert!(!access.reaches("A"));
    }

    #[test]
    fn more_roles_add_to_those_that_are_there_and_take_none_away() {
        use VirtualAccountRole::{Administrator, User};
        let roles = |role| BTreeMap::from([("V".to_owned(), role)]);
        let mut access = Access::Accounts(BTreeMap::new());
        for (more, expected) in
            [(User, User), (Administrator, Administrator), (User, Administrator)]
        {
            access.add("A", &roles(more));
            assert_eq!(access.role("A", "V"), Some(expected));
        }
        let mut whole = Access::to("A", AccountRole::User);
        whole.add("A", &roles(Administrator));
        assert_eq!((whole.role("A", "V"), whole.role("A", "W")), (Some(User), Some(User)));
        access.forget_account("A");
        assert!(!access.reaches("A"));
    }
}
