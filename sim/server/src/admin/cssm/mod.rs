//! The REST calls of CSSM that the On-Prem does not have.
//!
//! Public: published clients and recorded answers (smart licensing using policy without a
//! connection of the product instance). Assumed: what the clients do not look at.
//!
//! - [`accounts`]: smart accounts and roles; [`summary`]: licences by their tags
//! - [`authorization`], [`usage`]: requests that are put off; [`submission`]: until their poll;
//!   [`poll`]: which gets them

pub(super) mod accounts;
pub(super) mod authorization;
pub(super) mod poll;
pub(super) mod submission;
pub(super) mod summary;
pub(super) mod usage;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::answer::good;
use super::call::Call;
use crate::holdings::AccountNumber;
use crate::message::ServerAnswer;
use crate::store::Store;

/// What every order has in its `data`: repeated in the answer as it came.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
pub(super) struct Exchange {
    #[serde(default)]
    pub(super) timestamp: Value,
    #[serde(default)]
    pub(super) nonce: Value,
}

impl Exchange {
    /// The exchange, as far as it is worth repeating.
    fn echoed(self) -> Self {
        let plain = |value: Value| match value {
            Value::String(text) if text.len() <= 128 => Value::String(text),
            Value::Number(number) => Value::Number(number),
            _ => Value::Null,
        };
        Self { timestamp: plain(self.timestamp), nonce: plain(self.nonce) }
    }

    /// The nonce as a text.
    fn nonce_text(&self) -> String {
        match &self.nonce {
            Value::String(text) => text.clone(),
            Value::Null => String::new(),
            other => other.to_string(),
        }
    }
}

/// A refusal in the form of these calls.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Failure<'a> {
    status: &'static str,
    message_code: &'a str,
    message: &'a str,
    #[serde(flatten)]
    exchange: Exchange,
}

fn failed(status: u16, code: &str, message: &str, exchange: Exchange) -> ServerAnswer {
    let failure =
        Failure { status: "FAILED", message_code: code, message, exchange: exchange.echoed() };
    ServerAnswer { status, ..good(&failure) }
}

/// The virtual account the headers name, by identifier or name. Assumed: without them it is the
/// first one the caller may see.
fn account_of(
    call: &Call<'_>,
    store: &Store,
    exchange: &Exchange,
) -> Result<AccountNumber, ServerAnswer> {
    let smart = call.header("x-csw-smart-account-id");
    let pool = call.header("x-csw-virtual-account-id");
    let holdings = &store.holdings;
    let fits = |number: &AccountNumber| {
        let account = holdings.account(*number);
        let (smart_name, name) = (&account.smart_account, &account.virtual_account);
        let smart_id = super::local_accounts::account_id(holdings, smart_name);
        let smart_fits =
            smart.is_none_or(|wanted| wanted == smart_name || smart_id.as_deref() == Some(wanted));
        let pool_fits = pool
            .is_none_or(|wanted| wanted == name || wanted == accounts::virtual_account_id(*number));
        smart_fits && pool_fits && call.caller.role(smart_name, name).is_some()
    };
    let found = holdings.numbers().find(fits);
    found.ok_or_else(|| {
        let message = "Not Authorized to access the Virtual Account.";
        failed(403, "ACCESS_RESTRICTED", message, exchange.clone())
    })
}
