//! The local accounts a caller may see.
//!
//! Public: a published client lists them with this call, which the guide does not have. Assumed:
//! what is in the members, and that a tenant's URL has the host the call was made to.

use schemars::JsonSchema;
use serde::Serialize;

use super::answer::{Answered, Status, good};
use super::call::Call;

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct LocalAccounts {
    status: Status,
    status_message: &'static str,
    accounts: Vec<LocalAccount>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct LocalAccount {
    name: String,
    domain: String,
    account_id: String,
    cslu_tenant_url: String,
    cssm_smart_account_id: String,
    cssm_smart_account_name: String,
    cssm_virtual_account_name: String,
    virtual_accounts: Vec<String>,
}

/// Counts up from here, so that an identifier looks like one.
const ACCOUNT_ID_FIRST: usize = 100_001;

pub(super) fn list(call: &Call<'_>) -> Answered {
    let store = call.core.store();
    let holdings = &store.holdings;
    let host = call.header("host").unwrap_or("localhost");
    let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
    let reached = (ACCOUNT_ID_FIRST..)
        .zip(holdings.local_accounts())
        .filter(|(_, name)| call.caller.reaches(name));
    let account = |(id, name): (usize, &str)| {
        let named = |number| &holdings.account(number).virtual_account;
        let seen = holdings.of_local_account(name).map(named);
        let seen: Vec<String> =
            seen.filter(|of| call.caller.role(name, of).is_some()).cloned().collect();
        let default = holdings.of_local_account(name).find(|number| holdings.is_default(*number));
        let tenants = &call.core.options.tenants;
        let tenant = tenants.iter().find(|tenant| tenant.account.smart_account == name);
        let url = |tenant: &crate::Tenant| {
            format!("https://{host}/cslu/v1/pi/{}", tenant.name.replace(' ', "%20"))
        };
        LocalAccount {
            name: name.to_owned(),
            domain: name.to_owned(),
            account_id: id.to_string(),
            cslu_tenant_url: tenant.map_or_else(String::new, url),
            cssm_smart_account_id: id.to_string(),
            cssm_smart_account_name: name.to_owned(),
            cssm_virtual_account_name: default.map_or_else(String::new, |of| named(of).clone()),
            virtual_accounts: seen,
        }
    };
    let accounts = reached.map(account).collect();
    Ok(good(&LocalAccounts { status: Status::Success, status_message: "", accounts }))
}

/// The identifier of a smart account, as this and the calls of CSSM show it.
pub(super) fn account_id(holdings: &crate::holdings::Holdings, name: &str) -> Option<String> {
    let at = holdings.local_accounts().position(|known| known == name)?;
    Some((ACCOUNT_ID_FIRST + at).to_string())
}
