//! One product instance as the servers know it, in few bytes: what most instances lack takes none.

use std::sync::Arc;

use muster_wire::PollId;

use super::{Account, Name, Role};
use crate::classic::{ClassicHistory, ClassicSide};
use crate::doubts::Doubts;
use crate::reported::Reported;
use crate::signature::PublicKey;

/// Poll ids remembered per instance. An instance has one open poll per request kind, so older ones
/// are of interest to nobody.
const POLLS_MAX: usize = 32;

/// Settled polls of honest and sound requests remembered per instance: one per request kind. An
/// instance has no cause to ask again for a result it was given before its last.
const SETTLED_MAX: usize = 2;

/// An instance of which nothing is known.
pub(super) static BLANK: InstanceHistory = InstanceHistory::new();

/// An instance that was never heard in the classic era.
static NO_CLASSIC: ClassicHistory = ClassicHistory::new();

/// A server that knows nothing of the instance.
static BLANK_SIDE: ServerSide = ServerSide::new();

/// One product instance.
#[derive(Debug, Default)]
pub struct InstanceHistory {
    /// Whether it is of this fleet.
    pub joined: bool,
    /// Whether a policy was ever delivered to it.
    pub has_policy: bool,
    /// Whether its last answer was HTTP 502.
    pub after_bad_gateway: bool,
    /// Whether its first poll interval has been counted.
    pub interval_counted: bool,
    /// The key it joined with, if that could be read.
    key: Option<PublicKey>,
    /// Whose view `main` is; none while no server knows anything.
    role: Option<Role>,
    /// The server it deals with. Most instances deal with one, and one block of memory costs less
    /// than several.
    main: ServerSide,
    other: Option<Box<ServerSide>>,
    polls: Polls,
    /// What the servers know of it in the classic era; most instances are of one era only.
    classic: Option<Box<ClassicHistory>>,
}

/// The deferred results, in the order they were put off. Most instances have one.
#[derive(Debug, Default)]
struct Polls {
    first: Option<(PollId, Poll)>,
    /// None while there is nothing in it.
    more: Option<Box<More>>,
}

/// The second deferred result and those after it.
#[derive(Debug)]
struct More(Vec<(PollId, Poll)>);

/// What one server knows of a product instance, as far as the exchanges show.
#[derive(Debug, Default)]
pub struct ServerSide {
    /// Any request of it was taken.
    pub known: bool,
    /// The highest trust id it ever sent.
    pub trust_id_sent: Option<u64>,
    /// The highest trust id that was answered with success.
    pub trust_id_processed: Option<u64>,
    /// Its last trust request was refused as old.
    pub trust_is_old: bool,
    /// The account of its last trust code.
    pub account: Option<Arc<Account>>,
    /// Name of the ID token behind it.
    pub token: Option<Name>,
    /// The endpoint that first took a report.
    pub reported_through: Option<Name>,
    /// A report was refused because of a conflicting record.
    pub conflict_seen: bool,
    /// The conflicting record was removed and nothing was reported since.
    pub resubmission_due: bool,
    /// The key of its last trust request, with the trust id.
    trust_key: Option<(u64, TrustKey)>,
}

/// The key of a trust request.
#[derive(Debug)]
enum TrustKey {
    /// The one the instance joined with, as is usual.
    Joined,
    Own(Box<PublicKey>),
    Unreadable,
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
    /// Whether the last trust request before it was refused as old.
    pub after_refused_trust: bool,
    /// Whether the On-Prem synchronized since the result was first put off.
    pub synchronized: bool,
    /// How many polls came when they should, after a synchronization where there has to be one,
    /// and were put off all the same.
    pub overdue: u8,
}

/// What kind of result was deferred.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deferred {
    /// A trust code of this trust id.
    Trust(Option<u64>),
    /// An acknowledgement, and of which reports, when those could be read.
    Usage(Option<Reported>),
    /// An authorization code for licences.
    Code,
    /// Anything else.
    Other,
}

impl Deferred {
    /// Whether it is an acknowledgement.
    #[must_use]
    pub const fn is_usage(&self) -> bool {
        matches!(self, Self::Usage(_))
    }
}

impl InstanceHistory {
    const fn new() -> Self {
        Self {
            joined: false,
            has_policy: false,
            after_bad_gateway: false,
            interval_counted: false,
            key: None,
            role: None,
            main: ServerSide::new(),
            other: None,
            polls: Polls { first: None, more: None },
            classic: None,
        }
    }

    /// What the server in that role knows of it in the classic era.
    #[must_use]
    pub fn classic(&self, role: Role) -> &ClassicSide {
        self.classic.as_deref().unwrap_or(&NO_CLASSIC).side(role)
    }

    /// What the servers know of it in the classic era.
    pub fn classic_sides(&self) -> impl Iterator<Item = (Role, &ClassicSide)> {
        self.classic.iter().flat_map(|known| known.sides())
    }

    /// Notes that the On-Prem was set back to a time.
    pub(super) fn set_back(&mut self, to_ms: u64) {
        if let Some(classic) = &mut self.classic {
            classic.set_back(to_ms);
        }
    }

    /// What the servers know of it in the classic era, to be moved on.
    pub(super) fn classic_mut(&mut self) -> &mut ClassicHistory {
        self.classic.get_or_insert_default()
    }

    /// What the server in that role knows of it.
    #[must_use]
    pub fn side(&self, role: Role) -> &ServerSide {
        match self.role {
            Some(main) if main == role => &self.main,
            _ => self.other.as_deref().unwrap_or(&BLANK_SIDE),
        }
    }

    /// The deferred result of that id, if it was issued to this instance.
    #[must_use]
    pub fn poll(&self, id: PollId) -> Option<&Poll> {
        self.polls.iter().find(|(known, _)| *known == id).map(|(_, poll)| poll)
    }

    /// The public key its reports under a trust id are signed with, if it can be read.
    #[must_use]
    pub fn key_for(&self, trust_id: Option<u64>) -> Option<&PublicKey> {
        let sides = [self.side(Role::OnPrem), self.side(Role::Cssm)];
        let mut requested = sides.into_iter().filter_map(|side| side.trust_key.as_ref());
        match requested.find(|(id, _)| Some(*id) == trust_id) {
            Some((_, TrustKey::Own(key))) => Some(key),
            Some((_, TrustKey::Unreadable)) => None,
            Some((_, TrustKey::Joined)) | None => self.key.as_ref(),
        }
    }

    /// Notes the key it joined with.
    pub(super) fn join(&mut self, public_key: &str) {
        let key = PublicKey::parse(public_key);
        if let Some(before) = self.key.filter(|_| self.key != key) {
            for (_, trusted) in self.sides_mut().filter_map(|side| side.trust_key.as_mut()) {
                if matches!(trusted, TrustKey::Joined) {
                    *trusted = TrustKey::Own(Box::new(before));
                }
            }
        }
        self.joined = true;
        self.key = key;
    }

    /// Notes the key of a trust request.
    pub(super) fn trust_requested(&mut self, role: Role, id: u64, key: Option<PublicKey>) {
        let key = match key {
            None => TrustKey::Unreadable,
            Some(key) if self.key == Some(key) => TrustKey::Joined,
            Some(key) => TrustKey::Own(Box::new(key)),
        };
        let side = self.side_mut(role);
        side.trust_id_sent = side.trust_id_sent.max(Some(id));
        side.trust_key = Some((id, key));
    }

    /// Notes that the servers' records of it were removed.
    pub(super) fn remove(&mut self) {
        for side in self.sides_mut() {
            *side = ServerSide {
                trust_id_sent: side.trust_id_sent,
                trust_key: side.trust_key.take(),
                resubmission_due: side.conflict_seen,
                ..ServerSide::default()
            };
        }
        self.polls = Polls::default();
        if let Some(classic) = &mut self.classic {
            classic.remove();
        }
    }

    pub(super) fn side_mut(&mut self, role: Role) -> &mut ServerSide {
        if *self.role.get_or_insert(role) == role {
            &mut self.main
        } else {
            self.other.get_or_insert_default()
        }
    }

    fn sides_mut(&mut self) -> impl Iterator<Item = &mut ServerSide> {
        std::iter::once(&mut self.main).chain(self.other.as_deref_mut())
    }

    /// Notes what a poll was answered with.
    pub(super) fn polled(&mut self, id: PollId, delivered: bool, settled: bool) {
        if let Some((_, poll)) = self.polls.iter_mut().find(|(known, _)| *known == id) {
            poll.delivered |= delivered;
            poll.settled |= settled;
        }
    }

    /// Notes that the On-Prem synchronized.
    pub(super) fn synchronized(&mut self) {
        self.polls.iter_mut().for_each(|(_, poll)| poll.synchronized = true);
    }

    /// Notes that a result was put off.
    pub(super) fn issue(&mut self, id: PollId, mut poll: Poll) {
        // A replayed request may be given the poll id of the honest one.
        poll.honest |= self.poll(id).is_some_and(|known| known.honest);
        self.polls.push(id, poll);
    }
}

impl Polls {
    fn iter(&self) -> impl Iterator<Item = &(PollId, Poll)> {
        self.first.iter().chain(self.more.iter().flat_map(|more| &more.0))
    }

    fn iter_mut(&mut self) -> impl Iterator<Item = &mut (PollId, Poll)> {
        self.first.iter_mut().chain(self.more.iter_mut().flat_map(|more| &mut more.0))
    }

    /// Adds one as the latest, and forgets what is of no interest any more.
    fn push(&mut self, id: PollId, poll: Poll) {
        if self.more.is_none() && self.first.as_ref().is_none_or(|(known, _)| *known == id) {
            self.first = Some((id, poll));
            return;
        }
        let mut closed = self.iter().filter(|(_, poll)| poll.is_closed()).count();
        let more = self.more.take().map_or_else(Vec::new, |more| more.0);
        let kept = self.first.take().into_iter().chain(more);
        let mut all: Vec<_> = kept
            .filter(|(known, poll)| {
                let forgotten = poll.is_closed() && closed > SETTLED_MAX;
                closed -= usize::from(forgotten);
                !forgotten && *known != id
            })
            .collect();
        if all.len() == POLLS_MAX {
            all.remove(0);
        }
        all.push((id, poll));
        self.first = Some(all.remove(0));
        if !all.is_empty() {
            all.shrink_to_fit();
            self.more = Some(Box::new(More(all)));
        }
    }
}

impl ServerSide {
    const fn new() -> Self {
        Self {
            known: false,
            trust_id_sent: None,
            trust_id_processed: None,
            trust_is_old: false,
            account: None,
            token: None,
            reported_through: None,
            conflict_seen: false,
            resubmission_due: false,
            trust_key: None,
        }
    }
}

impl Poll {
    /// Whether a poll at that time should find the result: it was told to come then, and an On-Prem
    /// has had the time to ask CSSM.
    #[must_use]
    pub const fn is_due(&self, at_ms: u64, role: Role) -> bool {
        at_ms >= self.due_at_ms && (matches!(role, Role::Cssm) || self.synchronized)
    }

    /// Whether no check has a question left about it.
    fn is_closed(&self) -> bool {
        self.settled && self.honest && self.doubts == Doubts::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn poll(doubts: Doubts) -> Poll {
        Poll {
            kind: Deferred::Usage(None),
            due_at_ms: 0,
            doubts,
            honest: true,
            delivered: false,
            settled: false,
            after_refused_trust: false,
            synchronized: false,
            overdue: 0,
        }
    }

    #[test]
    fn an_ordinary_instance_takes_little_room() {
        assert!(size_of::<InstanceHistory>() <= 240, "{}", size_of::<InstanceHistory>());
        assert!(size_of::<ServerSide>() <= 88, "{}", size_of::<ServerSide>());
        assert!(size_of::<(PollId, Poll)>() <= 48, "{}", size_of::<(PollId, Poll)>());
    }

    #[test]
    fn settled_polls_are_forgotten_and_open_or_doubtful_ones_are_not() {
        let mut instance = InstanceHistory::default();
        let edited = Doubts { edited: true, ..Doubts::default() };
        instance.issue(PollId(1), poll(Doubts::default()));
        instance.issue(PollId(2), poll(edited));
        instance.polled(PollId(2), false, true);
        for id in 3..20 {
            instance.issue(PollId(id), poll(Doubts::default()));
            instance.polled(PollId(id), true, true);
        }
        let kept: Vec<_> = instance.polls.iter().map(|(id, _)| id.0).collect();
        assert_eq!(kept, [1, 2, 17, 18, 19]);
        for id in 20..100 {
            instance.issue(PollId(id), poll(Doubts::default()));
        }
        assert_eq!(instance.polls.iter().count(), POLLS_MAX);
        assert!(instance.poll(PollId(99)).is_some() && instance.poll(PollId(19)).is_none());
    }
}
