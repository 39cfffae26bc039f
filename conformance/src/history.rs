//! What the exchanges so far say about each product instance: this crate's own reading of the
//! server's state, kept small and bounded.
//!
//! Source: Troubleshoot SLP on 9800, "Trust Code", "Errors Reported in the Output of show license
//! eventlog" and "Valid Response Poll_id".

mod update;

use std::collections::{BTreeMap, VecDeque};

use muster_wire::{PollId, Udi};

use crate::doubts::Doubts;
pub use update::Lesson;

/// Poll ids remembered per instance. An instance has one open poll per request kind, so older ones
/// are of interest to nobody.
const POLLS_MAX: usize = 32;

/// Accounts remembered per token name; profiles name a handful of tokens.
const TOKENS_MAX: usize = 64;

/// All instances, and what the ID tokens turned out to grant.
#[derive(Clone, Debug, Default)]
pub struct History {
    instances: BTreeMap<Udi, InstanceHistory>,
    /// Token name to the account a trust answer named.
    tokens: BTreeMap<String, Account>,
    blank: InstanceHistory,
}

/// One product instance.
#[derive(Clone, Debug, Default)]
pub struct InstanceHistory {
    /// Base64 of the public key it joined with.
    pub public_key: Option<String>,
    /// What CSSM knows of it.
    pub cssm: ServerSide,
    /// What the On-Prem knows of it.
    pub on_prem: ServerSide,
    /// Whether a policy was ever delivered to it.
    pub has_policy: bool,
    /// Whether its last answer was HTTP 502.
    pub after_bad_gateway: bool,
    /// Whether its first poll interval has been counted.
    pub interval_counted: bool,
    polls: VecDeque<(PollId, Poll)>,
}

/// What one server knows of a product instance, as far as the exchanges show.
#[derive(Clone, Debug, Default)]
pub struct ServerSide {
    /// Any request of it was taken.
    pub known: bool,
    /// The highest trust id it ever sent.
    pub trust_id_sent: Option<u64>,
    /// The highest trust id that was answered with success.
    pub trust_id_processed: Option<u64>,
    /// Its last trust request was refused as old.
    pub trust_is_old: bool,
    /// The key of its last trust request, with the trust id.
    pub trust_key: Option<(u64, String)>,
    /// The account of its last trust code.
    pub account: Option<Account>,
    /// Name of the ID token behind it.
    pub token: Option<String>,
    /// The endpoint that first took a report.
    pub reported_through: Option<String>,
    /// A report was refused because of a conflicting record.
    pub conflict_seen: bool,
    /// The conflicting record was removed and nothing was reported since.
    pub resubmission_due: bool,
}

/// A smart account and a virtual account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Name of the smart account.
    pub smart_account: String,
    /// Name of the virtual account.
    pub virtual_account: String,
}

/// A deferred result.
#[derive(Clone, Debug)]
pub struct Poll {
    /// What was deferred.
    pub kind: Deferred,
    /// When the server said to come back, milliseconds since the epoch.
    pub due_at_ms: u64,
    /// What was wrong with the request.
    pub doubts: Doubts,
    /// Whether the request was an honest one.
    pub honest: bool,
    /// Whether a poll was answered with the result.
    pub delivered: bool,
    /// Whether a poll was answered with the result or a refusal.
    pub settled: bool,
}

/// What kind of result was deferred.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deferred {
    /// A trust code of this trust id.
    Trust(Option<u64>),
    /// An acknowledgement.
    Usage,
    /// Anything else.
    Other,
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
    /// What is known about an instance; blank when nothing is.
    #[must_use]
    pub fn instance(&self, udi: Option<&Udi>) -> &InstanceHistory {
        udi.and_then(|udi| self.instances.get(udi)).unwrap_or(&self.blank)
    }

    /// The account an ID token grants, once a trust answer has shown it.
    #[must_use]
    pub fn account_of_token(&self, token: &str) -> Option<&Account> {
        self.tokens.get(token)
    }

    /// Adds another shard's instances; shards share none.
    pub fn merge(&mut self, other: Self) {
        self.instances.extend(other.instances);
        self.tokens.extend(other.tokens);
    }

    /// Notes an instance's key.
    pub fn join(&mut self, udi: &Udi, public_key: &str) {
        let instance = self.instances.entry(udi.clone()).or_default();
        instance.public_key = Some(public_key.to_owned());
    }

    /// Notes that the server's record of an instance was removed.
    pub fn remove(&mut self, udi: &Udi) {
        let Some(instance) = self.instances.get_mut(udi) else { return };
        for side in [&mut instance.cssm, &mut instance.on_prem] {
            *side = ServerSide {
                trust_id_sent: side.trust_id_sent,
                trust_key: side.trust_key.take(),
                resubmission_due: side.conflict_seen,
                ..ServerSide::default()
            };
        }
        instance.polls.clear();
    }

    fn learn_token(&mut self, token: &str, account: &Account) {
        // The first account stays: an answer that names another is what checks look for.
        if self.tokens.len() < TOKENS_MAX && !self.tokens.contains_key(token) {
            self.tokens.insert(token.to_owned(), account.clone());
        }
    }
}

impl InstanceHistory {
    /// What the server in that role knows of it.
    #[must_use]
    pub const fn side(&self, role: Role) -> &ServerSide {
        match role {
            Role::Cssm => &self.cssm,
            Role::OnPrem => &self.on_prem,
        }
    }

    /// The deferred result of that id, if it was issued to this instance.
    #[must_use]
    pub fn poll(&self, id: PollId) -> Option<&Poll> {
        self.polls.iter().find(|(known, _)| *known == id).map(|(_, poll)| poll)
    }

    /// The public key its reports under a trust id are signed with.
    #[must_use]
    pub fn key_for(&self, trust_id: Option<u64>) -> Option<&str> {
        let sides = [&self.cssm, &self.on_prem];
        let requested = sides.iter().filter_map(|side| side.trust_key.as_ref());
        let mut named =
            requested.filter(|(id, _)| Some(*id) == trust_id).map(|(_, key)| key.as_str());
        named.next_back().or(self.public_key.as_deref())
    }

    const fn side_mut(&mut self, role: Role) -> &mut ServerSide {
        match role {
            Role::Cssm => &mut self.cssm,
            Role::OnPrem => &mut self.on_prem,
        }
    }

    fn issue(&mut self, id: PollId, mut poll: Poll) {
        // A replayed request may be given the poll id of the honest one.
        poll.honest |= self.poll(id).is_some_and(|known| known.honest);
        self.polls.retain(|(known, _)| *known != id);
        if self.polls.len() == POLLS_MAX {
            self.polls.pop_front();
        }
        self.polls.push_back((id, poll));
    }
}
