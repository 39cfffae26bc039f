//! What the exchanges so far say about each product instance: this crate's own reading of the
//! server's state, kept small and bounded.
//!
//! Source: Troubleshoot SLP on 9800, "Trust Code", "Errors Reported in the Output of show license
//! eventlog" and "Valid Response Poll_id".

mod instance;
mod instances;
mod update;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use compact_str::CompactString;
use muster_wire::Udi;
use serde_json::Value;

use crate::classic::ClassicSide;
use crate::classic::book::Book;

pub use instance::{Deferred, InstanceHistory, Poll, ServerSide};
use instances::Instances;
pub use instances::Place;
pub use update::Lesson;

/// Accounts remembered per token name; profiles name a handful of tokens.
const TOKENS_MAX: usize = 64;

/// All instances, and what the ID tokens turned out to grant.
#[derive(Debug, Default)]
pub struct History {
    instances: Instances,
    /// Token name to the account a trust answer named.
    tokens: BTreeMap<Name, Arc<Account>>,
    names: Names,
    /// What is known of the classic era as a whole.
    book: Book,
}

/// Texts that many instances share, each kept once.
#[derive(Debug, Default)]
struct Names {
    texts: BTreeSet<Name>,
    accounts: BTreeSet<Arc<Account>>,
}

/// The name of a token or an endpoint, which many instances share. One word long, because each
/// instance has two.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name(Arc<Text>);

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Text(Box<str>);

impl From<&str> for Name {
    fn from(text: &str) -> Self {
        Self(Arc::new(Text(text.into())))
    }
}

impl std::ops::Deref for Name {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0.0
    }
}

impl std::borrow::Borrow<str> for Name {
    fn borrow(&self) -> &str {
        self
    }
}

/// A smart account and a virtual account.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Account {
    /// Name of the smart account.
    pub smart_account: CompactString,
    /// Name of the virtual account.
    pub virtual_account: CompactString,
}

/// Which server an endpoint belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// CSSM.
    Cssm,
    /// An SSM On-Prem and the CSLU tenants on it.
    OnPrem,
}

impl Role {
    /// The server behind an endpoint name of a target profile.
    #[must_use]
    pub fn of(endpoint: &str) -> Self {
        if endpoint == "smart_receiver" { Self::Cssm } else { Self::OnPrem }
    }
}

impl History {
    /// Where an instance is kept; none when nothing was heard of it.
    #[must_use]
    pub fn place(&self, udi: &Udi) -> Option<Place> {
        self.instances.place(udi)
    }

    /// The identity of the instance kept there.
    #[must_use]
    pub fn udi(&self, place: Place) -> &Udi {
        self.instances.udi(place)
    }

    /// What is known about an instance; blank when nothing is.
    #[must_use]
    pub fn instance(&self, place: Option<Place>) -> &InstanceHistory {
        place.map_or(&instance::BLANK, |place| self.instances.at(place))
    }

    /// The account an ID token grants, once a trust answer has shown it.
    #[must_use]
    pub fn account_of_token(&self, token: &str) -> Option<&Account> {
        self.tokens.get(token).map(Arc::as_ref)
    }

    /// Adds another shard's instances, and tells where each of theirs is kept now; shards share
    /// none.
    pub fn merge(&mut self, other: Self) -> impl Fn(Place) -> Place + use<> {
        self.tokens.extend(other.tokens);
        self.names.texts.extend(other.names.texts);
        self.names.accounts.extend(other.names.accounts);
        self.book.merge(other.book);
        self.instances.merge(other.instances)
    }

    /// Notes an instance's key, and tells where it is kept.
    pub fn join(&mut self, udi: &Udi, public_key: &str) -> Place {
        let place = self.instances.place_or_new(udi);
        self.instances.at_mut(place).join(public_key);
        place
    }

    /// Notes that the server's record of an instance was removed.
    pub fn remove(&mut self, place: Place) {
        self.instances.at_mut(place).remove();
    }

    /// What is known of accounts, tokens and licences of the classic era.
    #[must_use]
    pub const fn book(&self) -> &Book {
        &self.book
    }

    /// What the servers know of every instance of the classic era.
    pub fn classic_sides(&self) -> impl Iterator<Item = (Role, &ClassicSide)> {
        self.instances.all().flat_map(|instance| instance.classic_sides())
    }

    /// Notes what the target's operator did through a hook.
    pub fn note_hook(&mut self, hook: &str, arguments: &Value, at_ms: u64) {
        self.book.hook(hook, arguments, at_ms);
        if hook == "synchronize" {
            self.instances.all_mut().for_each(InstanceHistory::synchronized);
        }
        if let Some(restored) = self.book.restored.filter(|_| hook == "restore") {
            self.instances.all_mut().for_each(|instance| instance.set_back(restored.to_ms));
        }
    }

    fn learn_token(&mut self, token: &str, account: &Arc<Account>) {
        // The first account stays: an answer that names another is what checks look for.
        if self.tokens.len() < TOKENS_MAX && !self.tokens.contains_key(token) {
            let token = self.names.name(token);
            self.tokens.insert(token, Arc::clone(account));
        }
    }
}

impl Names {
    fn name(&mut self, text: &str) -> Name {
        if let Some(known) = self.texts.get(text) {
            return known.clone();
        }
        let new = Name::from(text);
        self.texts.insert(new.clone());
        new
    }

    fn account(&mut self, account: Account) -> Arc<Account> {
        if let Some(known) = self.accounts.get(&account) {
            return Arc::clone(known);
        }
        let new = Arc::new(account);
        self.accounts.insert(Arc::clone(&new));
        new
    }
}
