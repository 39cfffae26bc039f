//! Smart accounts, their virtual accounts, and the caller's roles.
//!
//! Public: recorded answers, and what clients read of others. Assumed: identifiers count up; a
//! smart account's domain is its name.

use schemars::JsonSchema;
use serde::Serialize;

use crate::admin::answer::{Answered, good};
use crate::admin::call::Call;
use crate::admin::local_accounts::account_id;
use crate::admin::role::VirtualAccountRole;
use crate::holdings::AccountNumber;

/// Counts up from here, so that an identifier looks like one.
const VIRTUAL_ACCOUNT_ID_FIRST: usize = 200_001;

#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::admin) struct FoundAccounts {
    status: &'static str,
    message_code: &'static str,
    message: &'static str,
    accounts: Vec<FoundAccount>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::admin) struct FoundAccount {
    account_id: String,
    domain: String,
    name: String,
    status: &'static str,
    virtual_accounts: Vec<FoundVirtualAccount>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::admin) struct FoundVirtualAccount {
    virtual_account_id: String,
    name: String,
    default: bool,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::admin) struct AccountsWithRoles {
    status: &'static str,
    accounts: Vec<AccountWithRoles>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::admin) struct AccountWithRoles {
    account_domain: String,
    account_name: String,
    roles: Vec<RoleRow>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::admin) struct RoleRow {
    role: &'static str,
    virtual_account: String,
}

/// The identifier of a virtual account.
pub(super) fn virtual_account_id(number: AccountNumber) -> String {
    (VIRTUAL_ACCOUNT_ID_FIRST + number.position()).to_string()
}

pub(in crate::admin) fn search(call: &Call<'_>) -> Answered {
    let store = call.core.store();
    let holdings = &store.holdings;
    let account = |name: &str| {
        let row = |number| FoundVirtualAccount {
            virtual_account_id: virtual_account_id(number),
            name: holdings.account(number).virtual_account.clone(),
            default: holdings.is_default(number),
        };
        let own = holdings.of_local_account(name).map(row);
        FoundAccount {
            account_id: account_id(holdings, name).unwrap_or_default(),
            domain: name.to_owned(),
            name: name.to_owned(),
            status: "ACTIVE",
            virtual_accounts: own.filter(|of| call.caller.role(name, &of.name).is_some()).collect(),
        }
    };
    let reached = holdings.local_accounts().filter(|name| call.caller.reaches(name));
    Ok(good(&FoundAccounts {
        status: "COMPLETE",
        message_code: "",
        message: "",
        accounts: reached.map(account).collect(),
    }))
}

pub(in crate::admin) fn roles(call: &Call<'_>) -> Answered {
    let store = call.core.store();
    let holdings = &store.holdings;
    let account = |name: &str| {
        let names = holdings.of_local_account(name).map(|of| &holdings.account(of).virtual_account);
        let role = |pool: &String| {
            let role = match call.caller.role(name, pool)? {
                VirtualAccountRole::Administrator => "Smart Account Administrator",
                VirtualAccountRole::User => "Smart Account User",
            };
            Some(RoleRow { role, virtual_account: pool.clone() })
        };
        AccountWithRoles {
            account_domain: name.to_owned(),
            account_name: name.to_owned(),
            roles: names.filter_map(role).collect(),
        }
    };
    let reached = holdings.local_accounts().filter(|name| call.caller.reaches(name));
    Ok(good(&AccountsWithRoles { status: "SUCCESS", accounts: reached.map(account).collect() }))
}
