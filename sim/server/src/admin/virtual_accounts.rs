//! Virtual accounts: created, listed, deleted.
//!
//! Source: SSM On-Prem 7 User Guide, "Creating a Local Virtual Account", "Listing Local Virtual
//! Accounts", "Deleting a Local Virtual Account"; "About Local Account Roles" (an Account User
//! creates none). Public: `isDefault` is a text. Assumed: what is said about names that do not fit,
//! and about accounts that cannot be deleted; a virtual account with product instances stays.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::answer::{Answered, Said, Status, good, refused};
use super::call::Call;
use crate::account::Account;
use crate::holdings::virtual_account::{NotCreated, NotDeleted};
use crate::notices::account_text;

#[derive(Debug, Default, Deserialize, JsonSchema)]
pub(super) struct NewVirtualAccount {
    name: Option<String>,
    description: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct VirtualAccountRow {
    name: String,
    description: String,
    /// `true` or `false`, as a text.
    is_default: String,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct VirtualAccounts {
    status: Status,
    status_message: String,
    virtual_accounts: Vec<VirtualAccountRow>,
}

pub(super) fn create(call: &Call<'_>) -> Answered {
    let account = call.account();
    let not_authorized = || refused(403, not_authorized());
    if !call.caller.administers(account) {
        return Err(not_authorized());
    }
    let wanted: NewVirtualAccount = call.read()?;
    let name = wanted.name.unwrap_or_default();
    let description = wanted.description.unwrap_or_default();
    let mut store = call.core.store();
    if store.holdings.of_local_account(account).next().is_none() {
        return Err(no_such_account(account));
    }
    let new = Account { smart_account: account.to_owned(), virtual_account: name.clone() };
    match store.holdings.create(new, &description) {
        Ok(number) => {
            store.tell(number, account_text::created(&name).by(call.caller.holder.name()));
            Ok(good(&Said::success(format!("Virtual Account '{name}' created successfully"))))
        }
        Err(NotCreated::NameInUse) => Err(refused(
            422,
            format!("The specified name '{name}' for the virtual account is already in use."),
        )),
        Err(NotCreated::Unfit) => {
            Err(refused(422, "Invalid name or description for the virtual account."))
        }
        Err(NotCreated::Full) => {
            Err(refused(422, "The maximum number of virtual accounts is reached."))
        }
    }
}

pub(super) fn list(call: &Call<'_>) -> Answered {
    let account = call.account();
    let store = call.core.store();
    let holdings = &store.holdings;
    let rows: Vec<_> = holdings
        .of_local_account(account)
        .map(|number| (number, holdings.account(number).virtual_account.clone()))
        .filter(|(_, name)| call.caller.role(account, name).is_some())
        .map(|(number, name)| VirtualAccountRow {
            name,
            description: holdings.description(number).to_owned(),
            is_default: holdings.is_default(number).to_string(),
        })
        .collect();
    if rows.is_empty() {
        // The guide prints this text with the list, and the other one with the creation.
        return Err(refused(
            403,
            format!(
                "Not Authorized to create local Virtual Accounts within local Account '{account}'"
            ),
        ));
    }
    let (status, status_message) = (Status::Success, String::new());
    Ok(good(&VirtualAccounts { status, status_message, virtual_accounts: rows }))
}

pub(super) fn delete(call: &Call<'_>) -> Answered {
    let (account, name) = (call.account(), call.virtual_account());
    if !call.caller.administers(account) {
        return Err(refused(403, not_authorized()));
    }
    let mut store = call.core.store();
    let number = call.found(&store, not_authorized)?;
    let by = Some(call.caller.holder.name());
    let why = match store.delete_virtual_account(number, by, call.now_ms) {
        Ok(()) => {
            let message = format!("Virtual Account '{name}' deleted successfully");
            return Ok(good(&Said::success(message)));
        }
        Err(NotDeleted::HasInstances) => "it has product instances",
        Err(NotDeleted::IsDefault) => "it is the default virtual account",
        Err(NotDeleted::HoldsLicences) => "it has licenses",
    };
    Err(refused(422, format!("Virtual Account '{name}' cannot be deleted: {why}.")))
}

fn not_authorized() -> String {
    "Not Authorized to access local Virtual Accounts in local Account".to_owned()
}

fn no_such_account(account: &str) -> crate::message::ServerAnswer {
    refused(422, format!("Failed to find local Account '{account}'."))
}
