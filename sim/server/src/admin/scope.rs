//! Which virtual accounts a list call is about: those that were asked for, as far as the caller has
//! a role in them.
//!
//! Source: SSM On-Prem 7 User Guide, "License Usage" (what is asked for and not there is named, the
//! rest is returned).

use std::collections::BTreeSet;

use super::access::Caller;
use crate::holdings::{AccountNumber, Holdings};

/// Virtual accounts of one local account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Scope {
    /// In ascending order.
    pub(super) numbers: Vec<AccountNumber>,
    /// What was asked for and is not the caller's to see.
    foreign: Vec<String>,
}

/// Why there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OutOfReach {
    /// The caller has no role in the account, or there is no such account.
    Account,
    /// The caller has no role in any virtual account that was asked for.
    VirtualAccounts,
}

impl Scope {
    /// The virtual accounts of a call. Assumed: no names, and an empty list of them, mean all.
    pub(super) fn of(
        holdings: &Holdings,
        caller: &Caller,
        account: &str,
        wanted: Option<&[String]>,
    ) -> Result<Self, OutOfReach> {
        let name = |number: &AccountNumber| holdings.account(*number).virtual_account.as_str();
        let numbers: Vec<AccountNumber> = holdings
            .of_local_account(account)
            .filter(|number| caller.role(account, name(number)).is_some())
            .collect();
        if numbers.is_empty() || !caller.reaches(account) {
            return Err(OutOfReach::Account);
        }
        let Some(wanted) = wanted.filter(|wanted| !wanted.is_empty()) else {
            return Ok(Self { numbers, foreign: Vec::new() });
        };
        let mut foreign: BTreeSet<&str> = wanted.iter().map(String::as_str).collect();
        let numbers: Vec<_> =
            numbers.into_iter().filter(|number| foreign.remove(name(number))).collect();
        if numbers.is_empty() {
            return Err(OutOfReach::VirtualAccounts);
        }
        let foreign = foreign.into_iter().map(str::to_owned).collect();
        Ok(Self { numbers, foreign })
    }

    pub(super) fn covers(&self, number: AccountNumber) -> bool {
        self.numbers.binary_search(&number).is_ok()
    }

    /// What is said about it: nothing, unless something was asked for in vain.
    pub(super) fn message(&self, account: &str) -> String {
        if self.foreign.is_empty() {
            return String::new();
        }
        let names = self.foreign.join(", ");
        format!(
            "The requested virtual account '{names}' doesn't belong to the account '{account}'. \
             Hence returning the response for eligible local Virtual Accounts."
        )
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::account::Account;
    use crate::admin::role::{Access, AccountRole, VirtualAccountRole};

    const ACCOUNT: &str = "Muster Test SA";

    fn names(scope: &Scope, holdings: &Holdings) -> Vec<String> {
        let name = |number: &AccountNumber| holdings.account(*number).virtual_account.clone();
        scope.numbers.iter().map(name).collect()
    }

    #[test]
    fn a_scope_is_what_was_asked_for_and_may_be_seen() {
        let accounts = ["Default", "Physics", "Zoology"].map(Account::of_test_account);
        let holdings = Holdings::of_test(&accounts);
        let of = |access: &Access, wanted: &[&str]| {
            let wanted: Vec<String> = wanted.iter().map(|name| (*name).to_owned()).collect();
            Scope::of(&holdings, &Caller::of_test(access.clone()), ACCOUNT, Some(&wanted))
        };
        let all = of(&Access::System, &[]).unwrap();
        assert_eq!(names(&all, &holdings), ["Default", "Physics", "Zoology"]);
        assert_eq!(all.message(ACCOUNT), "");
        let some = of(&Access::System, &["Zoology", "Botany"]).unwrap();
        assert_eq!(names(&some, &holdings), ["Zoology"]);
        assert!(some.message(ACCOUNT).starts_with("The requested virtual account 'Botany'"));
        let role = BTreeMap::from([("Physics".to_owned(), VirtualAccountRole::User)]);
        let one = Access::to(ACCOUNT, AccountRole::PerVirtualAccount(role));
        assert_eq!(names(&of(&one, &[]).unwrap(), &holdings), ["Physics"]);
        assert_eq!(of(&one, &["Zoology"]), Err(OutOfReach::VirtualAccounts));
        let elsewhere = Access::to("Another", AccountRole::Administrator);
        assert_eq!(of(&elsewhere, &[]), Err(OutOfReach::Account));
    }
}
