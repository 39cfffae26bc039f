//! The API console: clients and users, failures to sign in, and the access tokens they were given.
//!
//! Source: SSM On-Prem 7 User Guide, "Enabling the API Console" (without a grant nobody gets in),
//! "API Call for Access Tokens" (a token lives for an hour), "Accounts Tab" of the Security widget
//! (locking after failures, lock expiration, 1 to 999 sessions). Assumed: the numbers, the
//! documents leave them to the administrator; the oldest session of somebody makes room for a new
//! one.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use muster_certs::Seed;
use muster_wire::PollId;
use serde::{Deserialize, Serialize};

use super::credential::{SecretHash, random_text};
use super::cssm::submission::Submission;
use super::role::{Access, VirtualAccountRole};
use super::user_group::{GroupKey, UserGroup};
use crate::clock::Clock;
use crate::derivation::Digest;
use crate::options::ServerOptions;
use crate::state::{Kept, Single, collections};

/// Milliseconds an access token lives (documented).
pub(super) const TOKEN_LIFE_MS: u64 = 3_600_000;

/// Failures after which a client or user is locked.
const FAILURES_MAX: usize = 5;

/// Milliseconds in which they must fall.
const FAILURES_WITHIN_MS: u64 = 10 * 60_000;

/// Milliseconds until a lock expires.
const LOCKED_FOR_MS: u64 = 30 * 60_000;

/// Access tokens of one client or user at a time.
const SESSIONS_OF_ONE_MAX: usize = 100;

/// Access tokens of all.
const SESSIONS_MAX: usize = 5_000;

/// Requests to CSSM that wait for their poll.
const SUBMISSIONS_MAX: usize = 5_000;

/// Who signs in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Holder {
    /// With a Client Credentials Grant.
    Client(String),
    /// With a Resource Owner Grant.
    User(String),
}

/// What is known of a client or user.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Known {
    secret: SecretHash,
    access: Access,
    /// When signing in failed lately, oldest first.
    failed_at_ms: Vec<u64>,
    locked_until_ms: u64,
    /// First moment it no longer gets in; none for one that never ends.
    expires_at_ms: Option<u64>,
}

/// One access token.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Session {
    holder: Holder,
    expires_at_ms: u64,
    number: u64,
}

/// Everything the API itself remembers.
#[derive(Debug)]
pub(crate) struct ApiConsole {
    known: Kept<Holder, Known>,
    /// By the digest of the token, which is not kept.
    sessions: Kept<Digest, Session>,
    opened: Single<u64>,
    submissions: Kept<PollId, Submission>,
    /// By local account and name.
    pub(super) groups: Kept<GroupKey, UserGroup>,
}

collections!(ApiConsole {
    kept {
        known => "api_known",
        sessions => "api_sessions",
        opened => "api_opened",
        submissions => "api_submissions",
        groups => "user_groups",
    }
    inner {}
    not_kept {}
});

/// Why somebody cannot sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotKnown {
    Unknown,
    Locked,
}

impl Holder {
    /// As tokens and events name it.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Client(name) | Self::User(name) => name,
        }
    }
}

impl ApiConsole {
    pub(crate) fn new(options: &ServerOptions) -> Self {
        let mut console = Self {
            known: Kept::default(),
            sessions: Kept::default(),
            opened: Single::default(),
            submissions: Kept::default(),
            groups: Kept::default(),
        };
        console.admit(options);
        console
    }

    /// Lets the clients and users of the options in; one that was known has their secret now.
    pub(crate) fn admit(&mut self, options: &ServerOptions) {
        let clients = options.api_clients.iter().map(|of| (Holder::Client(of.id.clone()), of));
        let users = options.api_users.iter().map(|of| (Holder::User(of.id.clone()), of));
        for (holder, grant) in clients.chain(users) {
            if self.known.get(&holder).is_some_and(|known| known.is(&grant.secret, &grant.access)) {
                continue;
            }
            self.let_in(holder, SecretHash::of(&grant.secret), grant.access.clone(), None);
        }
    }

    /// Lets somebody in from now on; what was opened with an earlier secret ends.
    pub(super) fn let_in(
        &mut self,
        holder: Holder,
        secret: SecretHash,
        access: Access,
        expires_at_ms: Option<u64>,
    ) {
        self.shut_out(&holder);
        let (failed_at_ms, locked_until_ms) = (Vec::new(), 0);
        let known = Known { secret, access, failed_at_ms, locked_until_ms, expires_at_ms };
        self.known.insert(holder, known);
    }

    /// Lets somebody in no longer; whether they were.
    pub(super) fn shut_out(&mut self, holder: &Holder) -> bool {
        self.sessions.retain(|_, session| session.holder != *holder);
        self.known.contains_key(holder) && self.known.remove(holder).is_some()
    }

    /// Whoever gets in, with what they may reach, until when, and whether they are locked.
    pub(super) fn listed(
        &self,
        now_ms: u64,
    ) -> impl Iterator<Item = (&Holder, &Access, Option<u64>, bool)> {
        self.known.iter().map(move |(holder, known)| {
            (holder, &known.access, known.expires_at_ms, now_ms < known.locked_until_ms)
        })
    }

    /// Whether somebody gets in, or did before the grant ended.
    pub(super) fn knows(&self, holder: &Holder) -> bool {
        self.known.contains_key(holder)
    }

    /// Whether anybody may call at all.
    pub(super) fn is_enabled(&self) -> bool {
        !self.known.is_empty()
    }

    /// The hash to check a secret against. It counts as a failure until [`Self::succeeded`], so
    /// that attempts at the same time are not more than may be.
    pub(super) fn attempt(&mut self, holder: &Holder, now_ms: u64) -> Result<SecretHash, NotKnown> {
        if !self.known.contains_key(holder) {
            return Err(NotKnown::Unknown);
        }
        let known = self.known.get_mut(holder).ok_or(NotKnown::Unknown)?;
        if known.has_ended(now_ms) {
            return Err(NotKnown::Unknown);
        }
        if now_ms < known.locked_until_ms {
            return Err(NotKnown::Locked);
        }
        known.failed_at_ms.retain(|at_ms| now_ms.saturating_sub(*at_ms) < FAILURES_WITHIN_MS);
        known.failed_at_ms.push(now_ms);
        if known.failed_at_ms.len() >= FAILURES_MAX {
            known.locked_until_ms = now_ms.saturating_add(LOCKED_FOR_MS);
            known.failed_at_ms.clear();
        }
        Ok(known.secret.clone())
    }

    /// The secret was right.
    pub(super) fn succeeded(&mut self, holder: &Holder) {
        if let Some(known) = self.known.get_mut(holder) {
            known.failed_at_ms.clear();
            known.locked_until_ms = 0;
        }
    }

    /// A new access token.
    pub(super) fn open(
        &mut self,
        (seed, clock): (&Seed, &Clock),
        holder: &Holder,
        now_ms: u64,
    ) -> String {
        self.sessions.retain(|_, session| now_ms < session.expires_at_ms);
        let own = self.sessions.values().filter(|session| session.holder == *holder).count();
        if own >= SESSIONS_OF_ONE_MAX {
            self.close_oldest(|session| session.holder == *holder);
        } else if self.sessions.len() >= SESSIONS_MAX {
            self.close_oldest(|_| true);
        }
        *self.opened += 1;
        let token = access_token(seed, clock, *self.opened);
        let session = Session {
            holder: holder.clone(),
            expires_at_ms: now_ms.saturating_add(TOKEN_LIFE_MS),
            number: *self.opened,
        };
        self.sessions.insert(Digest::of(token.as_bytes()), session);
        token
    }

    fn close_oldest(&mut self, which: impl Fn(&Session) -> bool) {
        let those = self.sessions.iter().filter(|(_, session)| which(session));
        let oldest = those.min_by_key(|(_, session)| session.number).map(|(token, _)| *token);
        if let Some(token) = oldest {
            self.sessions.remove(&token);
        }
    }

    /// Who holds an access token, and what they may do now, by themselves and by their groups.
    pub(super) fn holder(&self, token: &str, now_ms: u64) -> Option<(&Holder, Access)> {
        let session = self.sessions.get(&Digest::of(token.as_bytes()))?;
        let known = self.known.get(&session.holder)?;
        let holds = now_ms < session.expires_at_ms && !known.has_ended(now_ms);
        holds.then(|| {
            let mut access = known.access.clone();
            if let Holder::User(name) = &session.holder {
                let groups = self.groups.iter().filter(|(_, group)| group.members.contains(name));
                groups.for_each(|((account, _), group)| access.add(account, &group.roles));
            }
            (&session.holder, access)
        })
    }

    /// Takes all roles in a virtual account away; the users that administered it.
    pub(crate) fn forget(&mut self, account: &str, virtual_account: &str) -> Vec<String> {
        let mut administrators = Vec::new();
        for (holder, known) in self.known.iter_mut() {
            let role = known.access.forget(account, virtual_account);
            if let (Holder::User(name), Some(VirtualAccountRole::Administrator)) = (holder, role) {
                administrators.push(name.clone());
            }
        }
        for ((of, _), group) in self.groups.iter_mut() {
            if of == account {
                group.roles.remove(virtual_account);
            }
        }
        administrators
    }

    /// Roles in a virtual account go with it when it is called otherwise.
    pub(crate) fn rename(&mut self, account: &str, old: &str, new: &str) {
        for known in self.known.values_mut() {
            if let Some(role) = known.access.forget(account, old) {
                known.access.add(account, &BTreeMap::from([(new.to_owned(), role)]));
            }
        }
        for ((of, _), group) in self.groups.iter_mut() {
            if of == account
                && let Some(role) = group.roles.remove(old)
            {
                group.roles.insert(new.to_owned(), role);
            }
        }
    }

    /// Takes all roles in a local account away, with its groups.
    pub(crate) fn forget_account(&mut self, account: &str) {
        self.known.values_mut().for_each(|known| known.access.forget_account(account));
        self.groups.retain(|(of, _), _| of != account);
    }

    pub(super) fn submit(&mut self, poll_id: PollId, submission: Submission) {
        if self.submissions.len() >= SUBMISSIONS_MAX
            && let Some(oldest) = self.submissions.keys().next().copied()
        {
            self.submissions.remove(&oldest);
        }
        self.submissions.insert(poll_id, submission);
    }

    pub(super) fn submission(&self, poll_id: PollId) -> Option<&Submission> {
        self.submissions.get(&poll_id)
    }

    pub(super) fn submission_mut(&mut self, poll_id: PollId) -> Option<&mut Submission> {
        self.submissions.get_mut(&poll_id)
    }
}

impl Known {
    fn has_ended(&self, now_ms: u64) -> bool {
        self.expires_at_ms.is_some_and(|end| now_ms >= end)
    }

    fn is(&self, secret: &str, access: &Access) -> bool {
        self.access == *access && self.secret.is_of(secret)
    }
}

/// A token nobody can guess, save where runs must be the same: a clock that is moved by hand is
/// one that nobody else can reach.
fn access_token(seed: &Seed, clock: &Clock, number: u64) -> String {
    if clock.is_manual() {
        return URL_SAFE_NO_PAD.encode(seed.derive("access token", number));
    }
    random_text()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ClockSource;
    use crate::admin::role::ApiGrant;

    const SOURCE: ClockSource = ClockSource::Manual { start_ms: 0 };

    fn console() -> (ApiConsole, Holder) {
        let grant = ApiGrant::everything("robot", "a secret");
        let options = ServerOptions { api_clients: vec![grant], ..ServerOptions::default() };
        (ApiConsole::new(&options), Holder::Client("robot".to_owned()))
    }

    #[test]
    fn five_failures_lock_until_the_lock_expires() {
        let (mut console, robot) = console();
        for _ in 0..FAILURES_MAX {
            assert!(console.attempt(&robot, 1_000).is_ok());
        }
        assert_eq!(
            console.attempt(&robot, 1_000 + LOCKED_FOR_MS - 1).err(),
            Some(NotKnown::Locked)
        );
        assert!(console.attempt(&robot, 1_000 + LOCKED_FOR_MS).is_ok());
        let nobody = Holder::User("robot".to_owned());
        assert_eq!(console.attempt(&nobody, 1_000).err(), Some(NotKnown::Unknown));
    }

    #[test]
    fn failures_far_apart_and_before_a_success_do_not_count() {
        let (mut console, robot) = console();
        for at in 0..20 {
            assert!(console.attempt(&robot, at * FAILURES_WITHIN_MS / 3).is_ok());
        }
        for at in 0..20 {
            assert!(console.attempt(&robot, 1_000_000_000 + at).is_ok());
            console.succeeded(&robot);
        }
    }

    #[test]
    fn a_token_lives_for_an_hour_and_the_oldest_makes_room() {
        let (mut console, robot) = console();
        let (seed, clock) = (Seed::from_u64(1), Clock::new(SOURCE));
        let first = console.open((&seed, &clock), &robot, 0);
        assert!(console.holder(&first, TOKEN_LIFE_MS - 1).is_some());
        assert!(console.holder(&first, TOKEN_LIFE_MS).is_none());
        assert!(console.holder("made up", 0).is_none());
        let tokens: Vec<_> =
            (0..SESSIONS_OF_ONE_MAX).map(|_| console.open((&seed, &clock), &robot, 1)).collect();
        assert!(console.holder(&first, 2).is_none());
        assert!(tokens.iter().all(|token| console.holder(token, 2).is_some()));
    }

    #[test]
    fn tokens_are_made_up_anew_unless_time_is_moved_by_hand() {
        let seed = Seed::from_u64(1);
        let of = |source| access_token(&seed, &Clock::new(source), 1);
        assert_eq!(of(SOURCE), of(SOURCE));
        assert_ne!(of(ClockSource::Wall), of(ClockSource::Wall));
    }
}
