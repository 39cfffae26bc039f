//! Registration tokens: who may register where, how long, how often.
//!
//! Source: SSM On-Prem 7 User Guide, "About Registration Tokens" and "Creating Product Instance
//! Registration Tokens" (1 to 365 days, a number of uses, export-controlled functionality); Cisco
//! ACI Smart Licensing, "Registration Failed Due to an Expired Token" (an On-Prem takes its own
//! tokens only). Assumed: the tokens a server has from the start, of which the general ones are
//! issued by both servers and never end.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use muster_certs::Seed;
use serde::{Deserialize, Serialize};

use crate::account::id_token;
use crate::holdings::{AccountNumber, Holdings};
use crate::options::ServerOptions;
use crate::router::Role;
use crate::state::{Kept, Records, Single, collections};

/// Tokens of one server: some for every local virtual account a large one has.
const TOKENS_MAX: usize = 10_000;

const DAY_MS: u64 = 86_400_000;

/// Which server minted a token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Issuer {
    Cssm,
    OnPrem,
    #[default]
    Both,
}

/// One token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RegistrationToken {
    pub(crate) account: AccountNumber,
    pub(crate) issuer: Issuer,
    /// First moment it no longer registers; none for one that never ends.
    pub(crate) expires_at_ms: Option<u64>,
    /// How often it registers; none for one without a cap.
    pub(crate) uses_max: Option<u32>,
    pub(crate) uses: u32,
    /// Whether its instances may use export-controlled functions.
    pub(crate) export_allowed: bool,
    pub(crate) is_revoked: bool,
    /// What it is for.
    #[serde(default)]
    pub(crate) description: String,
    /// Whoever created it.
    #[serde(default)]
    pub(crate) created_by: String,
}

/// What revoking a token came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Revocation {
    Done,
    /// It was revoked before.
    DoneBefore,
}

/// Why a token does not register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenFault {
    /// Not one of this server's.
    Unknown,
    Revoked,
    Expired,
    UsedUp,
}

impl TokenFault {
    /// The state of such a token.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Revoked => "revoked",
            Self::Expired => "expired",
            Self::UsedUp => "used_up",
        }
    }
}

/// What was asked to be removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Withdrawn {
    Revoked,
    Removed,
}

/// All tokens, by their text.
#[derive(Debug)]
pub(crate) struct TokenTable {
    tokens: Kept<String, RegistrationToken>,
    created: Single<u64>,
    seed: Seed,
}

collections!(TokenTable {
    kept {
        tokens => "tokens",
        created => "tokens_created",
    }
    inner {}
    not_kept { seed }
});

impl RegistrationToken {
    /// The first reason why it does not register at a server.
    pub(crate) fn fault(&self, role: Role, now_ms: u64) -> Option<TokenFault> {
        if matches!(
            (self.issuer, role),
            (Issuer::Cssm, Role::OnPrem) | (Issuer::OnPrem, Role::Cssm)
        ) {
            return Some(TokenFault::Unknown);
        }
        if self.is_revoked {
            return Some(TokenFault::Revoked);
        }
        if self.expires_at_ms.is_some_and(|end| now_ms >= end) {
            return Some(TokenFault::Expired);
        }
        let used_up = self.uses_max.is_some_and(|most| self.uses >= most);
        used_up.then_some(TokenFault::UsedUp)
    }
}

impl TokenTable {
    /// The tokens the options name, and one for each way a token can fail.
    pub(crate) fn new(seed: &Seed, options: &ServerOptions, holdings: &Holdings) -> Self {
        let mut tokens = Kept::default();
        for grant in &options.id_tokens {
            let text = grant.token.clone().or_else(|| id_token(options.seed, &grant.name));
            if let (Some(text), Some(account)) = (text, holdings.number(&grant.account)) {
                let description = format!("ID token {:?} of the server's options", grant.name);
                let general = RegistrationToken::general(account);
                tokens.insert(text, RegistrationToken { description, ..general });
            }
        }
        let first = holdings.numbers().next();
        for (name, token) in first.into_iter().flat_map(RegistrationToken::failing) {
            if let Some(text) = id_token(options.seed, name) {
                tokens.or_insert_with(text, || token);
            }
        }
        Self { tokens, created: Single::default(), seed: *seed }
    }

    pub(crate) fn find(&self, text: &str) -> Option<&RegistrationToken> {
        self.tokens.get(text)
    }

    pub(crate) fn listed(&self) -> impl Iterator<Item = (&str, &RegistrationToken)> {
        self.tokens.iter().map(|(text, token)| (text.as_str(), token))
    }

    /// Counts a registration.
    pub(crate) fn count_use(&mut self, text: &str) {
        if let Some(token) = self.tokens.get_mut(text) {
            token.uses = token.uses.saturating_add(1);
        }
    }

    /// Mints a token valid for a number of days; none when there are too many.
    pub(crate) fn create(&mut self, token: RegistrationToken) -> Option<String> {
        if self.tokens.len() >= TOKENS_MAX {
            return None;
        }
        *self.created += 1;
        let bytes = self.seed.derive("registration token", *self.created);
        let text = format!("MUSTER-TEST-{}", URL_SAFE_NO_PAD.encode(bytes));
        self.tokens.insert(text.clone(), token);
        Some(text)
    }

    /// Revokes a token, or removes one that was revoked before; none when there is no such token.
    pub(crate) fn withdraw(&mut self, text: &str) -> Option<Withdrawn> {
        let token = self.tokens.get_mut(text)?;
        if token.is_revoked {
            self.tokens.remove(text);
            return Some(Withdrawn::Removed);
        }
        token.is_revoked = true;
        Some(Withdrawn::Revoked)
    }

    /// Revokes a token; none when there is no such token.
    pub(crate) fn revoke(&mut self, text: &str) -> Option<Revocation> {
        let token = self.tokens.get_mut(text)?;
        let before = std::mem::replace(&mut token.is_revoked, true);
        Some(if before { Revocation::DoneBefore } else { Revocation::Done })
    }

    /// Removes the tokens of an account.
    pub(crate) fn remove_of(&mut self, account: AccountNumber) {
        self.tokens.retain(|_, token| token.account != account);
    }

    /// Goes back to an earlier state, save for what the other server issued.
    pub(crate) fn restore(&mut self, earlier: BTreeMap<String, RegistrationToken>) {
        let of_cssm = |token: &RegistrationToken| token.issuer == Issuer::Cssm;
        self.tokens.retain(|_, token| of_cssm(token));
        self.tokens.extend(earlier.into_iter().filter(|(_, token)| !of_cssm(token)));
    }

    /// A copy of all of them.
    pub(crate) fn records(&self) -> Records {
        Records::of(self.tokens.iter())
    }
}

impl RegistrationToken {
    /// A token of both servers that never ends.
    pub(crate) fn general(account: AccountNumber) -> Self {
        Self {
            account,
            issuer: Issuer::Both,
            expires_at_ms: None,
            uses_max: None,
            uses: 0,
            export_allowed: true,
            is_revoked: false,
            description: String::new(),
            created_by: String::new(),
        }
    }

    /// A token valid from now on for some days.
    pub(crate) fn for_days(account: AccountNumber, now_ms: u64, days: u32) -> Self {
        let end = now_ms.saturating_add(u64::from(days) * DAY_MS);
        Self { expires_at_ms: Some(end), ..Self::general(account) }
    }

    /// Tokens that fail or restrict, by the names [`id_token`] derives them from.
    fn failing(account: AccountNumber) -> [(&'static str, Self); 6] {
        let general = Self::general(account);
        [
            ("expired", Self { expires_at_ms: Some(0), ..general.clone() }),
            ("revoked", Self { is_revoked: true, ..general.clone() }),
            ("single_use", Self { uses_max: Some(1), ..general.clone() }),
            ("export_not_allowed", Self { export_allowed: false, ..general.clone() }),
            ("cssm_only", Self { issuer: Issuer::Cssm, ..general.clone() }),
            ("onprem_only", Self { issuer: Issuer::OnPrem, ..general }),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> (TokenTable, AccountNumber) {
        let options = ServerOptions::default();
        let accounts: Vec<_> = options.tenants.iter().map(|of| of.account.clone()).collect();
        let holdings = Holdings::new(accounts.iter());
        let account = holdings.numbers().next().unwrap();
        (TokenTable::new(&Seed::from_u64(0), &options, &holdings), account)
    }

    #[test]
    fn each_token_of_the_profile_fails_in_its_own_way() {
        let (table, _) = table();
        for (name, at_cssm, at_onprem) in [
            ("valid", None, None),
            ("other_account", None, None),
            ("single_use", None, None),
            ("export_not_allowed", None, None),
            ("expired", Some(TokenFault::Expired), Some(TokenFault::Expired)),
            ("revoked", Some(TokenFault::Revoked), Some(TokenFault::Revoked)),
            ("cssm_only", None, Some(TokenFault::Unknown)),
            ("onprem_only", Some(TokenFault::Unknown), None),
        ] {
            let token = table.find(&id_token(0, name).unwrap()).unwrap();
            let faults = [Role::Cssm, Role::OnPrem].map(|role| token.fault(role, 1_000));
            assert_eq!(faults, [at_cssm, at_onprem], "{name}");
        }
    }

    #[test]
    fn a_token_ends_by_time_by_use_and_by_revocation() {
        let (mut table, account) = table();
        let token = RegistrationToken {
            uses_max: Some(2),
            ..RegistrationToken::for_days(account, 5_000, 1)
        };
        let text = table.create(token).unwrap();
        let fault = |table: &TokenTable, now_ms| {
            table.find(&text).map(|token| token.fault(Role::OnPrem, now_ms))
        };
        let end = 5_000 + DAY_MS;
        assert_eq!(fault(&table, end - 1), Some(None));
        assert_eq!(fault(&table, end), Some(Some(TokenFault::Expired)));
        let earlier = table.records();
        table.count_use(&text);
        assert_eq!(fault(&table, 0), Some(None));
        table.count_use(&text);
        assert_eq!(fault(&table, 0), Some(Some(TokenFault::UsedUp)));
        assert_eq!(table.withdraw(&text), Some(Withdrawn::Revoked));
        assert_eq!(fault(&table, 0), Some(Some(TokenFault::Revoked)));
        assert_eq!(table.withdraw(&text), Some(Withdrawn::Removed));
        assert_eq!((fault(&table, 0), table.withdraw(&text)), (None, None));
        table.restore(earlier.opened().unwrap());
        assert_eq!(fault(&table, 0), Some(None));
    }

    #[test]
    fn there_is_a_limit_to_the_tokens_and_no_two_are_alike() {
        let (mut table, account) = table();
        let before = table.listed().count();
        while table.create(RegistrationToken::general(account)).is_some() {}
        assert_eq!(table.listed().count(), TOKENS_MAX);
        assert!(before < 20);
    }
}
