//! What the run knows of accounts, tokens and licences as a whole: from answers to registrations,
//! and from what the target's operator was asked to do through hooks.

use std::collections::BTreeMap;
use std::sync::Arc;

use muster_wire::{EntitlementTag, Udi};
use serde_json::Value;

use crate::history::{Account, Role};

/// Tokens, accounts and licences remembered; scenarios name a handful of each.
const ENTRIES_MAX: usize = 256;

/// Identifiers remembered: one for each instance of the largest fleet, and some more.
const IDENTIFIERS_MAX: usize = 1_000_000;

/// The book of one run.
#[derive(Debug, Default)]
pub struct Book {
    tokens: BTreeMap<String, Token>,
    /// Identifier to the UDI it was first given to.
    identifiers: BTreeMap<Box<str>, Udi>,
    /// Virtual account and licence to what the account holds.
    holdings: BTreeMap<(String, EntitlementTag), Holding>,
    /// Virtual account to whether its instances may convert.
    conversion: BTreeMap<String, bool>,
    /// Virtual account to whether its tokens may allow export-controlled functions.
    export: BTreeMap<String, bool>,
    /// Whether an On-Prem has the certificate for agents that read three levels only.
    pub three_tier: Option<bool>,
    /// Name of a backup to its time.
    backups: BTreeMap<String, u64>,
    /// When the On-Prem last synchronized by a hook, milliseconds since the epoch.
    pub synchronized_ms: Option<u64>,
    /// The last restore.
    pub restored: Option<Restored>,
}

/// What an ID token turned out to do.
#[derive(Clone, Debug)]
pub struct Token {
    /// The account it registers in.
    pub account: Arc<Account>,
    /// The account CSSM registered an instance in; none while it did not.
    pub at_cssm: Option<Arc<Account>>,
    /// When it last registered an instance, milliseconds since the epoch.
    pub last_ms: u64,
    /// The first instance it registered.
    pub first: Udi,
}

/// What an account holds of one licence, by a hook's word.
#[derive(Clone, Copy, Debug)]
pub struct Holding {
    /// How many.
    pub purchased: u64,
    /// Whether the On-Prem synchronized since.
    pub synchronized: bool,
    /// Whether it is export-controlled; none when nobody said.
    pub export_controlled: Option<bool>,
}

/// A server set back to an earlier state.
#[derive(Clone, Copy, Debug)]
pub struct Restored {
    /// Time of the backup, milliseconds since the epoch.
    pub to_ms: u64,
    /// Time of the restore, milliseconds since the epoch.
    pub at_ms: u64,
}

impl Book {
    /// What a token turned out to do.
    #[must_use]
    pub fn token(&self, name: &str) -> Option<&Token> {
        self.tokens.get(name)
    }

    /// Whom an identifier was first given to.
    #[must_use]
    pub fn identified(&self, identifier: &str) -> Option<&Udi> {
        self.identifiers.get(identifier)
    }

    /// What an account holds of a licence; none when no hook said so.
    #[must_use]
    pub fn holding(&self, virtual_account: &str, tag: &EntitlementTag) -> Option<Holding> {
        self.holdings.get(&(virtual_account.to_owned(), tag.clone())).copied()
    }

    /// The licences of an account whose number is known.
    pub fn holdings(
        &self,
        virtual_account: &str,
    ) -> impl Iterator<Item = (&EntitlementTag, Holding)> {
        let all = self.holdings.iter().filter(move |((account, _), _)| account == virtual_account);
        all.map(|((_, tag), holding)| (tag, *holding))
    }

    /// Whether the instances of an account may convert; none when no hook said so.
    #[must_use]
    pub fn may_convert(&self, virtual_account: &str) -> Option<bool> {
        self.conversion.get(virtual_account).copied()
    }

    /// Whether the tokens of an account may allow export-controlled functions; none when no hook
    /// said so.
    #[must_use]
    pub fn may_export(&self, virtual_account: &str) -> Option<bool> {
        self.export.get(virtual_account).copied()
    }

    /// Notes that a token registered an instance.
    pub(crate) fn registered(
        &mut self,
        role: Role,
        token: Option<&str>,
        account: &Arc<Account>,
        identifier: &str,
        udi: &Udi,
        at_ms: u64,
    ) {
        if let Some(name) = token {
            let at_cssm = || (role == Role::Cssm).then(|| Arc::clone(account));
            if let Some(known) = self.tokens.get_mut(name) {
                known.last_ms = at_ms;
                known.at_cssm = known.at_cssm.take().or_else(at_cssm);
            } else if self.tokens.len() < ENTRIES_MAX {
                let account = Arc::clone(account);
                let (at_cssm, first) = (at_cssm(), udi.clone());
                let token = Token { account, at_cssm, last_ms: at_ms, first };
                self.tokens.insert(name.to_owned(), token);
            }
        }
        if self.identifiers.len() < IDENTIFIERS_MAX {
            self.identifiers.entry(identifier.into()).or_insert_with(|| udi.clone());
        }
    }

    /// Notes what the target's operator did.
    pub(crate) fn hook(&mut self, hook: &str, arguments: &Value, at_ms: u64) {
        let name = || arguments.get("name").and_then(Value::as_str);
        match hook {
            "synchronize" => {
                self.synchronized_ms = Some(at_ms);
                self.holdings.values_mut().for_each(|holding| holding.synchronized = true);
            }
            "backups" => {
                if let Some(name) = name()
                    && self.backups.len() < ENTRIES_MAX
                {
                    self.backups.insert(name.to_owned(), at_ms);
                }
            }
            "restore" => {
                let to_ms = name().and_then(|name| self.backups.get(name));
                // The permissions given since the backup are gone, and nobody says which.
                self.conversion.clear();
                self.restored = to_ms.map(|to_ms| Restored { to_ms: *to_ms, at_ms });
            }
            "entitlements" | "accounts" | "settings" => {
                let document = arguments.get("document").and_then(Value::as_str);
                let document = document.and_then(|text| serde_json::from_str::<Value>(text).ok());
                if let Some(document) = document {
                    self.change(hook, &document);
                }
            }
            _ => {}
        }
    }

    /// Notes a change in the words of the control API.
    fn change(&mut self, hook: &str, document: &Value) {
        let account = document.get("virtual_account").and_then(Value::as_str);
        let flag = |name| document.get(name).and_then(Value::as_bool);
        match (hook, account) {
            ("settings", _) => self.three_tier = flag("three_tier_certificate").or(self.three_tier),
            ("accounts", Some(account)) => {
                if let Some(allowed) = flag("export_allowed")
                    && self.export.len() < ENTRIES_MAX
                {
                    self.export.insert(account.to_owned(), allowed);
                }
                if let Some(enabled) = flag("conversion_enabled")
                    && self.conversion.len() < ENTRIES_MAX
                {
                    self.conversion.insert(account.to_owned(), enabled);
                }
            }
            ("entitlements", Some(account)) => self.hold(account, document),
            _ => {}
        }
    }

    fn hold(&mut self, account: &str, document: &Value) {
        let Some(tag) = document.get("tag").and_then(Value::as_str) else { return };
        let key = (account.to_owned(), EntitlementTag::new(tag));
        match document.get("purchased").and_then(Value::as_u64) {
            Some(purchased) if self.holdings.len() < ENTRIES_MAX => {
                let export_controlled = document.get("export_controlled").and_then(Value::as_bool);
                let holding = Holding { purchased, synchronized: false, export_controlled };
                self.holdings.insert(key, holding);
            }
            // What was known does not hold any more.
            _ => drop(self.holdings.remove(&key)),
        }
    }

    /// Adds another shard's book.
    pub(crate) fn merge(&mut self, other: Self) {
        self.tokens.extend(other.tokens);
        self.identifiers.extend(other.identifiers);
        self.holdings.extend(other.holdings);
        self.conversion.extend(other.conversion);
        self.export.extend(other.export);
        self.three_tier = other.three_tier.or(self.three_tier);
        self.backups.extend(other.backups);
        self.synchronized_ms = self.synchronized_ms.max(other.synchronized_ms);
        self.restored = other.restored.or(self.restored);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_an_operator_did_is_noted() {
        let mut book = Book::default();
        let tag = EntitlementTag::new("regid.test");
        let document = |document: Value| json!({ "document": document.to_string() });
        let held = |purchased: Value| {
            let tag = tag.as_str();
            document(json!({ "virtual_account": "Default", "tag": tag, "purchased": purchased }))
        };
        book.hook("entitlements", &held(json!(12)), 1);
        let holding = book.holding("Default", &tag).expect("just said");
        assert!(holding.purchased == 12 && !holding.synchronized);
        assert!(book.holding("My VA", &tag).is_none());
        book.hook("synchronize", &json!({}), 2);
        assert!(book.holding("Default", &tag).expect("still there").synchronized);
        book.hook("entitlements", &held(json!("some")), 3);
        assert!(book.holding("Default", &tag).is_none());

        book.hook("backups", &json!({ "name": "before" }), 4);
        book.hook("restore", &json!({ "name": "before" }), 9);
        let restored = book.restored.expect("just restored");
        assert_eq!((restored.to_ms, restored.at_ms), (4, 9));
        book.hook("restore", &json!({ "name": "another" }), 10);
        assert!(book.restored.is_none());

        let account = json!({ "virtual_account": "My VA", "conversion_enabled": false });
        book.hook("accounts", &document(account), 11);
        assert_eq!(book.may_convert("My VA"), Some(false));
        assert_eq!(book.may_convert("Default"), None);
        book.hook("settings", &document(json!({ "three_tier_certificate": true })), 12);
        book.hook("settings", &document(json!({ "instant_authorization": true })), 13);
        assert_eq!(book.three_tier, Some(true));
        book.hook("settings", &json!({ "document": "no JSON" }), 14);
    }
}
