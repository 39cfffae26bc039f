//! Registration tokens: created, listed, revoked.
//!
//! Source: SSM On-Prem 7 User Guide, "Creating a Token", "Listing all Tokens", "Revoking a Token",
//! "Creating Product Instance Registration Tokens" (1 to 365 days). Public: `tokenInfo` and its
//! `token`, days as a text. Assumed: the names of expiration date and creator, the texts for days
//! and export control that mean nothing, what follows `Token-`, where the guide is cut off; any
//! role in the virtual account suffices.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::answer::{Answered, Said, Status, good, refused, together};
use super::calendar::iso_time;
use super::call::Call;
use super::liberal::Whole;
use crate::classic::token::{Issuer, RegistrationToken, Revocation};
use crate::notices::account_text;
use crate::router::Role;
use crate::store::Store;

/// Tokens of one revocation (documented).
const REVOKED_MAX: usize = 10;

/// Characters of a description.
const DESCRIPTION_LENGTH_MAX: usize = 500;

const ALLOWED: &str = "Allowed";
const NOT_ALLOWED: &str = "Not Allowed";

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewToken {
    /// 1 to 365.
    expires_after_days: Option<Whole>,
    description: Option<String>,
    /// `Allowed` or `Not Allowed`.
    export_controlled: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct TokenInfo {
    token: String,
    expiration_date: String,
    description: String,
    export_controlled: &'static str,
    created_by: String,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct CreatedToken {
    status: Status,
    status_message: &'static str,
    token_info: TokenInfo,
}

/// A token of a list, where the member for export control has another name.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct TokenRow {
    token: String,
    expiration_date: String,
    description: String,
    export_control: &'static str,
    created_by: String,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Tokens {
    status: Status,
    status_message: &'static str,
    tokens: Vec<TokenRow>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
pub(super) struct TokensToRevoke {
    /// At most ten.
    tokens: Option<Vec<String>>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct RevokedTokens {
    status: Status,
    status_message: String,
    tokens_revoke_status: Vec<Said>,
}

pub(super) fn create(call: &Call<'_>) -> Answered {
    let wanted: NewToken = call.read()?;
    let days = wanted.expires_after_days.and_then(Whole::as_u32);
    let export_allowed = match wanted.export_controlled.as_deref() {
        Some(ALLOWED) => true,
        Some(NOT_ALLOWED) | None => false,
        Some(_) => return Err(refused(422, "Invalid exportControlled value")),
    };
    let description = wanted.description.unwrap_or_default();
    if description.chars().count() > DESCRIPTION_LENGTH_MAX {
        return Err(refused(422, "Invalid description value"));
    }
    let mut store = call.core.store();
    let account = call.found(&store, || not_authorized("create tokens for", call))?;
    let Some(days) = days.filter(|days| (1..=365).contains(days)) else {
        return Err(refused(422, "Invalid expiresAfterDays value"));
    };
    let token = RegistrationToken {
        issuer: if call.role == Role::Cssm { Issuer::Cssm } else { Issuer::OnPrem },
        uses_max: None,
        // While the account's flag is off, whatever was asked for comes back as not allowed.
        export_allowed: export_allowed && store.holdings.export_allowed(account),
        description,
        created_by: call.caller.holder.name().to_owned(),
        ..RegistrationToken::for_days(account, call.now_ms, days)
    };
    let Some(text) = store.classic.tokens.create(token.clone()) else {
        return Err(refused(422, "The maximum number of tokens is reached."));
    };
    let pool = call.virtual_account();
    let notice = account_text::token_created(pool, &text, token.export_allowed);
    store.tell(account, notice.by(&token.created_by));
    Ok(good(&CreatedToken {
        status: Status::Success,
        status_message: "A valid, active token was generated.",
        token_info: TokenInfo {
            token: text,
            expiration_date: expiration_date(&token),
            export_controlled: export_word(&store, &token),
            description: token.description,
            created_by: token.created_by,
        },
    }))
}

pub(super) fn list(call: &Call<'_>) -> Answered {
    let store = call.core.store();
    let account = call.found(&store, || "Not Authorized to view the Tokens".to_owned())?;
    let active = store.classic.tokens.listed().filter(|(_, token)| {
        token.account == account && token.fault(call.role, call.now_ms).is_none()
    });
    let row = |(text, token): (&str, &RegistrationToken)| TokenRow {
        token: text.to_owned(),
        expiration_date: expiration_date(token),
        description: token.description.clone(),
        export_control: export_word(&store, token),
        created_by: token.created_by.clone(),
    };
    Ok(good(&Tokens {
        status: Status::Success,
        status_message: "Successfully read active tokens.",
        tokens: active.map(row).collect(),
    }))
}

pub(super) fn revoke(call: &Call<'_>) -> Answered {
    let wanted: TokensToRevoke = call.read()?;
    let wanted = wanted.tokens.unwrap_or_default();
    let mut store = call.core.store();
    let account = call.found(&store, || not_authorized("revoke tokens for", call))?;
    if wanted.len() > REVOKED_MAX {
        return Err(refused(422, "A maximum of 10 tokens can be revoked in a request."));
    }
    let tokens = &mut store.classic.tokens;
    let mut statuses = Vec::with_capacity(wanted.len());
    for text in &wanted {
        let is_here = tokens.find(text).is_some_and(|token| token.account == account);
        let shown: String = text.chars().take(128).collect();
        statuses.push(match is_here.then(|| tokens.revoke(text)).flatten() {
            Some(Revocation::Done) => {
                Said::success(format!("Token-{shown} has been revoked successfully."))
            }
            Some(Revocation::DoneBefore) => {
                Said::error(format!("The token {shown} has already been revoked."))
            }
            None => Said::error(format!("Failed to find token {shown}")),
        });
    }
    for (text, _) in wanted.iter().zip(&statuses).filter(|(_, said)| said.is_success()) {
        let notice = account_text::token_revoked(call.virtual_account(), text);
        store.tell(account, notice.by(call.caller.holder.name()));
    }
    let status = together(&statuses);
    let count = statuses.iter().filter(|said| said.is_success()).count();
    let status_message = match status {
        Status::Success => format!("{count} tokens revoked successfully"),
        Status::Warning => format!("{count} tokens successfully revoked."),
        Status::Error => "Token(s) could not be revoked.".to_owned(),
    };
    let answer = good(&RevokedTokens { status, status_message, tokens_revoke_status: statuses });
    let http_status = if status == Status::Error { 422 } else { 200 };
    Ok(crate::message::ServerAnswer { status: http_status, ..answer })
}

/// Empty for a token that never ends.
fn expiration_date(token: &RegistrationToken) -> String {
    token.expires_at_ms.map_or_else(String::new, iso_time)
}

fn export_word(store: &Store, token: &RegistrationToken) -> &'static str {
    let allowed = token.export_allowed && store.holdings.export_allowed(token.account);
    if allowed { ALLOWED } else { NOT_ALLOWED }
}

fn not_authorized(what: &str, call: &Call<'_>) -> String {
    format!("Not Authorized to {what} Virtual Account '{}'.", call.virtual_account())
}
