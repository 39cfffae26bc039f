//! What is said of tokens, virtual accounts and local accounts.
//!
//! Source: SSM On-Prem 7 User Guide, the syslog texts "Token ID" and "Local Virtual Account".
//! Assumed: a token is named by its first characters, because whole tokens are secrets.

use super::notice::{Notice, Subject};
use super::topic::Topic;

/// Characters of a token that a text shows.
const TOKEN_SHOWN: usize = 20;

fn shown(token: &str) -> String {
    let head: String = token.chars().take(TOKEN_SHOWN).collect();
    if head.len() < token.len() { format!("{head}…") } else { head }
}

/// A token was made.
pub(crate) fn token_created(pool: &str, token: &str, export_allowed: bool) -> Notice {
    let token = shown(token);
    let allowing = if export_allowed { "allowing" } else { "not allowing" };
    Notice::about(Topic::TokenCreated, Subject::Other(token.clone())).said(format!(
        "A new Token \"{token}\" {allowing} export-controlled functionality was generated for the \
         Virtual Account \"{pool}\"."
    ))
}

/// A token no longer registers.
pub(crate) fn token_revoked(pool: &str, token: &str) -> Notice {
    let token = shown(token);
    Notice::about(Topic::TokenRevoked, Subject::Other(token.clone()))
        .said(format!("The Token \"{token}\" in the Virtual Account \"{pool}\" was revoked."))
}

/// A token is off the list.
pub(crate) fn token_removed(pool: &str, token: &str) -> Notice {
    let token = shown(token);
    Notice::about(Topic::TokenRemoved, Subject::Other(token.clone()))
        .said(format!("The Token \"{token}\" in the Virtual Account \"{pool}\" was removed."))
}

/// A virtual account was made.
pub(crate) fn created(pool: &str) -> Notice {
    Notice::about(Topic::VirtualAccountCreated, Subject::Account)
        .said(format!("The Virtual Account \"{pool}\" was created"))
}

/// A virtual account has another name.
pub(crate) fn renamed(old: &str, new: &str) -> Notice {
    Notice::about(Topic::VirtualAccountRenamed, Subject::Account)
        .said(format!("The Virtual Account \"{old}\" was renamed to \"{new}\""))
}

/// A virtual account is gone.
pub(crate) fn deleted(pool: &str) -> Notice {
    Notice::about(Topic::VirtualAccountRemoved, Subject::Account)
        .said(format!("The Virtual Account \"{pool}\" has been deleted"))
}

/// CSSM: a virtual account belongs to an On-Prem.
pub(crate) fn associated(pool: &str, on_prem: &str) -> Notice {
    Notice::about(Topic::VirtualAccountAssociated, Subject::Account).said(format!(
        "The Virtual Account \"{pool}\" was associated with the On-Prem \"{on_prem}\""
    ))
}

/// CSSM: a virtual account belongs to no On-Prem any more.
pub(crate) fn disassociated(pool: &str, on_prem: &str) -> Notice {
    Notice::about(Topic::VirtualAccountDisassociated, Subject::Account).said(format!(
        "The Virtual Account \"{pool}\" was disassociated from the On-Prem \"{on_prem}\""
    ))
}

/// A local account changed otherwise. Assumed: the words.
pub(crate) fn changed(account: &str, what: &str, user: &str) -> Notice {
    Notice::about(Topic::AccountChanged, Subject::Account)
        .said(format!("The Account \"{account}\" was {what}."))
        .by(user)
}
